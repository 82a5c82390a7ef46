from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments import totals
from commitments.filters import CommitmentFilter
from commitments.models import Commitment
from kring.accounts import access
from kring.board import attention as wants
from kring.foundation import charts
from kring.mail.models import Message
from members.models import Organisation
from offerings.models import Offering

PER_PAGE = 50
MAX_PAGES = 100


@access.board
@require_safe
def attention(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    every = Commitment.objects.all()
    months = totals.kept_per_month(every, today)
    shown: dict[str, Any] = {
        "groups": wants.groups(now),
        "members": Organisation.objects.listed(today).members().count(),
        "card": Offering.objects.published(today).of_members().freshness(today),
        "shares": totals.shares(every),
        "totals": totals.per_unit(every),
        "chart": charts.lines(
            _("Nagekomen per maand"),
            [date_format(month, "M Y") for month, _number in months],
            [charts.Series(_("Nagekomen"), [number for _month, number in months])],
        ),
    }
    return render(request, "board/attention.html", shown)


@access.board
@require_safe
def commitments(request: HttpRequest) -> HttpResponse:
    """All of them, what is late or due first."""
    today = timezone.localdate()
    every = Commitment.objects.select_related("promisor", "beneficiary")
    found = CommitmentFilter(request.GET, queryset=every)
    page = Paginator(found.qs.order_by("due_on", "pk")[: MAX_PAGES * PER_PAGE], PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [{"commitment": each, "is_late": each.is_late(today)} for each in page.object_list]
    stands = [
        {
            "label": label,
            "url": f"?stand={value}",
            "selected": value in (found.form.cleaned_data.get("stand") or ()),
        }
        for value, label in found.form.fields["stand"].choices
    ]
    return render(request, "board/commitments.html", {"page": page, "rows": rows, "stands": stands})


@access.board
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """What was sent, and what did not arrive."""
    messages = Message.objects.defer("text", "html").order_by("-pk")
    page = Paginator(messages[: MAX_PAGES * PER_PAGE], PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "board/mail.html", {"page": page})
