"""The board's figures: of all commitments, and of how widely the circle is carried."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments import breadth, figures, sheet
from commitments.breadth import Part, Way
from commitments.charts import linked
from commitments.models import Commitment
from commitments.sheet import Sheet, Tile
from kring.accounts import access
from kring.foundation import own_pages, spreadsheets
from kring.foundation.narrowing import Choices, Narrowed
from kring.foundation.wording import number
from members.filters import OrganisationFilter, district_labels, sector_labels

Labels = dict[str, list[tuple[str, str]]]

PER_PAGE = 50
MAX_LISTED = 5000
WHICH = {"wel": True, "nog-niet": False}


def whole_sheet() -> Sheet:
    return Sheet(figures.of(Commitment.objects.all(), "all", timezone.localdate()), {})


@access.board
@require_safe
@own_pages.keep
def figures_page(request: HttpRequest) -> HttpResponse:
    found = breadth.count(timezone.localdate())
    whole = whole_sheet()
    shown = {"sheet": whole, "breadth": tiles(found.whole), "tables": tables(found, whole.labels)}
    return render(request, "board/figures.html", shown)


@access.board
@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    whole, found = whole_sheet(), breadth.count(timezone.localdate())
    rows = [*whole.rows(settings.SITE_URL), *breadth_rows(found, whole.labels)]
    return spreadsheets.as_csv("cijfers", sheet.header(), rows)  # type: ignore[return-value]  # streams


def address(way: Way, which: str = "wel", asked: str = "") -> str:
    return reverse("board:taking_part", args=[way.slug, which]) + asked


def share(part: Part, way: Way) -> str:
    taking_part = part.taking_part[way.slug]
    return f"{number(round(100 * taking_part / part.members) if part.members else 0)}%"


def tiles(whole: Part) -> list[Tile]:
    note = _("%(part)s van de %(whole)s leden")
    return [
        Tile(
            figure=share(whole, way),
            label=str(way.label),
            note=note % {"part": number(whole.taking_part[way.slug]), "whole": number(whole.members)},
            url=address(way),
            definition=str(way.definition),
        )
        for way in breadth.ways()
    ]


def tables(found: breadth.Breadth, labels: Labels) -> list[dict[str, Any]]:
    """Per sector and per district: the members, and how many take part in which way."""
    head = ["", _("leden"), *(str(way.label) for way in breadth.ways())]
    titles = {"sector": _("Leden per sector"), "wijk": _("Leden per wijk")}
    return [
        {
            "caption": title,
            "head": head,
            "rows": [
                [label, number(found.by[name][slug].members), *_cells(name, slug, found.by[name][slug])]
                for slug, label in labels[name]
                if slug in found.by[name]
            ],
        }
        for name, title in titles.items()
    ]


def _cells(along: str, slug: str, part: Part) -> list[str]:
    return [
        linked(
            f"{number(part.taking_part[way.slug])} ({share(part, way)})",
            address(way, asked=f"?{along}={slug}") if part.taking_part[way.slug] else "",
        )
        for way in breadth.ways()
    ]


def breadth_rows(found: breadth.Breadth, labels: Labels) -> list[list[Any]]:
    site = settings.SITE_URL
    whole = [
        [str(way.label), "", "", found.whole.taking_part[way.slug], _("leden"), "", site + address(way)]
        for way in breadth.ways()
    ]
    titles = {"sector": _("sector"), "wijk": _("wijk")}
    return whole + [
        [
            str(way.label),
            title,
            label,
            found.by[name][slug].taking_part[way.slug],
            _("leden"),
            "",
            site + address(way, asked=f"?{name}={slug}"),
        ]
        for name, title in titles.items()
        for slug, label in labels[name]
        if slug in found.by[name]
        for way in breadth.ways()
    ]


@access.board
@require_safe
def taking_part(request: HttpRequest, slug: str, which: str) -> HttpResponse:
    """The members under a figure, and those that are not in it yet: these are worth a call."""
    way = breadth.way(slug)
    if way is None or which not in WHICH:
        raise Http404
    choices = [Choices("sector", _("Sector"), sector_labels()), Choices("wijk", _("Wijk"), district_labels())]
    narrowed = Narrowed(request.GET, choices, words={})
    today = timezone.localdate()
    members = breadth.taking_part(today, way, really=WHICH[which])
    found = OrganisationFilter(narrowed.query, queryset=members).qs
    rows = found.order_by(Lower("name"), "pk").only("slug", "name", "kind")
    page = Paginator(rows[:MAX_LISTED], PER_PAGE).get_page(narrowed.page)
    here = narrowed.address()
    shown = {
        "way": way,
        "page": page,
        "narrowed": narrowed,
        "ways": [
            {"label": label, "url": address(way, each, here), "selected": each == which}
            for each, label in (("wel", _("Wel")), ("nog-niet", _("Nog niet")))
        ],
        "everything": address(way, which),
    }
    return render(request, "board/taking_part.html", shown)
