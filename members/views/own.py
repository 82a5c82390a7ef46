"""What the pages of one's own organisation share: its name, the ways through them, and the others one serves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts import access
from members.models import Organisation, Role, RoleKind

# Each page, its label, and whether only owners come there. Those of upper rooms are named, not known.
PAGES = (
    ("members:edit", _("Profiel"), False),
    ("offerings:mine", _("Aanbod"), False),
    ("offerings:own_needs", _("Vragen"), False),
    ("offerings:chances", _("Kansen"), False),
    ("commitments:calendar", _("Agenda"), False),
    ("members:people", _("Mensen"), False),
    ("members:membership", _("Lidmaatschap"), False),
    ("members:history", _("Geschiedenis"), True),
    ("members:record", _("Alle gegevens"), True),
)


def frame(request: HttpRequest, organisation: Organisation, here: str) -> dict[str, Any]:
    """For members/_own.html: the page `here` is marked, and another organisation opens on the same page."""
    user = access.user_of(request)
    held = Role.objects.held(timezone.localdate()).filter(user=user).select_related("organisation")
    roles = list(held.order_by("organisation__name"))
    own = [role for role in roles if role.organisation_id == organisation.pk]
    owns = access.is_board(user) or any(role.role == RoleKind.OWNER for role in own)
    others = [role.organisation for role in roles if role not in own]
    return {
        "organisation": organisation,
        "owns": owns,
        "ways": ways(organisation, here, owns=owns),
        "others": [{"name": each.name, "url": _address(here, each)} for each in others],
    }


def give_back(request: HttpRequest, typed: str) -> None:
    """What was written for something that could not be done any more is not lost."""
    if typed.strip():
        messages.info(request, _("Dit schreef je: ‘%(text)s’") % {"text": typed.strip()})


def ways(organisation: Organisation, here: str = "", *, owns: bool) -> list[dict[str, Any]]:
    """The pages of an organisation that who serves it may open, with `here` marked."""
    return [
        {"label": label, "url": _address(name, organisation), "selected": name == here}
        for name, label, for_owners in PAGES
        if owns or not for_owners
    ]


def _address(name: str, organisation: Organisation) -> str:
    return reverse(name, args=[organisation.slug])
