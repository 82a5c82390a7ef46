"""The addresses that get no mail: whose, since when and why; and giving one another chance."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kring.accounts import access
from kring.mail import suppression
from kring.mail.models import Suppression

PER_PAGE, MAX_PAGES = 50, 100
AGAIN, DEALT_WITH, ALL = "opnieuw", "afgehandeld", "alle"


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _done(request)
    page = Paginator(suppression.addresses()[: PER_PAGE * MAX_PAGES], PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": page.object_list, "to_look_at": Suppression.objects.to_look_at().count()}
    return render(request, "board/mail_addresses.html", shown)


def _done(request: HttpRequest) -> HttpResponse:
    """Does what the button says with one address, or with all."""
    deed, which, now = request.POST.get("doe", ""), request.POST.get("adres", ""), timezone.now()
    if deed == DEALT_WITH and which == ALL:
        suppression.deal_with(Suppression.objects.to_look_at(), now)
        messages.success(request, _("Deze adressen vragen geen aandacht meer."))
        return redirect("board:mail_addresses")
    if deed not in {AGAIN, DEALT_WITH} or not (which.isascii() and which.isdigit() and len(which) < 10):
        return HttpResponseBadRequest()
    listed = get_object_or_404(Suppression.objects.select_related("message"), pk=which, kind=suppression.EVERYTHING)
    if deed == DEALT_WITH:
        suppression.deal_with(Suppression.objects.filter(pk=listed.pk), now)
        messages.success(request, _("Dit adres vraagt geen aandacht meer."))
    elif suppression.try_listed_again(listed, now):
        messages.success(request, _("De volgende mail naar dit adres versturen we weer."))
    else:
        messages.info(
            request, _("Dit lukte niet. Alleen de lezer zelf kan dit adres weer openzetten, of het staat al open.")
        )
    return redirect("board:mail_addresses")
