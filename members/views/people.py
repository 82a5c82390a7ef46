"""Who serves an organisation: for all who do, to look at; for its owners and the board, to change."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.foundation.ratelimit import exceeded
from members import people, policies
from members.forms.people import HandOverForm, InviteForm, TakeOverForm
from members.models import Invitation, InvitationOver, LastOwner, Organisation, Role, RoleKind, RoleOver
from members.views import own

INVITATIONS_PER_HOUR = 30


@access.signed_in
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = policies.get_editable(access.user_of(request), slug)
    return _overview(request, organisation, InviteForm())


@access.signed_in
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    user = access.user_of(request)
    organisation = policies.get_owned(user, slug)
    form = InviteForm(request.POST)
    if form.is_valid() and exceeded("invite", str(user.pk), limit=INVITATIONS_PER_HOUR, seconds=3600):
        form.add_error(None, _("Je hebt nu erg veel mensen uitgenodigd. Probeer het over een uur nog eens."))
    if not form.is_valid() or form.invite(organisation, user, timezone.now()) is None:
        return _overview(request, organisation, form, status=422)
    messages.success(request, _("De uitnodiging is onderweg naar %(email)s.") % {"email": form.guest.email})
    return redirect("members:people", slug)


def _overview(request: HttpRequest, organisation: Organisation, form: InviteForm, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    roles = Role.objects.of(organisation).select_related("user")
    frame = own.frame(request, organisation, "members:people")
    invited = Invitation.objects.open().filter(organisation=organisation).select_related("invited_by")
    held = [role for role in roles if role.since <= today and (role.until is None or role.until > today)]
    shown = {
        **frame,
        "form": form,
        "held": held,
        "former": [role for role in roles if role.until is not None and role.until <= today] if frame["owns"] else [],
        "invitations": invited.order_by("-created_at") if frame["owns"] else [],
        "now": timezone.now(),
        "mine": next((role for role in held if role.user == request.user), None),
    }
    return render(request, "members/people.html", shown, status=status)


def _role(request: HttpRequest, slug: str, key: int) -> Role:
    """A role of today, for who may change it: an owner, the board, or the one who has it (to leave)."""
    user = access.user_of(request)
    organisation = policies.get_editable(user, slug)
    roles = Role.objects.of(organisation).held(timezone.localdate()).open().select_related("user", "organisation")
    role = get_object_or_404(roles, pk=key)
    if role.user != user and not policies.owns(user, organisation):
        raise PermissionDenied
    return role


@access.signed_in
@require_POST
def change_role(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    user = access.user_of(request)
    policies.get_owned(user, slug)
    role, wanted = _role(request, slug, key), request.POST.get("role", "")
    if wanted not in RoleKind.values:
        messages.error(request, _("Kies beheerder of redacteur."))
        return redirect("members:people", slug)
    try:
        people.change_role(role, wanted, user, timezone.now())
    except (LastOwner, RoleOver) as error:
        messages.error(request, why_not(error))
    else:
        messages.success(request, _("De rol is veranderd."))
    return redirect("members:people", slug)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Ends a role: of another, or one's own."""
    role = _role(request, slug, key)
    user = access.user_of(request)
    if request.method != "POST":
        shown = {**own.frame(request, role.organisation, "members:people"), "role": role, "is_me": role.user == user}
        return render(request, "members/remove.html", shown)
    try:
        people.remove(role, user, timezone.now())
    except (LastOwner, RoleOver) as error:
        messages.error(request, why_not(error))
        return redirect("members:people", slug)
    if role.user == user:
        messages.success(request, _("Je doet niet meer mee bij %(name)s.") % {"name": role.organisation})
        return redirect("site:my")
    messages.success(request, _("%(name)s doet niet meer mee.") % {"name": role.user})
    return redirect("members:people", slug)


def why_not(error: Exception) -> str:
    if isinstance(error, LastOwner):
        return _("Dit is de laatste beheerder. Draag het beheer eerst over, of maak iemand anders ook beheerder.")
    return _("Deze rol was al beëindigd.")


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    """An owner makes way: for somebody who serves the organisation already, or invites who takes over."""
    user = access.user_of(request)
    organisation = policies.get_editable(user, slug)
    role = policies.own_role(user, organisation)
    if role is None:
        raise PermissionDenied
    invites = request.POST.get("doe") == "uitnodigen"
    form = HandOverForm(None if invites else request.POST or None, own=role, today=timezone.localdate())
    guest = TakeOverForm(request.POST if invites else None)
    if invites and _asked_to_take_over(request, organisation, guest):
        return redirect("members:people", slug)
    if request.method != "POST" or invites or not form.is_valid():
        shown = {**own.frame(request, organisation, "members:people"), "form": form, "guest": guest}
        return render(request, "members/hand_over.html", shown, status=422 if request.method == "POST" else 200)
    try:
        people.hand_over(role, form.cleaned_data["to"], user, timezone.now(), leaves=form.leaves)
    except (RoleOver, LastOwner) as error:
        messages.error(request, why_not(error))
        return redirect("members:people", slug)
    messages.success(request, _("Overgedragen. Jullie krijgen er allebei mail over."))
    return redirect("site:my") if form.leaves else redirect("members:people", slug)


def _asked_to_take_over(request: HttpRequest, organisation: Organisation, guest: TakeOverForm) -> bool:
    user = access.user_of(request)
    if guest.is_valid() and exceeded("invite", str(user.pk), limit=INVITATIONS_PER_HOUR, seconds=3600):
        guest.add_error(None, _("Je hebt nu erg veel mensen uitgenodigd. Probeer het over een uur nog eens."))
    if not guest.is_valid() or guest.invite(organisation, user, timezone.now()) is None:
        return False
    said = _("De uitnodiging is onderweg naar %(email)s. Wie die aanneemt, is beheerder; jij bent dan redacteur.")
    messages.success(request, said % {"email": guest.guest.email})
    return True


# --- Invitations that are open ---


def _invitation(request: HttpRequest, slug: str, uuid: str) -> Invitation:
    organisation = policies.get_owned(access.user_of(request), slug)
    return get_object_or_404(Invitation, organisation=organisation, uuid=uuid)


@access.signed_in
@require_POST
def invite_again(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    invitation, user = _invitation(request, slug, uuid), access.user_of(request)
    if exceeded("invite", str(user.pk), limit=INVITATIONS_PER_HOUR, seconds=3600):
        messages.error(request, _("Je hebt nu erg veel mensen uitgenodigd. Probeer het over een uur nog eens."))
        return redirect("members:people", slug)
    try:
        people.send_again(invitation, user, timezone.now())
    except InvitationOver:
        messages.info(request, _("Deze uitnodiging is al aangenomen of ingetrokken."))
    else:
        messages.success(request, _("De uitnodiging is opnieuw verstuurd, met een nieuwe link."))
    return redirect("members:people", slug)


@access.signed_in
@require_POST
def withdraw(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    invitation = _invitation(request, slug, uuid)
    try:
        people.withdraw(invitation, access.user_of(request), timezone.now())
    except InvitationOver:
        messages.info(request, _("Deze uitnodiging is al aangenomen of ingetrokken."))
    else:
        messages.success(request, _("De uitnodiging is ingetrokken. De link werkt niet meer."))
    return redirect("members:people", slug)
