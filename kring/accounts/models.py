from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q
from django.db.models.functions import Cast, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class UserQuerySet(models.QuerySet["User"]):
    def with_board_seat(self, today: dt.date) -> UserQuerySet:
        """Each user with `is_board`: whether it holds a function on the board today."""
        seats = BoardSeat.objects.held(today).filter(user=OuterRef("pk"))
        return self.annotate(is_board=Exists(seats))

    def with_snapshot(self) -> UserQuerySet:
        """Each with `snapshot`: the same text as long as nothing at all is written to the database."""
        return self.annotate(snapshot=Cast(Func(function="pg_current_snapshot"), models.TextField()))

    def administering(self) -> UserQuerySet:
        return self.filter(is_active=True, is_staff=True)

    def on_board(self, today: dt.date) -> UserQuerySet:
        return self.filter(is_active=True, board_seats__in=BoardSeat.objects.held(today)).distinct()


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def with_board_seat(self, today: dt.date) -> UserQuerySet:
        return self.get_queryset().with_board_seat(today)

    def administering(self) -> UserQuerySet:
        return self.get_queryset().administering()

    def on_board(self, today: dt.date) -> UserQuerySet:
        return self.get_queryset().on_board(today)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who signs in with a code by mail; a password is optional."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by e-mail address. What one may do follows from roles and board seats, not from here."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mailadres"), unique=True)
    name = models.CharField(_("naam"), max_length=120, blank=True)
    phone = models.CharField(_("telefoon"), max_length=30, blank=True)
    email_is_public = models.BooleanField(_("mijn e-mailadres mag op de site"), default=False)
    phone_is_public = models.BooleanField(_("mijn telefoonnummer mag op de site"), default=False)
    language = models.CharField(
        _("taal"), max_length=2, choices=[("nl", "Nederlands"), ("en", "English")], default="nl"
    )
    is_staff = models.BooleanField(_("sitebeheerder"), default=False)
    is_active = models.BooleanField(_("actief"), default=True)
    date_joined = models.DateTimeField(_("account sinds"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    if TYPE_CHECKING:
        board_seats: RelatedManager[BoardSeat]

    class Meta:
        verbose_name = _("gebruiker")
        verbose_name_plural = _("gebruikers")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.get_full_name()

    def has_usable_password(self) -> bool:
        """Django takes an empty one, of a row that was written without it, for usable."""
        return bool(self.password) and super().has_usable_password()

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class BoardFunction(models.TextChoices):
    CHAIR = "chair", _("voorzitter")
    SECRETARY = "secretary", _("secretaris")
    TREASURER = "treasurer", _("penningmeester")
    MEMBER = "member", _("bestuurslid")


class BoardSeatQuerySet(models.QuerySet["BoardSeat"]):
    def held(self, today: dt.date) -> BoardSeatQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=today), since__lte=today)


class BoardSeat(models.Model):
    """A function on the board, from a day up to and not including another."""

    user = models.ForeignKey(User, models.PROTECT, related_name="board_seats", verbose_name=_("wie"))
    function = models.CharField(_("functie"), max_length=10, choices=BoardFunction.choices)
    portfolio = models.CharField(_("aandachtsgebied"), max_length=60, blank=True)
    since = models.DateField(_("vanaf"))
    until = models.DateField(_("tot"), null=True, blank=True)

    objects = BoardSeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("bestuursfunctie")
        verbose_name_plural = _("bestuursfuncties")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="board_seat_ends_after_start"
            ),
            models.UniqueConstraint(fields=["user", "function"], condition=Q(until=None), name="board_seat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_function_display()}"


class TokenScope(models.TextChoices):
    READ = "read", _("alleen lezen")
    WRITE = "write", _("lezen en schrijven")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, now: dt.datetime) -> ApiTokenQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


class ApiToken(models.Model):
    """Lets a program of somebody's in by the API, as far as its scope goes. Only its hash is kept; see tokens.py."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("van wie"))
    name = models.CharField(_("waarvoor"), max_length=60)
    scope = models.CharField(_("mag"), max_length=5, choices=TokenScope.choices, default=TokenScope.READ)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    # What the password was then, hashed: with another one the token is worth nothing.
    password_mark = models.CharField(max_length=64, editable=False)
    took_second_step = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("gemaakt op"), default=timezone.now)
    expires_at = models.DateTimeField(_("geldig tot"))
    last_used_on = models.DateField(_("laatst gebruikt"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("ingetrokken op"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API-sleutel")
        verbose_name_plural = _("API-sleutels")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=TokenScope.values), name="api_token_scope_known"),
        ]

    def __str__(self) -> str:
        return self.name
