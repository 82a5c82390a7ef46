"""Changing one's own profile, and saying that it is still true."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kring.accounts import access
from kring.foundation import trail
from kring.foundation.actors import Actor
from members import policies, profiling
from members.forms.profile import ProfileForm
from members.models import Organisation
from members.views import directory, own


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _save(request, slug)
    organisation = policies.get_editable(access.user_of(request), slug)
    prefetch_related_objects([organisation], "sectors", "districts", "target_groups", "social_links")
    return _form(request, organisation, organisation.name, ProfileForm(instance=organisation))


def _locked(request: HttpRequest, slug: str) -> Organisation:
    """The row is locked, so that of two who save at once the second is told."""
    locked = Organisation.objects.select_for_update(of=("self",))
    return policies.get_editable(access.user_of(request), slug, organisations=locked)


@transaction.atomic
def _save(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = _locked(request, slug)
    name, now = organisation.name, timezone.now()
    form = ProfileForm(request.POST, request.FILES, instance=organisation)
    if not form.is_valid():
        return _form(request, organisation, name, form, status=422)
    trail.sign(Actor.of(access.user_of(request)), now)
    form.save_on(timezone.localdate(now))
    messages.success(request, _("Bewaard. Zo ziet iedereen het nu."))
    return redirect("members:detail", slug)


def _form(
    request: HttpRequest, organisation: Organisation, name: str, form: ProfileForm, status: int = 200
) -> HttpResponse:
    shown = {
        **own.frame(request, organisation, "members:edit"),
        "form": form,
        "name": name,
        "conflict": form.conflict(),
        "missing": [] if form.is_bound else profiling.missing(organisation),
        "is_old": profiling.is_old(organisation, timezone.localdate()),
    }
    return render(request, "members/edit.html", shown, status=status)


@access.signed_in
@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """'Klopt dit nog?' Yes."""
    user = access.user_of(request)
    profiling.confirm(policies.get_editable(user, slug), Actor.of(user), timezone.now())
    messages.success(request, _("Dank je wel. Het profiel is bevestigd."))
    return redirect("members:detail", slug)


@access.signed_in
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page as it would be: saved, shown, and undone again. The logo stays the one that is there."""
    with transaction.atomic():
        organisation = _locked(request, slug)
        name = organisation.name
        form = ProfileForm(request.POST, instance=organisation)
        if form.is_valid():
            form.save_on(timezone.localdate())
            page = directory.public_page(request, organisation, timezone.localdate(), "members/preview.html")
            transaction.set_rollback(True)
            return page
    return _form(request, organisation, name, form, status=422)
