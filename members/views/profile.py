"""Changing one's own profile, and applying."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.accounts import access
from members import policies
from members.forms import ProfileForm
from members.models import Organisation


@access.anyone
@require_safe
def apply(request: HttpRequest) -> HttpResponse:
    return render(request, "members/apply.html")


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _save(request, slug)
    organisation = policies.get_editable(access.user_of(request), slug)
    return _form(request, slug, organisation.name, ProfileForm(instance=organisation))


@transaction.atomic
def _save(request: HttpRequest, slug: str) -> HttpResponse:
    """The row is locked, so that of two who save at once the second is told."""
    locked = Organisation.objects.select_for_update(of=("self",))
    organisation = policies.get_editable(access.user_of(request), slug, organisations=locked)
    name = organisation.name
    form = ProfileForm(request.POST, request.FILES, instance=organisation)
    if not form.is_valid():
        return _form(request, slug, name, form, status=422)
    form.save_on(timezone.localdate())
    messages.success(request, _("Bewaard. Zo ziet iedereen het nu."))
    return redirect("members:detail", slug)


def _form(request: HttpRequest, slug: str, name: str, form: ProfileForm, status: int = 200) -> HttpResponse:
    shown = {"form": form, "slug": slug, "name": name, "conflict": form.conflict()}
    return render(request, "members/edit.html", shown, status=status)
