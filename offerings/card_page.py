"""One page of the menu card: which offerings, in what order, under which filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import cached_property
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.foundation.wording import number
from offerings import cards, search
from offerings.cards import Shown
from offerings.choices import AUDIENCES, FROM_LABELS, GROUPS, MEANS, PRICES, SEARCH_SORT_LABELS, SORT_LABELS, Labels
from offerings.filters import MAX_SLUGS, narrowed
from offerings.highlights import Marker
from offerings.kept import kept
from offerings.lists import Choice
from offerings.models import CARD_ORDER, Offering, OfferingQuerySet
from offerings.search import MAX_FOUND, Found, Plain, Question, Reading
from offerings.tally import Facets

PER_PAGE = 24
# Nobody leafs further, a search or a filter does.
MAX_LISTED = MAX_FOUND
NEAR_SHOWN = 6
# With so few found, what comes near is shown under it.
FEW = 3


class Course(NamedTuple):
    """A category of the card with its cards, like a course on a menu; without a category the cards alone."""

    category: Choice | None
    cards: list[Shown]


class Counted(Paginator):  # type: ignore[type-arg]
    """A paginator that was told how many there are."""

    def __init__(self, total: int) -> None:
        super().__init__(range(total), PER_PAGE)


class CardPage:
    """What an address of the card asks for. A value that is not on the list is passed over: old links keep working."""

    def __init__(self, query: QueryDict, today: dt.date, stamp: str, *, on_shortlist: Collection[int] = ()) -> None:
        """`stamp` tells which card it is: kept.stamp()."""
        self.today, self._stamp, self._on_shortlist = today, stamp, on_shortlist
        self.kept = kept(today, stamp)
        self._typed = query.get("q", "")
        self.words = search.tidy(self._typed)
        self.chosen = self._chosen(query)
        self._asked = query
        asked = query.get("sort", "")
        self.sort = asked if asked in dict(self.sorts) else self.sorts[0][0]

    @cached_property
    def _known(self) -> dict[str, Collection[str]]:
        """The values that each filter has."""
        lists = self.kept.lists
        return {
            "voor": AUDIENCES,
            "van": dict(FROM_LABELS),
            "rubriek": lists.categories.by_slug,
            "sector": lists.sectors.by_slug,
            "wijk": lists.districts.by_slug,
            "prijs": PRICES,
            "groep": GROUPS,
            "m": MEANS,
        }

    def _chosen(self, query: QueryDict) -> dict[str, list[str]]:
        found = {
            name: list(dict.fromkeys(value for value in query.getlist(name) if value in values))[:MAX_SLUGS]
            for name, values in self._known.items()
            if name in query
        }
        for single in ("voor", "van"):
            if single in found:
                found[single] = found[single][-1:]
        return {name: values for name, values in found.items() if values}

    @property
    def sorts(self) -> Labels:
        return SEARCH_SORT_LABELS if self.words else SORT_LABELS

    # --- what is found ---

    @cached_property
    def _published(self) -> OfferingQuerySet:
        return Offering.objects.published(self.today)

    @cached_property
    def _this_side(self) -> QuerySet[Any]:
        """What members offer stands apart from what businesses give."""
        return self._published.exclude(means="") if self.chosen.get("van") else self._published.of_members()

    @cached_property
    def _answer(self) -> Found:
        """How the words were read, and what has them; filters have no part in that, and pages neither."""
        side = "van" in self.chosen
        state = repr((self.words, side, self._stamp, self.today))
        return search.found_lately(state, lambda: search.find(self._this_side, self.words))

    @property
    def question(self) -> Question:
        return self._answer.question

    @property
    def _matching(self) -> list[int] | None:
        """The keys of what was found by the words, up to one more than are listed; none without words."""
        return self._answer.keys if self.words else None

    @property
    def is_common(self) -> bool:
        """Whether the words occur so often that only the first are looked at, and nothing is counted."""
        return bool(self.words) and self._answer.is_common

    @cached_property
    def _found(self) -> QuerySet[Any]:
        published: QuerySet[Any] = self._published
        if self.is_common:
            published = search.matching(published, self.question)
        elif self._matching is not None:
            published = published.filter(pk__in=self._matching)
        return narrowed(published, self.chosen)

    @cached_property
    def facets(self) -> Facets | None:
        return None if self.is_common else self.kept.tally.facets(self.chosen, self._matching)

    @cached_property
    def total(self) -> int:
        """How many there are; MAX_LISTED and one when it is more than that and not worth counting."""
        if self.facets is None:
            return self._found.order_by()[: MAX_LISTED + 1].count()
        return self.facets.total

    @property
    def is_more(self) -> bool:
        return self.facets is None and self.total > MAX_LISTED

    @property
    def found_in_words(self) -> str:
        if self.is_more:
            return _("Meer dan %(number)s keer gevonden") % {"number": number(MAX_LISTED)}
        if self.words:
            told = ngettext("%(n)s keer gevonden voor ‘%(words)s’", "%(n)s keer gevonden voor ‘%(words)s’", self.total)
        else:
            told = ngettext("%(n)s gerecht op de kaart", "%(n)s gerechten op de kaart", self.total)
        return told % {"n": number(self.total), "words": self.words}

    @property
    def listed(self) -> int:
        """How many one can leaf through."""
        return min(self.total, search.CANDIDATES if self.sort == "relevantie" else MAX_LISTED)

    @cached_property
    def page(self) -> Page[Any]:
        return Counted(self.listed).get_page(self._asked.get("page", "")[:20])

    @cached_property
    def shown(self) -> list[Shown]:
        if not self.total:
            return []
        start = (self.page.number - 1) * PER_PAGE
        return self._cards(self._keys(start, min(start + PER_PAGE, self.listed)))

    def _keys(self, start: int, stop: int) -> list[int]:
        """In the card's own order the tally has them."""
        if self.sort == "kaart" and not self.words and self.kept.is_exact:
            return self.kept.tally.page(self.chosen, start, stop)
        return list(self._sorted()[start:stop].values_list("pk", flat=True))

    def _sorted(self) -> QuerySet[Any]:
        match self.sort:
            case "relevantie":
                return search.ranked(self._found, self.question, self.today)
            case "nieuw":
                return self._found.order_by("-published_on", "-pk")
            case "naam":
                return self._found.order_by(Plain("title"), "pk")
        return self._found.order_by(*CARD_ORDER)

    @cached_property
    def courses(self) -> list[Course]:
        """In the card's own order by main category; in any other order one course."""
        if self.sort != "kaart":
            return [Course(None, self.shown)] if self.shown else []
        courses: dict[int, Course] = {}
        for each in self.shown:
            category = self.kept.lists.categories.main_of(each.category)
            courses.setdefault(category.pk if category else 0, Course(category, [])).cards.append(each)
        return list(courses.values())

    # --- what is near, when little or nothing was found ---

    @cached_property
    def without_filters(self) -> int:
        """How many were found by the words when no filter is set."""
        if self.total or not self.words or not self._narrowed:
            return 0
        return self.kept.tally.facets({"van": self.chosen.get("van", [])}, self._matching).total

    @property
    def _narrowed(self) -> bool:
        return any(name != "van" for name in self.chosen)

    @cached_property
    def elsewhere(self) -> int:
        """How many have all the words on the other side of the card, when nothing on this side has."""
        if not self.words or self.question.is_answered:
            return 0
        other = self._published.of_members() if self.chosen.get("van") else self._published.exclude(means="")
        return search.matching(other, search.read(self.words)).order_by()[: MAX_LISTED + 1].count()

    @cached_property
    def near(self) -> list[Shown]:
        """What has some of the words, beside the few that have all of them."""
        few = 0 < self.total <= FEW and not self._narrowed
        if not self.words or not few or not self.question.is_answered:
            return []
        partly = search.any_of(self._this_side, self.question)
        rest = search.matching(self._this_side, partly).exclude(pk__in=self._matching or ())
        nearest = search.ranked(rest, partly, self.today)[:NEAR_SHOWN]
        return self._cards(list(nearest.values_list("pk", flat=True)), partly)

    @property
    def is_answered(self) -> bool:
        """Whether something on the card, on either side and under whatever filter, has what was asked for."""
        return self.question.is_answered or bool(self.elsewhere)

    @cached_property
    def says_nothing(self) -> bool:
        """Whether there are words, and none that can be looked for, such as 'de het'."""
        return bool(self.words) and not search.read(self.words).query

    @property
    def is_new_search(self) -> bool:
        """Whether these words were just typed: no page was turned and nothing was chosen in the column."""
        chosen = self.chosen.keys() - {"van", "voor"}
        can_be_found = bool(self.words) and not self.says_nothing
        return can_be_found and not chosen and not self._asked.get("page") and not self._asked.get("sort")

    # --- what was made of an odd question ---

    @property
    def remarks(self) -> list[str]:
        """What the page did with what it could not use, so that nobody is left guessing."""
        found = [self._remark_on_words(), *self._remarks_on_reading(), self._remark_on_filters()]
        return [remark for remark in found if remark]

    def _remark_on_words(self) -> str:
        if self._typed.strip() and not self.words:
            return _("Daar staat geen woord in. Typ wat je zoekt, bijvoorbeeld ‘zaal’ of ‘koken met jongeren’.")
        if self.says_nothing:
            return _("Op deze woorden kunnen we niet zoeken. Typ wat je zoekt, bijvoorbeeld ‘zaal’ of ‘boot’.")
        if len(self._typed.strip()) > search.MAX_CHARACTERS:
            return _("Dat is een lange vraag. We zochten met de eerste woorden.")
        return ""

    def _remarks_on_reading(self) -> list[str]:
        if not self.words:
            return []
        match self.question.reading:
            case Reading.MEANT:
                told = _("‘%(words)s’ staat niet op de kaart. We zochten naar ‘%(meant)s’.")
                return [told % {"words": self.words, "meant": self.question.words}]
            case Reading.ANY:
                return [_("Precies dit staat niet op de kaart. Dit komt in de buurt.")]
        return []

    def _remark_on_filters(self) -> str:
        asked = [name for name in self._known if any(self._asked.getlist(name)[:MAX_SLUGS])]
        unknown = [name for name in asked if name not in self.chosen]
        return _("Een filter in dit adres bestaat niet (meer). We laten het weg.") if unknown else ""

    def _cards(self, keys: list[int], question: Question | None = None) -> list[Shown]:
        found = cards.shown(keys, self.today, self._stamp, self._on_shortlist)
        if not self.words:
            return found
        marked = Marker(question or self.question).marked([each.html for each in found])
        return [each._replace(html=html) for each, html in zip(found, marked, strict=True)]
