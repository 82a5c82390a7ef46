"""What suits somebody's organisation, once a week and only when there is something new: who has what it looks for, and
who looks for what it has. For all that are listed, also businesses.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kring.foundation import news
from kring.newsletters.content import Content, section
from kring.newsletters.models import OverviewKind
from kring.newsletters.parts.offerings import matches
from kring.newsletters.regular import Regular, letter
from members.models import Organisation
from offerings.models import Need, Offering

A_WEEK = dt.timedelta(days=7)


def week_of(day: dt.date) -> dt.date:
    """Its Monday."""
    return day - dt.timedelta(days=day.weekday())


def taking_part(today: dt.date) -> QuerySet[Organisation]:
    """Who is listed and offers or looks for something."""
    offering = Offering.objects.published(today).order_by().values("organisation")
    asking = Need.objects.open(today).order_by().values("organisation")
    return Organisation.objects.listed(today).filter(Q(pk__in=offering) | Q(pk__in=asking))


def content_for(items: list[news.Item]) -> Content:
    subject = ngettext("Past bij jullie: %(title)s", "Past bij jullie: %(title)s, en meer", len(items))
    return letter(
        _("Dag {voornaam}, dit is nieuw en past bij wat jullie zoeken of aanbieden."),
        [section("matches", _("Past bij jullie"), items)],
        subject=subject % {"title": items[0].title},
        preheader=items[0].text,
    )


TIPS = Regular(
    OverviewKind.TIPS,
    template="newsletters/mail/suggestions",
    begins=week_of,
    named="%G-W%V",
    not_within=dt.timedelta(days=5),
    first_span=A_WEEK,
    keep=13 * A_WEEK,
    organisations=taking_part,
    find=matches,
    content=content_for,
    why=gettext_lazy(
        "Je krijgt dit omdat jullie iets aanbieden of zoeken: hoogstens eens per week, en alleen als iets past."
    ),
)
