"""Members whose people come to the meetings, as one of the ways to take part in the circle."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments import breadth
from kring.meetings.models import SignUp


def was_there(today: dt.date) -> breadth.Condition:
    """Somebody of theirs was let in. What is kept of an evening tells so after the names are erased."""
    since = dt.datetime.combine(today - breadth.WITHIN, dt.time.min, timezone.get_current_timezone())
    return Exists(SignUp.objects.came().filter(organisation=OuterRef("pk"), meeting__starts_at__gte=since))


breadth.register(
    breadth.Way(
        "bijeenkomst",
        _("leden op een bijeenkomst"),
        _("Leden van wie het afgelopen jaar iemand op een bijeenkomst was."),
        was_there,
    )
)
