"""What an organisation's page shows of its promises."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from commitments import totals
from commitments.models import Commitment
from members import profile_parts
from members.models import Organisation

SHOWN = 6


def promises(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """What it gave and got that was confirmed, as far as the reader may see it."""
    visible = Commitment.objects.visible_to(request.user).with_party(organisation)
    kept = visible.confirmed().select_related("promisor", "beneficiary").order_by("-closed_at", "-pk")
    return {"kept_promises": list(kept[:SHOWN])}


profile_parts.register(promises, stamp=totals.stamp)
