from __future__ import annotations

from typing import Any

# These register their own pages when they are imported; what they show is either in ours or nobody's business.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.accounts import addresses, closing, second_factor, sessions
from kring.accounts.models import BoardSeat, User

for model in (EmailAddress, EmailConfirmation, Authenticator, UserSession, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class SeatFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        """The circle always has a board."""
        super().clean()
        today = timezone.localdate()
        if not self.instance.pk or not self.instance.board_seats.held(today).exists():
            return
        others = BoardSeat.objects.held(today).filter(user__is_active=True).exclude(user=self.instance)
        stays = self.instance.is_active and any(map(self._stays, self.forms))
        if stays or others.exists():
            return
        raise forms.ValidationError(_("Dit is het laatste bestuurslid. Geef eerst iemand anders een functie."))

    def _stays(self, form: forms.ModelForm[BoardSeat]) -> bool:
        until = form.cleaned_data.get("until")
        ends = form.cleaned_data.get("DELETE") or (until is not None and until <= timezone.localdate())
        return bool(form.cleaned_data.get("function")) and not ends


class SeatInline(admin.TabularInline):  # type: ignore[type-arg]
    model = BoardSeat
    formset = SeatFormSet
    extra = 0


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["email", "name", "phone", "email_is_public", "phone_is_public", "language", "is_active"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        """There is always somebody who can get in here."""
        cleaned = super().clean() or {}
        was_one = self.instance.pk and User.objects.administering().filter(pk=self.instance.pk).exists()
        is_one = cleaned.get("is_active", True) and cleaned.get("is_staff", self.instance.is_staff)
        if was_one and not is_one and not User.objects.administering().exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Dit is de laatste sitebeheerder. Wijs eerst iemand anders aan."))
        if self.instance.pk and "is_active" in self.changed_data and not cleaned.get("is_active", True):
            for objection in closing.objections(self.instance):
                self.add_error("is_active", objection)
        return cleaned


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = UserForm
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["uuid", "last_login", "date_joined"]
    fields = [*UserForm.Meta.fields, "is_staff", "is_superuser", "uuid", "last_login", "date_joined"]
    inlines = [SeatInline]
    actions = ["sign_out", "forget_second_factor"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Who may not do everything cannot give that to anybody either."""
        powers = [] if request.user.is_superuser else ["is_staff", "is_superuser"]
        return [*self.readonly_fields, *powers]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """What people did bears their name: an account is closed, not deleted."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nor change who may: with another's address one signs in as that other."""
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not is_above

    def has_power_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:  # noqa: FBT001
        former = form.initial.get("email", "")
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and former != obj.email:
            addresses.was_moved(obj, former)
        if not obj.is_active:
            sessions.end_all(obj)

    @admin.action(permissions=["power"], description=gettext_lazy("Log deze mensen overal uit"))
    def sign_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            sessions.end_all(user)
        self.message_user(request, _("Deze mensen zijn overal uitgelogd."), messages.SUCCESS)

    @admin.action(
        permissions=["power"], description=gettext_lazy("Haal de tweede stap weg (telefoon of sleutel kwijt)")
    )
    def forget_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            second_factor.forget(user)
            sessions.end_all(user)
        self.message_user(request, _("De tweede stap is weg. Ze stellen een nieuwe in."), messages.SUCCESS)
