"""What fits a need, and what an offering fits, with the reasons in words.

A matcher finds and weighs pairs; several may stand beside one another, since each gives scores from 0 to 1 for one
need: 1 is all that was asked for. Of a pair the best score counts. Which pairs are good enough to show, how many of
one organisation, and how to say why, is the same whoever found them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from offerings.lexical import Lexical
from offerings.models import Need, Offering
from offerings.pairs import Pair, Why

SHOWN = 5
# Of one organisation no more than this, or the one that writes most fills every list.
OF_ONE = 2
# Below this it is no match: it would cost the reader more than it gives. Set by the judged pairs of the tests.
GOOD = 0.27


class Matcher(Protocol):
    """Finds and weighs pairs, `most` for each need or offering, in as many queries for ten as for one."""

    def offerings_for(self, needs: Sequence[Need], offerings: QuerySet[Offering], most: int) -> list[Pair]: ...

    def needs_for(self, offerings: Sequence[Offering], needs: QuerySet[Need], most: int) -> list[Pair]: ...


# A model that knows what words mean would stand here beside it.
MATCHERS: tuple[Matcher, ...] = (Lexical(),)
FOUND = 30


@dataclass(frozen=True)
class Match:
    """A pair that is good enough to show."""

    need: Need
    offering: Offering
    score: float
    why: Why

    @property
    def reasons(self) -> list[str]:
        """Why they fit, the strongest reason first."""
        why, found = self.why, []
        if why.words:
            found.append(_("gaat ook over %(words)s") % {"words": in_words(why.words)})
        if why.category:
            found.append(_("zelfde rubriek: %(category)s") % {"category": why.category})
        if why.means:
            found.append(_("het gaat om %(means)s") % {"means": why.means})
        if why.sector:
            found.append(_("zelfde sector: %(sector)s") % {"sector": why.sector})
        if why.district:
            found.append(_("ook in %(district)s") % {"district": why.district})
        if self.need.counter_favour:
            found.append(_("in ruil voor %(favour)s") % {"favour": self.need.counter_favour})
        return found

    @property
    def possible_since(self) -> dt.date:
        """The day that the later of the two came."""
        asked_on = self.need.asked_on
        return max(asked_on, self.offering.published_on or asked_on)


# Which matches are looked for: the others take no place in what is shown.
Wanted = Callable[[Match], bool]


def any_match(match: Match) -> bool:
    return True


def in_words(words: Sequence[str]) -> str:
    """‘zaal’, ‘podium’ en ‘licht’"""
    quoted = [f"‘{word}’" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return _("%(most)s en %(last)s") % {"most": ", ".join(quoted[:-1]), "last": quoted[-1]}


def offerings_for(need: Need, today: dt.date | None = None, most: int = SHOWN) -> list[Match]:
    """What on the card fits a need best, of others than who asks; nothing when nothing does."""
    return offerings_for_all([need], today or timezone.localdate(), most)


def offerings_for_all(
    needs: Sequence[Need], today: dt.date, most: int = SHOWN, wanted: Wanted = any_match
) -> list[Match]:
    """The same of some needs of one organisation."""
    if not needs:
        return []
    others = Offering.objects.published(today).exclude(organisation=needs[0].organisation_id)
    pairs = best(pair for matcher in MATCHERS for pair in matcher.offerings_for(needs, others, FOUND))
    asked = {need.pk: need for need in needs}
    offered = Offering.objects.select_related("organisation__main_sector").in_bulk([pair.offering for pair in pairs])
    every = (Match(asked[pair.need], offered[pair.offering], pair.score, pair.why) for pair in pairs)
    matches = list(filter(wanted, every))
    return spread(matches, [(match.need.pk, match.offering.organisation_id) for match in matches], most)


def needs_for(offering: Offering, today: dt.date | None = None, most: int = SHOWN) -> list[Match]:
    """Which open needs an offering fits best, of others than who offers it."""
    return needs_for_all([offering], today or timezone.localdate(), most)


def needs_for_all(
    offerings: Sequence[Offering], today: dt.date, most: int = SHOWN, wanted: Wanted = any_match
) -> list[Match]:
    """The same of some offerings of one organisation."""
    if not offerings:
        return []
    others = Need.objects.open(today).exclude(organisation=offerings[0].organisation_id)
    pairs = best(pair for matcher in MATCHERS for pair in matcher.needs_for(offerings, others, FOUND))
    offered = {each.pk: each for each in offerings}
    asked = Need.objects.select_related("organisation__main_sector").in_bulk([pair.need for pair in pairs])
    every = (Match(asked[pair.need], offered[pair.offering], pair.score, pair.why) for pair in pairs)
    matches = list(filter(wanted, every))
    return spread(matches, [(match.offering.pk, match.need.organisation_id) for match in matches], most)


def best(pairs: Iterable[Pair]) -> list[Pair]:
    """Those that are good enough, each pair once, the best first."""
    found: dict[tuple[int, int], Pair] = {}
    for pair in pairs:
        key = (pair.need, pair.offering)
        if pair.score >= GOOD and (key not in found or found[key].score < pair.score):
            found[key] = pair
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.need, pair.offering))


def spread(matches: Sequence[Match], sides: Sequence[tuple[int, int]], most: int) -> list[Match]:
    """The first ones of each list, in it OF_ONE of each organisation; `sides` are the list and the organisation."""
    seen: Counter[tuple[int, int]] = Counter()
    length: Counter[int] = Counter()
    kept = []
    for match, (of, organisation) in zip(matches, sides, strict=True):
        seen[of, organisation] += 1
        if seen[of, organisation] <= OF_ONE and length[of] < most:
            length[of] += 1
            kept.append(match)
    return kept
