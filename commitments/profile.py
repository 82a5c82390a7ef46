"""What an organisation's page shows of its promises."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from commitments.models import Commitment
from members import profile_parts
from members.models import Organisation

SHOWN = 6


@profile_parts.register
def promises(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    visible = Commitment.objects.visible_to(request.user).with_party(organisation)
    kept = visible.confirmed().select_related("promisor", "beneficiary").order_by("-closed_at")
    return {"kept_promises": kept[:SHOWN]}
