"""Who is new in the circle."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.accounts.models import User
from kring.foundation import news
from members.models import Membership, Organisation

MOST = 6


def new_members(span: news.Span) -> QuerySet[Membership]:
    """Who was taken in since then, and belongs to the circle now."""
    return (
        Membership.objects.current(timezone.localdate(span.until))
        .taken_in(since=span.since, until=span.until)
        .select_related("organisation__main_sector")
        .order_by("-period", "organisation__name")
    )


def item(membership: Membership) -> news.Item:
    organisation = membership.organisation
    return news.Item(organisation.name, organisation.get_absolute_url(), organisation.tagline)


def block(span: news.Span, most: int) -> list[news.Item]:
    return [item(each) for each in new_members(span)[:most]]


def in_my_sector(user: User, span: news.Span) -> list[news.Item]:
    own = Organisation.objects.served_by(user)
    same = Q(organisation__main_sector__in=own.values("main_sector"))
    found = new_members(span).filter(same).exclude(organisation__in=own)
    return [
        news.Item(_("Nieuw in de kring: %(name)s") % {"name": each.organisation}, *item(each)[1:])
        for each in found[:MOST]
    ]


news.register_block(
    news.Block(
        "new_members",
        gettext_lazy("Nieuw in de kring"),
        block,
        hint=gettext_lazy("Wie lid werd sinds de vorige nieuwsbrief."),
        more="members:list",
        more_label=gettext_lazy("Bekijk alle organisaties"),
        order=20,
    )
)
news.register_part(news.Part("members_in_sector", gettext_lazy("Nieuw in jullie sector"), in_my_sector, order=30))
