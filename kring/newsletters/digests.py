"""Each member's own digest, once a month and only when there is something to say."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.accounts.models import User
from kring.foundation import news
from kring.newsletters.content import Content, Section, section
from kring.newsletters.models import OverviewKind
from kring.newsletters.regular import Regular, letter
from members.models import Organisation

KEEP_MONTHS = 13


def month_of(day: dt.date) -> dt.date:
    """Its first day."""
    return day.replace(day=1)


def members(today: dt.date) -> QuerySet[Organisation]:
    return Organisation.objects.listed(today).members()


def sections_for(user: User, span: news.Span) -> list[Section]:
    """The parts that have something to say, in the language that is active."""
    found = ((part, part.find(user, span)) for part in news.parts())
    return [section(part.slug, str(part.title), items) for part, items in found if items]


def content_for(sections: list[Section]) -> Content:
    number = sum(len(each["items"]) for each in sections)
    return letter(
        _("Dag {voornaam}, dit vraagt jullie aandacht en dit is er nieuw sinds je vorige overzicht."),
        sections,
        subject=_("Jouw maand in de kring: %(titles)s") % {"titles": sections[0]["title"].lower()},
        preheader=_("%(number)d dingen op een rij.") % {"number": number}
        if number > 1
        else sections[0]["items"][0]["title"],
    )


DIGEST = Regular(
    OverviewKind.DIGEST,
    template="newsletters/mail/digest",
    begins=month_of,
    named="%Y-%m",
    not_within=dt.timedelta(days=20),
    first_span=dt.timedelta(days=31),
    keep=dt.timedelta(days=31 * KEEP_MONTHS),
    organisations=members,
    find=sections_for,
    content=content_for,
    why=gettext_lazy(
        "Je krijgt dit omdat je meedoet namens een lid van de kring, en alleen als er iets te vertellen is."
    ),
)
