"""The links that are on their way in mails: who can do what with them until when; and taking one back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from commitments.models import DateProposal
from kring.accounts import access
from kring.foundation.narrowing import tidy
from kring.mail import links
from kring.mail.models import ActionLink

PER_PAGE = 50
MAX_PAGES = 100
# What the board looks after: not the links by which somebody signs in or keeps the own account.
ROOMS = ("commitment.", "enquiry.")
OPEN, ALL = "open", "alle"
STANDS = ((OPEN, gettext_lazy("Werkt nog")), (ALL, gettext_lazy("Alle")))


def looked_after() -> QuerySet[ActionLink]:
    wanted = Q()
    for room in ROOMS:
        wanted |= Q(purpose__startswith=room)
    return ActionLink.objects.filter(wanted)


@access.board
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    stand = ALL if request.GET.get("stand") == ALL else OPEN
    found = looked_after().select_related("user").order_by("-pk")
    if stand == OPEN:
        found = found.filter(used_at=None, revoked_at=None, expires_at__gt=now)
    if about := _uuid(request.GET.get("over", "")):
        dates = DateProposal.objects.filter(commitment__uuid=about).values("uuid")
        found = found.filter(Q(subject=about) | Q(subject__in=dates))
    typed = tidy(request.GET.get("q", ""))
    if typed:
        found = found.filter(Q(email__icontains=typed) | Q(name__icontains=typed))
    page = Paginator(found[: PER_PAGE * MAX_PAGES], PER_PAGE).get_page(request.GET.get("page"))
    kept = {"over": str(about)} if about else {}
    shown = {
        "page": page,
        "rows": rows(list(page.object_list), now),
        "stand": stand,
        "stands": STANDS,
        "q": typed,
        "kept": kept,
    }
    return render(request, "board/links.html", shown)


def rows(found: list[ActionLink], now: Any) -> list[dict[str, Any]]:
    """Each in words: what for, about what, and whether it still works."""
    about = links.subjects_of(found)
    return [
        {
            "link": each,
            "label": (page.label if (page := links.page_for(each.purpose)) else "") or each.purpose,
            "about": about.get(each.subject),
            "is_open": each.is_open(now),
            "stand": stand_of(each, now),
        }
        for each in found
    ]


def stand_of(link: ActionLink, now: Any) -> str:
    if link.revoked_at is not None:
        return _("ingetrokken")
    if link.used_at is not None:
        return _("gebruikt")
    return _("verlopen") if link.expires_at <= now else _("werkt nog")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@access.board
@require_POST
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """From now on the link does nothing, and a new one cannot be had with it."""
    link = get_object_or_404(looked_after(), uuid=uuid)
    if link.revoke(timezone.now()):
        messages.success(request, _("De link aan %(email)s werkt niet meer.") % {"email": link.email})
    else:
        messages.info(request, _("Deze link werkte al niet meer."))
    return redirect("board:links")
