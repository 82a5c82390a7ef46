from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models.choices import (
    ALIVE_STATES,
    EDITABLE_STATES,
    ENDED_STATES,
    LARGEST,
    RUNNING_STATES,
    TRANSITIONS,
    Basis,
    CommitmentState,
    EventKind,
    GivenBackReason,
    Origin,
    Side,
    StepNotAllowed,
    Visibility,
)
from commitments.models.enquiries import Enquiry
from commitments.models.finding import NEARLY_DUE, CommitmentQuerySet
from commitments.models.guards import GUARDS
from commitments.models.steps import Event, Transition
from kring.foundation.actors import Actor
from kring.foundation.trail import Trace
from members.models import Organisation
from offerings.models import Means

if TYPE_CHECKING:
    from django.core.files.base import ContentFile
    from django_stubs_ext.db.models.manager import RelatedManager

    from commitments.models.reminders import Reminder
    from commitments.models.updates import DateProposal, Update
    from kring.accounts.models import User

    Photo = ContentFile[bytes] | None

S = CommitmentState


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
    kept_by_board = models.BooleanField(_("vastgesteld door het bestuur"), default=False, db_default=False)
    not_yet_count = models.PositiveSmallIntegerField(_("keer 'nog niet'"), default=0)
    needs_board = models.BooleanField(_("het bestuur bemiddelt"), default=False)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now, editable=False)
    proposed_at = models.DateTimeField(_("voorgesteld op"), null=True, blank=True)
    # Who did not write the proposal says yes to it; when the board wrote it, both sides have to.
    promisor_yes_at = models.DateTimeField(_("ja van wie het doet"), null=True, blank=True)
    beneficiary_yes_at = models.DateTimeField(_("ja van voor wie het is"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("afgesproken op"), null=True, blank=True)
    reported_at = models.DateTimeField(_("klaar gemeld op"), null=True, blank=True)
    closed_at = models.DateTimeField(_("afgesloten op"), null=True, blank=True)
    moved_at = models.DateTimeField(_("laatste stap"), default=timezone.now)

    objects = CommitmentQuerySet.as_manager()

    if TYPE_CHECKING:
        transitions: RelatedManager[Transition]
        events: RelatedManager[Event]
        reminders: RelatedManager[Reminder]
        updates: RelatedManager[Update]
        date_proposals: Any  # a related manager with the questions of DateProposalQuerySet
        counter_commitment: Commitment

    class Meta:
        verbose_name = _("toezegging")
        verbose_name_plural = _("toezeggingen")
        ordering = ["due_on", "pk"]
        constraints = GUARDS
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

    @property
    def proposing_side(self) -> str:
        """The side that wrote it; none when the board did so for two others."""
        if self.proposed_by_organisation_id == self.promisor_id:
            return Side.PROMISOR
        return Side.BENEFICIARY if self.proposed_by_organisation_id == self.beneficiary_id else ""

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The sides of a proposal that have not said yes."""
        said = {Side.PROMISOR: self.promisor_yes_at, Side.BENEFICIARY: self.beneficiary_yes_at}
        if self.state != S.PROPOSED:
            return ()
        return tuple(side for side, at in said.items() if at is None and side != self.proposing_side)

    # Each verb locks the row, so that of two at once the second sees what the first did and raises StepNotAllowed.

    def propose(self, by: Actor, at: dt.datetime, note: str = "") -> None:
        """For the first time, or again after it lapsed: what was said to it then does not count any more."""
        self._move(
            S.PROPOSED, by, at, note, proposed_at=at, closed_at=None, promisor_yes_at=None, beneficiary_yes_at=None
        )

    @transaction.atomic
    def accept(self, by: Actor, at: dt.datetime, note: str = "", *, side: str = "") -> None:
        """Yes to a proposal, of one side or (none named) of all that were asked; the last yes makes it agreed."""
        locked = self._locked()
        if side and side not in locked.waits_for:
            raise StepNotAllowed(f"{locked.state}: {side} is not asked")
        answering = [side] if side else list(locked.waits_for)
        answered: dict[str, object] = {f"{each}_yes_at": at for each in answering}
        if side and by.user and getattr(locked, f"{side}_contact_id") is None:
            answered[f"{side}_contact"] = by.user
        if set(locked.waits_for) - set(answering):
            self._touch(at, **answered)
            self._tell(EventKind.SAID_YES, by, at, note, side=side)
        else:
            self._move(S.AGREED, by, at, note, agreed_at=at, **answered)

    def decline(self, by: Actor, at: dt.datetime, note: str = "") -> None:
        self._move(S.DECLINED, by, at, note, closed_at=at)

    def withdraw(self, by: Actor, at: dt.datetime, note: str = "") -> None:
        self._move(S.WITHDRAWN, by, at, note, closed_at=at)

    def lapse(self, at: dt.datetime) -> None:
        self._move(S.LAPSED, Actor.system(), at, "", closed_at=at)

    @transaction.atomic
    def edit(self, by: Actor, at: dt.datetime, **changes: Any) -> None:
        """Other words or numbers for what nobody was asked to say yes to yet."""
        locked = self._locked()
        if locked.state not in EDITABLE_STATES:
            raise StepNotAllowed(f"{locked.state}: not to be changed any more")
        self._touch(at, **changes, first_due_on=changes.get("due_on", locked.due_on))
        self._tell(EventKind.EDITED, by, at, "")

    @transaction.atomic
    def name_contact(self, by: Actor, at: dt.datetime, *, side: str, user: User | None) -> None:
        """Who speaks for a side from now on; none is everybody who has a role there. No step: it moves nothing."""
        if self._locked().state in ENDED_STATES:
            raise StepNotAllowed(f"{self.state}: nobody has to be reached about it")
        setattr(self, f"{side}_contact", user)
        self.version += 1
        self.save(update_fields=[f"{side}_contact", "version"])
        self._tell(EventKind.CONTACT, by, at, "", side=side)

    @transaction.atomic
    def add_update(
        self, by: Actor, at: dt.datetime, *, quantity: Decimal, note: str, once: UUID, photo: Photo = None
    ) -> Update:
        """Writes down what was done on top of what was done before; the first time it starts the commitment."""
        locked = self._locked()
        earlier: Update | None = locked.updates.filter(once=once).first()
        if earlier is not None:
            return earlier
        if locked.state not in RUNNING_STATES:
            raise StepNotAllowed(f"{locked.state}: no progress")
        delivered = locked.delivered + quantity
        if delivered > LARGEST:
            raise StepNotAllowed(f"{delivered}: more than can be counted")
        update = self._write_update(by, at, once, photo, quantity=quantity, note=note)
        if locked.state == S.AGREED:
            self._move(S.STARTED, by, at, "", delivered=delivered)
        else:
            self._touch(at, delivered=delivered)
        return update

    @transaction.atomic
    def report(
        self, by: Actor, at: dt.datetime, *, quantity: Decimal, note: str, once: UUID, photo: Photo = None
    ) -> None:
        """Says that it is done: `quantity` in all, `note` what it brought. The same `once` again changes nothing."""
        locked = self._locked()
        if locked.updates.filter(once=once).exists():
            return
        # Below nought where less was done than was said before: the updates always add up to what was delivered.
        added = quantity - locked.delivered
        self._move(S.REPORTED, by, at, note, delivered=quantity, result=note, reported_at=at)
        self._write_update(by, at, once, photo, quantity=added, note=note, is_final=True)

    @transaction.atomic
    def confirm(self, by: Actor, at: dt.datetime, *, quantity: Decimal | None = None, note: str = "") -> None:
        """The receiver says that it came; `quantity` when it was another than was reported."""
        confirmed = self._locked().delivered if quantity is None else quantity
        self._move(S.KEPT, by, at, note, confirmed=confirmed, closed_at=at, needs_board=False)

    @transaction.atomic
    def keep_by_silence(self, at: dt.datetime) -> None:
        """Nobody said otherwise for long enough; shown as such, and not counted in the totals."""
        delivered = self._locked().delivered
        self._move(S.KEPT, Actor.system(), at, "", confirmed=delivered, closed_at=at, kept_by_silence=True)

    def keep_by_board(self, by: Actor, at: dt.datetime, *, quantity: Decimal) -> None:
        """The board finds that it was done; counted apart, since the receiver did not say so.

        What was promised to the whole circle the board confirms as its receiver.
        """
        found = {"kept_by_board": self.beneficiary_id is not None, "confirmed": quantity}
        self._move(S.KEPT, by, at, "", closed_at=at, needs_board=False, **found)

    @transaction.atomic
    def not_yet(self, by: Actor, at: dt.datetime, *, note: str) -> None:
        """The receiver says that it is not done; the second time the board comes in."""
        locked = self._locked()
        if locked.state != S.REPORTED:
            raise StepNotAllowed(f"{locked.state}: nothing was reported")
        times = locked.not_yet_count + 1
        self._move(S.STARTED, by, at, note, not_yet_count=times, needs_board=locked.needs_board or times > 1)

    def give_back(self, by: Actor, at: dt.datetime, *, reason: str, note: str) -> None:
        self._move(S.GIVEN_BACK, by, at, note, given_back_reason=reason, closed_at=at, needs_board=False)

    @transaction.atomic
    def ask_board(self, by: Actor, at: dt.datetime, *, note: str, side: str) -> None:
        """One side cannot come to terms with the other, and wants somebody in between."""
        locked = self._locked()
        if locked.state not in ALIVE_STATES or locked.needs_board:
            raise StepNotAllowed(f"{locked.state}: the board has nothing to do, or is there already")
        self._touch(at, needs_board=True)
        self._tell(EventKind.BOARD_ASKED, by, at, note, side=side)

    @transaction.atomic
    def mediate(self, by: Actor, at: dt.datetime, *, note: str) -> None:
        """The board has spoken with both: they go on together, by what stands in the note."""
        if not self._locked().needs_board:
            raise StepNotAllowed("the board was not asked, or somebody of it was first")
        self._touch(at, needs_board=False)
        self._tell(EventKind.MEDIATED, by, at, note)

    @transaction.atomic
    def propose_date(
        self, by: Actor, at: dt.datetime, *, side: str, new_date: dt.date, reason: str = ""
    ) -> DateProposal:
        """Asks the other side for another date. It takes the place of a proposal that was not answered."""
        locked = self._locked()
        if locked.state not in RUNNING_STATES or new_date == locked.due_on:
            raise StepNotAllowed(f"{locked.state}: no other date")
        locked.date_proposals.drop_open(at)
        proposal: DateProposal = locked.date_proposals.create(
            by_promisor=side == Side.PROMISOR,
            proposed_by=by.user,
            old_date=locked.due_on,
            new_date=new_date,
            reason=reason,
            at=at,
        )
        self._touch(at)
        self._tell(EventKind.DATE_ASKED, by, at, reason, side=side, date_proposal=proposal)
        return proposal

    @transaction.atomic
    def answer_date(self, by: Actor, at: dt.datetime, proposal: DateProposal, *, yes: bool, note: str = "") -> None:
        """The other side's answer; the date that was agreed first stays in `first_due_on`."""
        self._locked()
        if not proposal.answer(at, yes=yes):
            raise StepNotAllowed("this date was answered already, or nobody asks for it any more")
        if yes:
            self._touch(at, due_on=proposal.new_date)
        else:
            self._touch(at)
        kind = EventKind.DATE_AGREED if yes else EventKind.DATE_REFUSED
        self._tell(kind, by, at, note, date_proposal=proposal)

    def _locked(self) -> Commitment:
        locked = Commitment.objects.select_for_update().get(pk=self.pk)
        self.version = locked.version
        return locked

    def _touch(self, at: dt.datetime, **changes: object) -> None:
        for field, value in (changes | {"moved_at": at, "version": self.version + 1}).items():
            setattr(self, field, value)
        self.save(update_fields=["moved_at", "version", *changes])

    @transaction.atomic
    def _move(self, to: str, by: Actor, at: dt.datetime, note: str, **changes: object) -> None:
        locked = self._locked()
        if to not in TRANSITIONS[locked.state]:
            raise StepNotAllowed(f"{locked.state} → {to}")
        self._touch(at, state=to, **changes)
        Transition.objects.create(
            commitment=self, before=locked.state, after=to, at=at, note=note, **Trace.signature(by)
        )
        if to not in RUNNING_STATES:
            self.date_proposals.drop_open(at)

    def _tell(self, kind: str, by: Actor, at: dt.datetime, note: str, **about: Any) -> None:
        Event.objects.create(commitment=self, kind=kind, at=at, note=note, **about, **Trace.signature(by))

    def _write_update(self, by: Actor, at: dt.datetime, once: UUID, photo: Photo, **told: Any) -> Update:
        update: Update = self.updates.create(at=at, once=once, **told, **Trace.signature(by))
        if photo is not None:
            update.evidence.create(image=photo)
        return update
