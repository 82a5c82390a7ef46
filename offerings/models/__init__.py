from offerings.models.categories import Category
from offerings.models.freshness import FreshnessCount
from offerings.models.needs import OPEN_AT_MOST, OPEN_FOR, Need, NeedQuerySet, NeedState, NeedStateNotAllowed
from offerings.models.offerings import (
    ASK_MONTHS,
    CARD_ORDER,
    FRESH_MONTHS,
    PAUSE_MONTHS,
    Audience,
    Means,
    Offering,
    OfferingQuerySet,
    OfferingState,
    OfferingStateNotAllowed,
    Place,
    PriceKind,
    months_before,
)
from offerings.models.searches import CardChange, SearchCount, Word
from offerings.models.shortlists import Shortlist, ShortlistItem

__all__ = [
    "ASK_MONTHS",
    "CARD_ORDER",
    "FRESH_MONTHS",
    "OPEN_AT_MOST",
    "OPEN_FOR",
    "PAUSE_MONTHS",
    "Audience",
    "CardChange",
    "Category",
    "FreshnessCount",
    "Means",
    "Need",
    "NeedQuerySet",
    "NeedState",
    "NeedStateNotAllowed",
    "Offering",
    "OfferingQuerySet",
    "OfferingState",
    "OfferingStateNotAllowed",
    "Place",
    "PriceKind",
    "SearchCount",
    "Shortlist",
    "ShortlistItem",
    "Word",
    "months_before",
]
