"""What this room keeps of people."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.models import (
    CalendarFeed,
    Commitment,
    DateProposal,
    Enquiry,
    EnquiryMessage,
    EnquiryTransition,
    Event,
    ReminderCopy,
    Review,
    Transition,
    Update,
    Verdict,
)
from kring.accounts.models import User
from kring.accounts.personal import FOR_EVER
from kring.foundation.personal import Basis, Kept, declare_impersonal, register
from kring.foundation.records import Column, Section


def enquiries(user: User) -> QuerySet[Enquiry]:
    return Enquiry.objects.filter(Q(asked_by=user) | Q(email__iexact=user.email)).order_by("-pk")


def messages(user: User) -> QuerySet[EnquiryMessage]:
    """Also those that were written by the link in a mail, by who asked with this address."""
    by_link = Q(author=None, by_receiver=False, enquiry__email__iexact=user.email)
    return EnquiryMessage.objects.filter(Q(author=user) | by_link).order_by("-at", "-pk")


def enquiry_steps(user: User) -> QuerySet[EnquiryTransition]:
    return EnquiryTransition.objects.filter(actor=user).order_by("-at", "-pk")


def contact_of(user: User) -> QuerySet[Commitment]:
    return Commitment.objects.filter(Q(promisor_contact=user) | Q(beneficiary_contact=user)).order_by("-pk")


def steps(user: User) -> QuerySet[Transition]:
    return Transition.objects.filter(actor=user).order_by("-at", "-pk")


def events(user: User) -> QuerySet[Event]:
    return Event.objects.filter(actor=user).order_by("-at", "-pk")


def reminders(user: User) -> QuerySet[ReminderCopy]:
    return ReminderCopy.objects.filter(Q(user=user) | Q(email__iexact=user.email)).order_by("-pk")


def updates(user: User) -> QuerySet[Update]:
    return Update.objects.filter(actor=user).order_by("-at", "-pk")


def date_proposals(user: User) -> QuerySet[DateProposal]:
    return DateProposal.objects.filter(proposed_by=user).order_by("-at", "-pk")


def reviews(user: User) -> QuerySet[Review]:
    return Review.objects.filter(Q(chair=user) | Q(present=user)).distinct().order_by("-pk")


def actions(user: User) -> QuerySet[Verdict]:
    return Verdict.objects.filter(action_owner=user).order_by("-pk")


def verdicts(user: User) -> QuerySet[Verdict]:
    return Verdict.objects.filter(judged_by=user).order_by("-judged_at", "-pk")


def calendar_feeds(user: User) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(user=user).order_by("-pk")


TITLE = Column("commitment__title", _("toezegging"))
STEP = {"before": "before", "after": "after", "at": "at", "note": "note"}
TRAIL = _("Om te kunnen uitleggen wie wat deed bij een afspraak, en waarom.")


def traced(model: str) -> frozenset[str]:
    return frozenset(f"commitments.{model}.{name}" for name in ("actor", "actor_name", "note"))


register(
    Kept(
        Section(
            "enquiries",
            _("Wat je aanvroeg"),
            enquiries,
            {
                "id": Column("uuid", _("nummer")),
                "to": "receiver__name",
                "offering": "offering__title",
                "need": "need__title",
                "name": "name",
                "organisation": "organisation_name",
                "email": "email",
                "phone": "phone",
                "people": "people",
                "wanted_by": "wanted_by",
                "wanted_when": "wanted_when",
                "message": "message",
                "counter_favour": "counter_favour",
                "state": "state",
                "asked_at": "created_at",
                "confirmed_at": "confirmed_at",
                "answered_at": "answered_at",
            },
        ),
        purpose=_("Om je vraag te brengen bij wie die kan beantwoorden, en je het antwoord te sturen."),
        basis=Basis.AGREEMENT,
        retention=_(
            "zonder bevestiging twee dagen; anders zolang de kring bestaat, bij de afspraken die eruit kwamen"
        ),
        covers=frozenset(
            f"commitments.Enquiry.{name}"
            for name in ("asked_by", "name", "organisation_name", "email", "phone", "message")
        ),
    ),
    Kept(
        Section(
            "enquiry_messages",
            _("Wat je schreef in gesprekken"),
            messages,
            {
                "enquiry": Column("enquiry__uuid", _("aanvraag")),
                "with": Column("enquiry__receiver__name", _("gericht aan")),
                "name": "author_name",
                "text": "text",
                "at": "at",
            },
        ),
        purpose=_("Om samen tot een afspraak te komen."),
        basis=Basis.AGREEMENT,
        retention=FOR_EVER,
        covers=frozenset(f"commitments.EnquiryMessage.{name}" for name in ("author", "author_name", "text")),
    ),
    Kept(
        Section(
            "enquiry_steps",
            _("Stappen in aanvragen die jij zette"),
            enquiry_steps,
            {"enquiry": Column("enquiry__uuid", _("aanvraag")), **STEP},
        ),
        purpose=TRAIL,
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=traced("EnquiryTransition"),
    ),
    Kept(
        Section(
            "commitments",
            _("Toezeggingen waarvan jij contactpersoon bent"),
            contact_of,
            {
                "id": Column("uuid", _("nummer")),
                "title": "title",
                "promisor": "promisor__name",
                "beneficiary": "beneficiary__name",
                "state": "state",
                "due_on": "due_on",
            },
        ),
        purpose=_("Om te weten wie er bij een afspraak te bereiken is; de andere partij ziet je naam en adres."),
        basis=Basis.AGREEMENT,
        retention=FOR_EVER,
        covers=frozenset({"commitments.Commitment.promisor_contact", "commitments.Commitment.beneficiary_contact"}),
    ),
    Kept(
        Section("commitment_steps", _("Stappen in toezeggingen die jij zette"), steps, {"commitment": TITLE, **STEP}),
        purpose=TRAIL,
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=traced("Transition"),
    ),
    Kept(
        Section(
            "commitment_events",
            _("Wat je verder deed bij toezeggingen"),
            events,
            {"commitment": TITLE, "kind": "kind", "at": "at", "note": "note"},
        ),
        purpose=TRAIL,
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=traced("Event"),
    ),
    Kept(
        Section(
            "reminders",
            _("Herinneringen aan jou"),
            reminders,
            {
                "commitment": Column("reminder__commitment__title", _("toezegging")),
                "rule": Column("reminder__rule__name", _("herinnering")),
                "for": "reminder__date",
                "name": "name",
                "email": "email",
                "told_on": "told_on",
            },
        ),
        purpose=_("Om je op tijd te herinneren, één keer per dag en nooit twee keer aan hetzelfde."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset(f"commitments.ReminderCopy.{name}" for name in ("user", "email", "name")),
    ),
    Kept(
        Section(
            "updates",
            _("Voortgang die jij meldde"),
            updates,
            {
                "commitment": TITLE,
                "quantity": "quantity",
                "unit": "commitment__unit",
                "is_final": "is_final",
                "note": "note",
                "at": "at",
            },
        ),
        purpose=_("Om te laten zien wat er van een afspraak kwam."),
        basis=Basis.AGREEMENT,
        retention=FOR_EVER,
        covers=traced("Update"),
    ),
    Kept(
        Section(
            "date_proposals",
            _("Nieuwe datums die jij voorstelde"),
            date_proposals,
            {
                "commitment": TITLE,
                "old_date": "old_date",
                "new_date": "new_date",
                "reason": "reason",
                "outcome": "outcome",
                "at": "at",
                "answered_at": "answered_at",
            },
        ),
        purpose=TRAIL,
        basis=Basis.AGREEMENT,
        retention=FOR_EVER,
        covers=frozenset({"commitments.DateProposal.proposed_by", "commitments.DateProposal.reason"}),
    ),
    Kept(
        Section(
            "reviews",
            _("Beoordelingen waar jij bij was"),
            reviews,
            {"held_on": "held_on", "closed_at": "closed_at", "minutes": "minutes"},
        ),
        purpose=_("Om vast te leggen wat het bestuur besloot."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset(
            {"commitments.Review.chair", "commitments.Review.minutes", "commitments.Review_present.user"}
        ),
    ),
    Kept(
        Section(
            "actions",
            _("Acties die jij zou oppakken"),
            actions,
            {"commitment": TITLE, "verdict": "kind", "note": "note", "action": "action", "due_on": "action_due_on"},
        ),
        purpose=_("Om te weten wie wat zou doen."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset({"commitments.Verdict.action_owner", "commitments.Verdict.note", "commitments.Verdict.told"}),
    ),
    Kept(
        Section(
            "verdicts",
            _("Oordelen die jij opschreef"),
            verdicts,
            {"commitment": TITLE, "verdict": "kind", "note": "note", "at": "judged_at"},
        ),
        purpose=_("Om te kunnen uitleggen wie iets opschreef in een beoordeling."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset({"commitments.Verdict.judged_by"}),
    ),
)
register(
    Kept(
        Section(
            "calendar_feeds",
            _("Adressen waarmee je agenda onze data ophaalt"),
            calendar_feeds,
            {"organisation": "organisation__name", "created_at": "created_at", "revoked_at": "revoked_at"},
        ),
        purpose=_("Om je de data van toezeggingen in je eigen agenda te laten zien."),
        basis=Basis.CONSENT,
        retention=_("tot je het adres intrekt of je account weggaat; van het adres zelf bewaren we alleen een afdruk"),
        covers=frozenset({"commitments.CalendarFeed.user"}),
    ),
)
declare_impersonal(
    "What was agreed between organisations.",
    "commitments.Commitment.description",
    "commitments.Commitment.result",
)
declare_impersonal("How a commitment between organisations stood on a day.", "commitments.Verdict.facts")
declare_impersonal("A rule, written by the board.", "commitments.ReminderRule.name", "commitments.ReminderRule.text")
