"""One page of the directory: which organisations, under which filters, and how each is shown."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kring.accounts.access import is_board
from kring.accounts.models import User
from kring.foundation.fragments import Fragment
from kring.foundation.narrowing import YES, Choices, Narrowed, quoted
from kring.foundation.storage import media_url
from members import filters, search, tally
from members.filters import ANBI_LABELS, KIND_LABELS, OrganisationFilter, district_labels, sector_labels
from members.models import District, Organisation
from members.tally import Counts

PER_PAGE = 24
# Nobody leafs further: a search or a filter does.
MAX_LISTED = 2400
CARD = Fragment("components/organisation_card.html")
COLUMNS = (
    "pk",
    "slug",
    "name",
    "tagline",
    "logo",
    "branch",
    "main_sector__hue",
    "main_sector__name",
    "main_sector__name_en",
)
STAMP = """
SELECT concat_ws('-', (SELECT max(updated_at) FROM members_organisation), (SELECT count(*) FROM members_organisation),
                 (SELECT max(id) FROM members_organisation_sectors),
                 (SELECT max(id) FROM members_organisation_districts),
                 (SELECT max(id) FROM members_membership), (SELECT max(id) FROM members_membershiptransition))
"""


def own_stamp() -> str:
    """A text that is another one once an organisation or a membership changed."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return str(cursor.fetchone()[0])


def stamp() -> str:
    """As own_stamp(), and also when what a facet asks of other rooms changed."""
    return own_stamp() + filters.stamps()


def parameters() -> set[str]:
    """What an address of the directory may ask."""
    return {*OrganisationFilter.base_filters, "page"}


class Section(NamedTuple):
    """Cards under a heading; without one the cards alone."""

    title: str
    cards: list[SafeString]


class Directory:
    """What an address of the directory asks for, as `user` may see it."""

    def __init__(self, query: QueryDict, user: User | AnonymousUser, today: dt.date, stamp: str) -> None:
        """`stamp` tells which state of the directory is counted: stamp()."""
        self.today, self.user, self._stamp = today, user, stamp
        self._visible = Organisation.objects.visible_to(user, today)
        self.narrowed = Narrowed(query, choices(), words={"q": quoted})

    @property
    def words(self) -> str:
        return self.narrowed.words["q"]

    # --- what is found ---

    @cached_property
    def _matching(self) -> list[int] | None:
        """The keys of those that have the words, the best when there are more than one leafs through; none without."""
        if not self.words:
            return None
        matching = search.matching(self._visible, self.words)
        keys = list(matching.order_by().values_list("pk", flat=True)[: MAX_LISTED + 1])
        if len(keys) <= MAX_LISTED:
            return keys
        return list(search.ranked(matching, self.words).values_list("pk", flat=True)[:MAX_LISTED])

    @property
    def found(self) -> QuerySet[Any]:
        """All that one can leaf through, in their order: the best first when words were typed, else by name."""
        return self._narrowed(
            self._visible if self._matching is None else Organisation.objects.filter(pk__in=self._matching)
        )

    @property
    def whole(self) -> QuerySet[Any]:
        """All of them, for a file."""
        return self._narrowed(search.matching(self._visible, self.words))

    def _narrowed(self, organisations: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.narrowed.query
        asked.pop("q", None)
        found: QuerySet[Any] = OrganisationFilter(asked, queryset=organisations).qs
        if self.words:
            return search.ranked(found, self.words)
        by_sector: list[Any] = (
            [F("main_sector__order").asc(nulls_last=True), "main_sector__name"] if self.is_by_sector else []
        )
        return found.order_by(*by_sector, Lower("name"), "pk")

    @cached_property
    def counts(self) -> Counts:
        kept = tally.kept(self.today, self._stamp)
        if self._matching is not None:
            start = kept.among(self._matching)
        elif is_board(self.user):
            start = kept.everything
        else:
            served = Organisation.objects.served_by(self.user, self.today).values_list("pk", flat=True)
            start = kept.listed | (kept.among(served) if self.user.is_authenticated else 0)
        return kept.counts(self.narrowed.chosen, start)

    @property
    def total(self) -> int:
        return self.counts.total

    @cached_property
    def page(self) -> Page[Any]:
        paginator = Paginator(self.found[:MAX_LISTED], PER_PAGE)
        paginator.count = min(self.total, MAX_LISTED)
        return paginator.get_page(self.narrowed.page)

    # --- the ways on ---

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The facets of the column."""
        groups = [self.narrowed.group(name, self.counts.of.get(name, {})) for name in in_column()]
        return [group for group in groups if group["options"]]

    @property
    def kinds(self) -> list[dict[str, Any]]:
        return self.narrowed.ways("soort")

    @cached_property
    def districts(self) -> list[dict[str, Any]]:
        """To choose one's own, and see who is active there."""
        return self.narrowed.ways("wijk", self.counts.of.get("wijk", {}))

    @cached_property
    def our_districts(self) -> str:
        """The address for the districts of the organisations that one serves; none without, or when it is this one."""
        if not self.user.is_authenticated:
            return ""
        served = Organisation.objects.served_by(self.user, self.today)
        ours = District.objects.filter(organisations__in=served).order_by("slug").values_list("slug", flat=True)
        slugs = list(ours.distinct())
        is_this_one = slugs == sorted(self.narrowed.chosen.get("wijk", []))
        return "" if not slugs or is_this_one else self.narrowed.address(wijk=slugs)

    @property
    def besides_search(self) -> list[tuple[str, str]]:
        return self.narrowed.besides("q")

    @property
    def besides_filters(self) -> list[tuple[str, str]]:
        return self.narrowed.besides(*in_column())

    @property
    def address(self) -> str:
        """What follows the address of another form of this list: on paper, or as a file."""
        return self.narrowed.address()

    # --- what is shown ---

    @property
    def is_by_sector(self) -> bool:
        """Who looks around in a district sees it sector by sector; who knows a name has the best first."""
        return bool(self.narrowed.chosen.get("wijk")) and not self.words

    @cached_property
    def sections(self) -> list[Section]:
        items = self._items(self.page.object_list) if self.total else []  # type: ignore[arg-type]
        sections: dict[str, Section] = {}
        for each, card in zip(items, CARD.rendered(items), strict=True):
            title = (each["in_sector"] or _("Bedrijven en partners")) if self.is_by_sector else ""
            sections.setdefault(title, Section(title, [])).cards.append(card)
        return list(sections.values())

    @cached_property
    def near(self) -> list[SafeString]:
        """What may have been meant by words that no organisation has."""
        if self._matching or not self.words:
            return []
        keys = search.near(self._visible, self.words)
        items = {item["pk"]: item for item in self._items(Organisation.objects.filter(pk__in=keys))}
        return CARD.rendered([items[key] for key in keys])

    def _items(self, organisations: QuerySet[Any]) -> list[dict[str, Any]]:
        rows = list(organisations.values(*COLUMNS))
        unlisted = self._unlisted([row["pk"] for row in rows])
        return [item(row, unlisted=row["pk"] in unlisted) for row in rows]

    def _unlisted(self, keys: list[int]) -> set[int]:
        """Those that not everybody sees; visitors see no others."""
        if not self.user.is_authenticated:
            return set()
        listed = Organisation.objects.listed(self.today).filter(pk__in=keys)
        return set(keys) - set(listed.values_list("pk", flat=True))


def choices() -> list[Choices]:
    return [
        Choices("soort", gettext_lazy("Soort"), KIND_LABELS),
        Choices("sector", gettext_lazy("Sector"), sector_labels()),
        Choices("wijk", gettext_lazy("Wijk"), district_labels()),
        Choices("anbi", gettext_lazy("ANBI"), ANBI_LABELS),
        *(Choices(facet.name, facet.title, [(YES, facet.label)]) for facet in filters.facets()),
    ]


def in_column() -> list[str]:
    return ["sector", "wijk", "anbi", *(facet.name for facet in filters.facets())]


def item(row: dict[str, Any], *, unlisted: bool) -> dict[str, Any]:
    """What components/organisation_card.html shows."""
    english = row["main_sector__name_en"] if get_language() == "en" else ""
    sector = english or row["main_sector__name"] or ""
    return {
        "pk": row["pk"],
        "url": reverse("members:detail", args=[row["slug"]]),
        "name": row["name"],
        "tagline": row["tagline"],
        "logo": media_url(row["logo"]),
        "sector": row["main_sector__hue"] or "none",
        "in_sector": sector,
        "sector_name": sector or row["branch"] or _("Bedrijf"),
        "facts": [_("Staat niet op de lijst")] if unlisted else [],
    }
