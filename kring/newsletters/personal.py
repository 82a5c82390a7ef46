"""What this room keeps of people."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.accounts.personal import FOR_EVER
from kring.foundation.personal import Basis, Kept, declare_impersonal, register
from kring.foundation.records import Column, Section
from kring.newsletters.models import Addressee, Consent, IssueStep, Overview, OverviewKind, Subscriber


def subscriptions(user: User) -> QuerySet[Subscriber]:
    return Subscriber.objects.filter(email=user.email.lower())


def consents(user: User) -> QuerySet[Consent]:
    return Consent.objects.filter(subscriber__email=user.email.lower()).order_by("-at", "-pk")


def addressed(user: User) -> QuerySet[Addressee]:
    return Addressee.objects.filter(Q(user=user) | Q(email=user.email.lower())).order_by("-pk")


def digests(user: User) -> QuerySet[Overview]:
    return Overview.objects.filter(kind=OverviewKind.DIGEST, user=user).order_by("-period")


def tips(user: User) -> QuerySet[Overview]:
    return Overview.objects.filter(kind=OverviewKind.TIPS, user=user).order_by("-period")


def steps(user: User) -> QuerySet[IssueStep]:
    return IssueStep.objects.filter(actor=user).order_by("-at", "-pk")


ISSUE = Column("issue__subject", _("nieuwsbrief"))

register(
    Kept(
        Section(
            "newsletter",
            _("Je inschrijving voor de nieuwsbrief"),
            subscriptions,
            {
                "email": "email",
                "name": "name",
                "language": "language",
                "state": "state",
                "asked_at": "asked_at",
                "confirmed_at": "confirmed_at",
                "left_at": "left_at",
            },
        ),
        purpose=_("Om je de nieuwsbrief te sturen die je vroeg, en je niet te mailen als je je afmeldde."),
        basis=Basis.CONSENT,
        retention=_(
            "zonder bevestiging 48 uur; anders tot een jaar na je afmelding, of zolang dit adres een account heeft"
        ),
        covers=frozenset({"newsletters.Subscriber.email", "newsletters.Subscriber.name"}),
    ),
    Kept(
        Section(
            "newsletter_consent",
            _("Wanneer en hoe je ja of nee zei tegen de nieuwsbrief"),
            consents,
            {
                "step": "step",
                "source": "source",
                "at": "at",
                "text_version": "text_version",
                "words": "words",
                "issue": ISSUE,
            },
        ),
        purpose=_("Om te kunnen laten zien dat je er zelf om vroeg. We bewaren niet vanaf welk IP-adres."),
        basis=Basis.CONSENT,
        retention=_("even lang als de inschrijving"),
        covers=frozenset({"newsletters.Consent.words"}),
    ),
    Kept(
        Section(
            "newsletters_sent",
            _("Nieuwsbrieven die naar jou gingen"),
            addressed,
            {"issue": ISSUE, "email": "email", "name": "name", "language": "language", "at": "queued_at"},
        ),
        purpose=_("Om elke editie precies één keer te sturen aan wie hem hoort te krijgen."),
        basis=Basis.CONSENT,
        retention=_("tot dertig dagen na het versturen; daarna alleen aantallen"),
        covers=frozenset(f"newsletters.Addressee.{name}" for name in ("email", "name", "user")),
    ),
    Kept(
        Section(
            "digests",
            _("Je maandoverzichten"),
            digests,
            {"month": Column("period", _("maand")), "had_news": "had_news", "made_at": "made_at"},
        ),
        purpose=_("Om je hoogstens één overzicht per maand te sturen, met wat er sinds het vorige nieuw is."),
        basis=Basis.AGREEMENT,
        retention=_("dertien maanden"),
        covers=frozenset({"newsletters.Overview.user"}),
    ),
    Kept(
        Section(
            "suggestions",
            _("Je weektips"),
            tips,
            {"week": Column("period", _("week")), "had_news": "had_news", "made_at": "made_at"},
        ),
        purpose=_("Om je hoogstens één keer per week te mailen wat er bij jullie past."),
        basis=Basis.AGREEMENT,
        retention=_("dertien weken"),
        covers=frozenset({"newsletters.Overview.user"}),
    ),
    Kept(
        Section(
            "newsletter_steps",
            _("Nieuwsbrieven die jij inplande, verstuurde of stopte"),
            steps,
            {"issue": ISSUE, "before": "before", "after": "after", "at": "at", "note": "note"},
        ),
        purpose=_("Om te kunnen nagaan wie wat naar iedereen stuurde."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset(f"newsletters.IssueStep.{name}" for name in ("actor", "actor_name", "note")),
    ),
)
declare_impersonal("The name of a list of people, and of nobody.", "newsletters.Audience.name")
