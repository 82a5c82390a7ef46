"""Which promises were kept; and which enquiries and promises wait for somebody."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState, Visibility
from commitments.models.choices import RUNNING_STATES
from kring.accounts.models import User
from kring.foundation import news, text, wording
from members.models import Organisation

MOST = 8
LENGTH = 160
S = CommitmentState


def kept(span: news.Span, most: int) -> list[news.Item]:
    """Those that everybody may see, and that the receiver confirmed."""
    found = (
        Commitment.objects.confirmed()
        .filter(visibility=Visibility.PUBLIC, closed_at__gt=span.since, closed_at__lte=span.until)
        .select_related("promisor", "beneficiary")
        .order_by("-closed_at", "-pk")
    )
    return [news.Item(each.title, each.get_absolute_url(), came_of(each)) for each in found[:most]]


def came_of(commitment: Commitment) -> str:
    """Who did what for whom."""
    parties = {"who": commitment.promisor, "whom": commitment.beneficiary}
    who = _("%(who)s voor %(whom)s") if commitment.beneficiary_id else _("%(who)s voor de hele kring")
    result = text.excerpt(commitment.result, LENGTH)
    if not result and commitment.confirmed is not None:
        result = wording.quantity(commitment.confirmed, commitment.unit)
    return f"{who % parties}: {result}" if result else who % parties


def enquiries(user: User, span: news.Span) -> list[news.Item]:
    own = Organisation.objects.served_by(user).order_by()
    waiting = Enquiry.objects.filter(receiver__in=own, state=EnquiryState.NEW)
    return [
        news.Item(
            _("%(who)s vraagt naar ‘%(about)s’") % {"who": each.organisation_name, "about": each.about},
            each.get_absolute_url(),
            _("Wacht op jullie antwoord."),
        )
        for each in waiting.select_related("offering", "need", "receiver").order_by("created_at")[:MOST]
    ]


def promises(user: User, span: news.Span) -> list[news.Item]:
    """Where the next step is theirs: to answer, to confirm, or to say how it goes with what is late."""
    own = Organisation.objects.served_by(user).order_by().values("pk")
    today = timezone.localdate(span.until)
    to_answer = Q(state=S.PROPOSED) & (Q(beneficiary__in=own) | Q(promisor__in=own))
    to_answer &= ~Q(proposed_by_organisation__in=own)
    to_confirm = Q(state=S.REPORTED, beneficiary__in=own)
    to_report = Q(state__in=RUNNING_STATES, promisor__in=own, due_on__lte=today)
    found = Commitment.objects.filter(to_answer | to_confirm | to_report).order_by("due_on", "pk")
    return [promise(each) for each in found.only("uuid", "title", "state", "due_on")[:MOST]]


def promise(commitment: Commitment) -> news.Item:
    match commitment.state:
        case S.PROPOSED:
            words = _("Wat vinden jullie van dit voorstel?")
        case S.REPORTED:
            words = _("Klopt het resultaat? Bevestig het, dan telt het mee.")
        case _running:
            words = _("De datum is voorbij. Meld hoe het gaat, of geef het terug.")
    return news.Item(commitment.title, commitment.get_absolute_url(), words)


news.register_block(
    news.Block(
        "promises_kept",
        gettext_lazy("Gedaan wat was beloofd"),
        kept,
        hint=gettext_lazy("Openbare toezeggingen die sinds de vorige nieuwsbrief zijn nagekomen."),
        more="commitments:list",
        more_label=gettext_lazy("Bekijk alle toezeggingen"),
        order=40,
    )
)
news.register_part(news.Part("enquiries", gettext_lazy("Een vraag aan jullie"), enquiries, order=5))
news.register_part(news.Part("promises", gettext_lazy("Toezeggingen die op jullie wachten"), promises, order=10))
