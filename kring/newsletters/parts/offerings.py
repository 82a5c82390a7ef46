"""What is new on the menu card, what is asked for, and who has what somebody needs."""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.accounts.models import User
from kring.foundation import news, text
from members.models import Organisation
from offerings.matching import Match
from offerings.models import FRESH_MONTHS, Need, Offering, OfferingState, SearchCount, months_before
from offerings.suggestions import answers, best_first, suggestions

MOST, A_FEW, REASONS = 6, 3, 2
LENGTH = 140
# What is searched for by so many, on so many days, says something of the city and nothing of one of them.
TIMES, DAYS = 3, 2


class Find(Protocol):
    """What became possible for an organisation from the one day up to the other, the best first."""

    def __call__(self, organisation: Organisation, *, since: dt.date, until: dt.date) -> list[Match]: ...


def day_of(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)


def offered(offerings: QuerySet[Offering]) -> list[news.Item]:
    return [
        news.Item(
            each.title,
            each.get_absolute_url(),
            _("%(who)s: %(what)s") % {"who": each.organisation, "what": each.summary},
        )
        for each in offerings.select_related("organisation").only("slug", "title", "summary", "organisation__name")
    ]


def days_of(span: news.Span) -> tuple[dt.date, dt.date]:
    """For what is known by the day: its first one, and the last. The day of an issue is for the next, when it is
    complete: what came that morning and what comes that evening are told together, and once.
    """
    return day_of(span.since), day_of(span.until) - dt.timedelta(days=1)


def new_offerings(span: news.Span) -> QuerySet[Offering]:
    published = Offering.objects.published(day_of(span.until)).of_members()
    return published.filter(published_on__range=days_of(span)).order_by("-published_on", "-pk")


def new_on_the_card(span: news.Span, most: int) -> list[news.Item]:
    return offered(new_offerings(span)[:most])


def asked(need: Need) -> news.Item:
    what = text.excerpt(need.description, LENGTH)
    words = _("%(who)s: %(what)s") % {"who": need.organisation, "what": what} if what else str(need.organisation)
    return news.Item(need.title, need.get_absolute_url(), words)


def needs_open(span: news.Span, most: int) -> list[news.Item]:
    """The newest, also where they stood in the last issue: they are still open."""
    return [asked(each) for each in Need.objects.open(day_of(span.until)).select_related("organisation")[:most]]


def city_asks(span: news.Span, most: int) -> list[news.Item]:
    """What many looked for on the menu card and did not find."""
    found = (
        SearchCount.objects.filter(found=False, day__range=days_of(span))
        .values("words")
        .annotate(total=Sum("times"), days=Count("day", distinct=True))
        .filter(total__gte=TIMES, days__gte=DAYS)
        .order_by("-total", "words")
    )
    return [
        news.Item(
            row["words"],
            f"{reverse('offerings:list')}?{urlencode({'q': row['words']})}",
            _("%(times)d keer gezocht, niet gevonden. Heb jij dit?") % {"times": row["total"]},
        )
        for row in found[:most]
    ]


# --- In somebody's digest, and by the week ---------------------------------------------------------------------------


def served(user: User) -> QuerySet[Organisation]:
    return Organisation.objects.served_by(user).order_by()


def new_in_my_sector(user: User, span: news.Span) -> list[news.Item]:
    own = served(user)
    same = Q(organisation__main_sector__in=own.values("main_sector"))
    return offered(new_offerings(span).filter(same).exclude(organisation__in=own)[:MOST])


def to_confirm(user: User, span: news.Span) -> list[news.Item]:
    edge = months_before(day_of(span.until), FRESH_MONTHS)
    stale = Offering.objects.filter(
        organisation__in=served(user), state=OfferingState.PUBLISHED, confirmed_on__lte=edge
    ).select_related("organisation")
    return [
        news.Item(
            _("Klopt ‘%(title)s’ nog?") % {"title": each},
            reverse("offerings:edit", args=[each.organisation.slug, each.slug]),
            _("Niet bevestigd sinds %(day)s.") % {"day": f"{each.confirmed_on:%d-%m-%Y}"},
        )
        for each in stale.order_by("confirmed_on")[:MOST]
    ]


def matches(user: User, span: news.Span) -> list[news.Item]:
    """What became possible for one's organisations: who has what they need, who needs what they have; and why."""
    return in_turn(user, span, suggestions, MOST)


def answers_to_my_needs(user: User, span: news.Span) -> list[news.Item]:
    """Who has what one's organisations look for; also where a tip of the week said so: a month has the best of all."""
    return in_turn(user, span, answers, A_FEW)


def in_turn(user: User, span: news.Span, find: Find, most: int) -> list[news.Item]:
    """The best of each organisation before the second of any, so that none crowds out another; the best on top."""
    since, until = day_of(span.since), day_of(span.until)
    found = [
        (place, match, organisation)
        for organisation in served(user).order_by("pk")
        for place, match in enumerate(find(organisation, since=since, until=until))
    ]
    chosen = sorted(found, key=lambda row: (row[0], best_first(row[1])))[:most]
    told = sorted(chosen, key=lambda row: best_first(row[1]))
    return [suggested(match, organisation) for _place, match, organisation in told]


def suggested(match: Match, organisation: Organisation) -> news.Item:
    """The other side of the pair."""
    need, offering, why = match.need, match.offering, ", ".join(match.reasons[:REASONS])
    if need.organisation_id == organisation.pk:
        told = {"who": offering.organisation, "own": need, "why": why}
        words = _("%(who)s, voor jullie vraag ‘%(own)s’: %(why)s") % told
        return news.Item(offering.title, offering.get_absolute_url(), words)
    told = {"who": need.organisation, "own": offering, "why": why}
    words = _("%(who)s zoekt dit, en jullie bieden ‘%(own)s’: %(why)s") % told
    return news.Item(need.title, need.get_absolute_url(), words)


news.register_block(
    news.Block(
        "new_on_the_card",
        gettext_lazy("Nieuw op de menukaart"),
        new_on_the_card,
        hint=gettext_lazy("Wat leden erop zetten sinds de vorige nieuwsbrief, tot en met gisteren."),
        more="offerings:list",
        more_label=gettext_lazy("Bekijk de hele menukaart"),
        order=10,
    )
)
news.register_block(
    news.Block(
        "needs_open",
        gettext_lazy("Wie kan helpen?"),
        needs_open,
        hint=gettext_lazy("De nieuwste vragen die nog open staan."),
        more="offerings:need_list",
        more_label=gettext_lazy("Bekijk alle vragen"),
        order=50,
    )
)
news.register_block(
    news.Block(
        "city_asks",
        gettext_lazy("De stad vraagt"),
        city_asks,
        hint=gettext_lazy("Waar tot en met gisteren vaak naar is gezocht op de menukaart, zonder iets te vinden."),
        order=60,
    )
)
news.register_part(news.Part("offerings_to_confirm", gettext_lazy("Klopt dit nog?"), to_confirm, order=20))
news.register_part(
    news.Part("answers_to_needs", gettext_lazy("Wie heeft wat jullie zoeken?"), answers_to_my_needs, order=25)
)
news.register_part(
    news.Part("offerings_in_sector", gettext_lazy("Nieuw aanbod in jullie sector"), new_in_my_sector, order=50)
)
