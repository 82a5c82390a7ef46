from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Exists, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models.choices import (
    OPEN_STATES,
    RUNNING_STATES,
    TRANSITIONS,
    Basis,
    CommitmentState,
    GivenBackReason,
    Origin,
    StepNotAllowed,
    Visibility,
)
from commitments.models.enquiries import Enquiry
from kring.accounts.access import is_board
from kring.foundation.actors import Actor
from kring.foundation.trail import Trace
from members.models import Organisation, Role
from offerings.models import Means

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from commitments.models.updates import DateProposal, Update
    from kring.accounts.models import User

NEARLY_DUE = dt.timedelta(days=14)
WAITING_LONG = dt.timedelta(days=14)


S = CommitmentState


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def open(self) -> CommitmentQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def running(self) -> CommitmentQuerySet:
        return self.filter(state__in=RUNNING_STATES)

    def late(self, today: dt.date) -> CommitmentQuerySet:
        """Past the due date and not reported: derived, never stored."""
        return self.running().filter(due_on__lt=today)

    def nearly_due(self, today: dt.date) -> CommitmentQuerySet:
        return self.running().filter(due_on__gte=today, due_on__lte=today + NEARLY_DUE)

    def waiting_long(self, now: dt.datetime) -> CommitmentQuerySet:
        """Proposed or reported, and without an answer for 14 days."""
        return self.filter(state__in=[S.PROPOSED, S.REPORTED], moved_at__lte=now - WAITING_LONG)

    def kept(self) -> CommitmentQuerySet:
        return self.filter(state=S.KEPT)

    def confirmed(self) -> CommitmentQuerySet:
        """Kept, and said so by the receiver: only these count in the totals."""
        return self.kept().filter(kept_by_silence=False)

    def with_party(self, organisation: Organisation) -> CommitmentQuerySet:
        return self.filter(Q(promisor=organisation) | Q(beneficiary=organisation))

    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> CommitmentQuerySet:
        """By visibility; a draft is seen by who makes it, and what did not come about only by the parties."""
        if is_board(user):
            return self.all()
        told = self.exclude(state__in=[S.DRAFT, S.DECLINED, S.WITHDRAWN, S.LAPSED, S.PROPOSED])
        if not user.is_authenticated:
            return told.filter(visibility=Visibility.PUBLIC)
        mine = Role.objects.held(today or timezone.localdate()).filter(user=user).values("organisation")
        outsiders = Q(visibility=Visibility.PUBLIC) | Q(visibility=Visibility.MEMBERS) & Exists(mine)
        hidden = Q(state__in=[S.DRAFT, S.DECLINED, S.WITHDRAWN, S.LAPSED, S.PROPOSED])
        return self.filter(
            outsiders & ~hidden
            | Q(promisor__in=mine)
            | Q(beneficiary__in=mine) & ~Q(state=S.DRAFT)
            | Q(proposed_by_organisation__in=mine)
        )


class Commitment(models.Model):
    """A promise by one party to another, or to the whole circle, that lives until the receiver confirms it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    promisor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="promises_made", verbose_name=_("wie doet het")
    )
    beneficiary = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="promises_received",
        verbose_name=_("voor wie"),
        help_text=_("Leeg: voor de hele kring."),
    )
    # Who wrote it down: the other party is the one who has to accept.
    proposed_by_organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voorgesteld door")
    )
    title = models.CharField(_("wat is afgesproken, in één regel"), max_length=120)
    description = models.TextField(_("toelichting"), blank=True)
    means = models.CharField(_("welke M"), max_length=10, choices=Means.choices)
    quantity = models.DecimalField(_("hoeveel"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("eenheid"), max_length=20)
    delivered = models.DecimalField(_("gedaan"), max_digits=10, decimal_places=2, default=Decimal(0))
    confirmed = models.DecimalField(_("bevestigd"), max_digits=10, decimal_places=2, null=True, blank=True)
    result = models.TextField(_("wat het opleverde"), blank=True)
    estimated_value = models.DecimalField(
        _("geschatte waarde in euro"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    value_basis = models.CharField(_("waarop gebaseerd"), max_length=10, choices=Basis.choices, blank=True)
    start_on = models.DateField(_("begint op"), null=True, blank=True)
    due_on = models.DateField(_("klaar op"))
    first_due_on = models.DateField(_("eerst afgesproken datum"))
    next_step = models.CharField(_("volgende stap"), max_length=200, blank=True)
    visibility = models.CharField(
        _("wie mag dit zien"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    origin = models.CharField(_("komt uit"), max_length=10, choices=Origin.choices, default=Origin.NONE)
    enquiry = models.ForeignKey(
        Enquiry, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("aanvraag")
    )
    counter_favour = models.CharField(_("tegenprestatie"), max_length=200, blank=True)
    no_counter_favour = models.BooleanField(_("er is niets nodig"), default=False)
    counter_favour_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter_commitment",
        verbose_name=_("tegenprestatie voor"),
    )
    promisor_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact maker"),
    )
    beneficiary_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact ontvanger"),
    )
    sector = models.ForeignKey(
        "members.Sector", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sector")
    )
    district = models.ForeignKey(
        "members.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("wijk")
    )
    state = models.CharField(_("staat"), max_length=10, choices=CommitmentState.choices, default=S.DRAFT)
    given_back_reason = models.CharField(_("reden"), max_length=15, choices=GivenBackReason.choices, blank=True)
    kept_by_silence = models.BooleanField(_("bevestigd door stilte"), default=False)
    not_yet_count = models.PositiveSmallIntegerField(_("keer 'nog niet'"), default=0)
    needs_board = models.BooleanField(_("het bestuur bemiddelt"), default=False)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now, editable=False)
    proposed_at = models.DateTimeField(_("voorgesteld op"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("afgesproken op"), null=True, blank=True)
    reported_at = models.DateTimeField(_("klaar gemeld op"), null=True, blank=True)
    closed_at = models.DateTimeField(_("afgesloten op"), null=True, blank=True)
    moved_at = models.DateTimeField(_("laatste stap"), default=timezone.now)

    objects = CommitmentQuerySet.as_manager()

    if TYPE_CHECKING:
        transitions: RelatedManager[Transition]
        updates: RelatedManager[Update]
        date_proposals: RelatedManager[DateProposal]
        counter_commitment: Commitment

    class Meta:
        verbose_name = _("toezegging")
        verbose_name_plural = _("toezeggingen")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="commitment_state_known"),
            models.CheckConstraint(condition=Q(means__in=Means.values), name="commitment_means_known"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="commitment_quantity_positive"),
            models.CheckConstraint(condition=Q(delivered__gte=0), name="commitment_delivered_not_negative"),
            models.CheckConstraint(
                condition=Q(beneficiary=None) | ~Q(beneficiary=F("promisor")), name="commitment_two_parties"
            ),
            models.CheckConstraint(
                condition=Q(estimated_value=None) | (Q(estimated_value__gte=0) & ~Q(value_basis="")),
                name="commitment_value_has_basis",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.KEPT) | Q(confirmed__isnull=False), name="commitment_kept_has_quantity"
            ),
            models.CheckConstraint(
                condition=~Q(state=S.GIVEN_BACK) | ~Q(given_back_reason=""), name="commitment_given_back_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(counter_favour_of=F("pk")), name="commitment_not_its_own_counter_favour"
            ),
            models.CheckConstraint(
                condition=Q(start_on=None) | Q(start_on__lte=F("due_on")), name="commitment_starts_before_due"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="commitment_by_state"),
            models.Index(fields=["promisor", "state"], name="commitment_by_promisor"),
            models.Index(fields=["beneficiary", "state"], name="commitment_by_beneficiary"),
            models.Index(fields=["closed_at"], condition=Q(state="kept"), name="commitment_kept_when"),
            models.Index(fields=["-moved_at", "-id"], name="commitment_by_last_step"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("commitments:detail", args=[self.uuid])

    def is_late(self, today: dt.date) -> bool:
        return self.state in RUNNING_STATES and self.due_on < today

    def is_nearly_due(self, today: dt.date) -> bool:
        return self.state in RUNNING_STATES and today <= self.due_on <= today + NEARLY_DUE

    @property
    def progress(self) -> Decimal:
        """Delivered ÷ promised, at most 1; never typed."""
        return min(self.delivered / self.quantity, Decimal(1))

    # Each verb locks the row, so that of two at once the second sees what the first did and raises StepNotAllowed.

    def propose(self, by: Actor, at: dt.datetime, note: str = "") -> None:
        self._move(S.PROPOSED, by, at, note, proposed_at=at)

    def accept(self, by: Actor, at: dt.datetime, note: str = "") -> None:
        self._move(S.AGREED, by, at, note, agreed_at=at)

    def decline(self, by: Actor, at: dt.datetime, note: str = "") -> None:
        self._move(S.DECLINED, by, at, note, closed_at=at)

    def withdraw(self, by: Actor, at: dt.datetime, note: str = "") -> None:
        self._move(S.WITHDRAWN, by, at, note, closed_at=at)

    def lapse(self, at: dt.datetime) -> None:
        self._move(S.LAPSED, Actor.system(), at, "", closed_at=at)

    @transaction.atomic
    def add_update(self, by: Actor, at: dt.datetime, *, quantity: Decimal, note: str, once: UUID) -> Update:
        """Writes down what was done on top of what was done before; the first time it starts the commitment."""
        locked = self._locked()
        earlier: Update | None = locked.updates.filter(once=once).first()
        if earlier is not None:
            return earlier
        if locked.state not in RUNNING_STATES:
            raise StepNotAllowed(f"{locked.state}: no progress")
        update = self._write_update(by, at, quantity, note, once, is_final=False)
        self.delivered = locked.delivered + quantity
        if locked.state == S.AGREED:
            self._move(S.STARTED, by, at, "", delivered=self.delivered)
        else:
            self._touch(at, delivered=self.delivered)
        return update

    @transaction.atomic
    def report(self, by: Actor, at: dt.datetime, *, quantity: Decimal, note: str, once: UUID) -> None:
        """Says that it is done: `quantity` in all, `note` what it brought. The same `once` again changes nothing."""
        locked = self._locked()
        if locked.updates.filter(once=once).exists():
            return
        added = max(quantity - locked.delivered, Decimal(0))
        self._move(S.REPORTED, by, at, note, delivered=quantity, result=note, reported_at=at)
        self._write_update(by, at, added, note, once, is_final=True)

    def confirm(self, by: Actor, at: dt.datetime, *, quantity: Decimal | None = None, note: str = "") -> None:
        """The receiver says that it came; `quantity` when it was another than was reported."""
        confirmed = self._locked().delivered if quantity is None else quantity
        self._move(S.KEPT, by, at, note, confirmed=confirmed, closed_at=at, needs_board=False)

    def keep_by_silence(self, at: dt.datetime) -> None:
        """Nobody said otherwise for long enough; shown as such, and not counted in the totals."""
        self._move(S.KEPT, Actor.system(), at, "", confirmed=self.delivered, closed_at=at, kept_by_silence=True)

    def not_yet(self, by: Actor, at: dt.datetime, *, note: str) -> None:
        """The receiver says that it is not done; the second time the board comes in."""
        times = self._locked().not_yet_count + 1
        self._move(S.STARTED, by, at, note, not_yet_count=times, needs_board=times > 1)

    def give_back(self, by: Actor, at: dt.datetime, *, reason: str, note: str) -> None:
        self._move(S.GIVEN_BACK, by, at, note, given_back_reason=reason, closed_at=at, needs_board=False)

    def _locked(self) -> Commitment:
        return Commitment.objects.select_for_update().get(pk=self.pk)

    def _touch(self, at: dt.datetime, **changes: object) -> None:
        for field, value in (changes | {"moved_at": at, "version": self.version + 1}).items():
            setattr(self, field, value)
        self.save(update_fields=["moved_at", "version", *changes])

    @transaction.atomic
    def _move(self, to: str, by: Actor, at: dt.datetime, note: str, **changes: object) -> None:
        locked = self._locked()
        if to not in TRANSITIONS[locked.state]:
            raise StepNotAllowed(f"{locked.state} → {to}")
        self.version = locked.version
        self._touch(at, state=to, **changes)
        Transition.objects.create(
            commitment=self, before=locked.state, after=to, at=at, note=note, **Trace.signature(by)
        )

    def _write_update(
        self, by: Actor, at: dt.datetime, quantity: Decimal, note: str, once: UUID, *, is_final: bool
    ) -> Update:
        update: Update = self.updates.create(
            quantity=quantity, note=note, at=at, once=once, is_final=is_final, **Trace.signature(by)
        )
        return update


class Transition(Trace):
    """One step of a commitment. Added, never changed: the database refuses it."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="transitions")
    before = models.CharField(_("van"), max_length=10, choices=CommitmentState.choices, blank=True)
    after = models.CharField(_("naar"), max_length=10, choices=CommitmentState.choices)

    class Meta(Trace.Meta):
        verbose_name = _("stap in een toezegging")
        verbose_name_plural = _("stappen in toezeggingen")

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"
