"""What the card can be filtered and sorted by: the words in the address, what they mean, and how they are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offerings.models import Audience, Means, NeedState, PriceKind

Labels = list[tuple[str, str | Promise]]

AUDIENCES = {"stad": Audience.CITY, "bedrijven": Audience.BUSINESS}
AUDIENCE_LABELS: Labels = [("stad", _("Voor de stad")), ("bedrijven", _("Voor bedrijven"))]

PRICES = {
    "gratis": PriceKind.FREE,
    "vanaf": PriceKind.FROM,
    "vast": PriceKind.FIXED,
    "overleg": PriceKind.ON_REQUEST,
    "tegenprestatie": PriceKind.COUNTER_FAVOUR,
}
PRICE_LABELS: Labels = [(name, kind.label) for name, kind in PRICES.items()]

MEANS = {
    "mensen": Means.PEOPLE,
    "middelen": Means.GOODS,
    "massa": Means.NETWORK,
    "media": Means.MEDIA,
    "munten": Means.MONEY,
}
MEANS_LABELS: Labels = [(name, means.label) for name, means in MEANS.items()]

# An offering fits a group when its own range meets this one.
GROUPS: dict[str, tuple[int, int]] = {"1-9": (1, 9), "10-24": (10, 24), "25-49": (25, 49), "50-plus": (50, 1_000_000)}
GROUP_LABELS: Labels = [
    ("1-9", _("tot 10 mensen")),
    ("10-24", _("10 tot 25 mensen")),
    ("25-49", _("25 tot 50 mensen")),
    ("50-plus", _("50 mensen of meer")),
]

FROM_LABELS: Labels = [("bedrijven", _("bedrijven"))]

# Without words the card has its own order; with words the best come first.
SORT_LABELS: Labels = [("kaart", _("zoals op de kaart")), ("nieuw", _("nieuwste eerst")), ("naam", _("op naam"))]
SEARCH_SORT_LABELS: Labels = [("relevantie", _("best passend")), *SORT_LABELS[1:]]

NEED_STANDS = {
    "open": NeedState.OPEN,
    "geregeld": NeedState.MET,
    "gesloten": NeedState.CLOSED,
    "concept": NeedState.DRAFT,
}
NEED_STAND_LABELS: Labels = [*((name, state.label) for name, state in NEED_STANDS.items()), ("alle", _("alle"))]
