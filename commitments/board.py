"""One page of the commitments board: which commitments, under which filters, and how each is shown."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments import filters
from commitments.filters import CommitmentFilter
from commitments.models import Commitment, CommitmentState
from commitments.models.choices import RUNNING_STATES
from kring.accounts.models import User
from kring.foundation.fragments import Fragment
from kring.foundation.models import Circle
from kring.foundation.narrowing import Choices, Labels, Narrowed, OpenChoices, yes
from kring.foundation.wording import unit_name
from members.models import Organisation
from offerings.choices import MEANS_LABELS

S = CommitmentState
PER_PAGE = 24
# Nobody leafs further: a filter does.
MAX_LISTED = 2400
IN_COLUMN = ("laat", "buiten", "stand", "sector", "m", "wijk")
# What only a figure asks for.
UNDER_A_FIGURE = ("uitkomst", "eenheid", "waarde", "bevestigd", "stilte", "maand", "openbaar")
PARAMETERS = ("wie", *IN_COLUMN, *UNDER_A_FIGURE, "page")
WITH_PROGRESS = {*RUNNING_STATES, S.REPORTED, S.KEPT}
CARD = Fragment("components/commitment.html", uses=("components/progress.html",))
COLUMNS = (
    "uuid",
    "title",
    "promisor__name",
    "beneficiary__name",
    "state",
    "due_on",
    "sector__hue",
    "delivered",
    "confirmed",
    "quantity",
    "unit",
)
# What a visitor can come across.
TOLD = ("afgesproken", "bezig", "klaar-gemeld", "nagekomen", "teruggegeven")


def state_labels(user: User | AnonymousUser) -> Labels:
    """The states of what the user may see; a draft is nobody's business here."""
    return [
        (name, label)
        for name, label in filters.STATE_LABELS
        if name != "concept" and (user.is_authenticated or name in TOLD)
    ]


def party_label(value: str) -> str:
    return Organisation.objects.filter(slug=value).values_list("name", flat=True).first() or f"‘{value}’"


def narrowed(query: QueryDict, states: Labels) -> Narrowed:
    """What an address of the board asks for."""
    return Narrowed(
        query,
        [
            yes("laat", filters.LATE),
            yes("buiten", filters.OUTSIDE),
            Choices("stand", gettext_lazy("Stand"), states),
            Choices("sector", gettext_lazy("Sector"), filters.sectors()),
            Choices("m", gettext_lazy("De vijf M's"), MEANS_LABELS),
            Choices("wijk", gettext_lazy("Wijk"), filters.districts()),
            Choices("uitkomst", gettext_lazy("Wat werd het"), filters.OUTCOME_LABELS),
            Choices("waarde", gettext_lazy("Waarde volgens"), filters.BASIS_LABELS),
            yes("bevestigd", filters.CONFIRMED),
            yes("stilte", filters.BY_SILENCE),
            yes("openbaar", filters.PUBLIC),
            OpenChoices("maand", filters.month_label),
            OpenChoices("eenheid", lambda unit: unit_name(unit[:20], 2)),
        ],
        words={"wie": party_label},
    )


class Board:
    """What an address of the board asks for, as `user` may see it."""

    def __init__(self, query: QueryDict, user: User | AnonymousUser, today: dt.date) -> None:
        self.today = today
        self._visible = Commitment.objects.visible_to(user, today)
        self.narrowed = narrowed(query, state_labels(user))

    @cached_property
    def found(self) -> QuerySet[Commitment]:
        found: QuerySet[Commitment] = CommitmentFilter(self.narrowed.query, queryset=self._visible).qs
        return found

    @cached_property
    def page(self) -> Page[Any]:
        ordered = self.found.order_by("-moved_at", "-pk")
        return Paginator(ordered[:MAX_LISTED], PER_PAGE).get_page(self.narrowed.page)

    @cached_property
    def total(self) -> int:
        listed = self.page.paginator.count
        return listed if listed < MAX_LISTED else self.found.count()

    @property
    def newest_only(self) -> int:
        """How many can be leafed through, where there are more than that."""
        return MAX_LISTED if self.total > MAX_LISTED else 0

    @property
    def party(self) -> str:
        return self.narrowed.words["wie"]

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [self.narrowed.group(name) for name in IN_COLUMN]

    @property
    def besides(self) -> list[tuple[str, str]]:
        return self.narrowed.besides("wie", *IN_COLUMN)

    @cached_property
    def cards(self) -> list[SafeString]:
        rows = self.page.object_list.values(*COLUMNS)  # type: ignore[attr-defined]
        return CARD.rendered(items(rows, self.today))


def items(rows: Any, today: dt.date) -> list[dict[str, Any]]:
    circle = Circle.current().name
    return [item(row, today, circle) for row in rows]


def item(row: dict[str, Any], today: dt.date, circle: str) -> dict[str, Any]:
    """What components/commitment.html shows."""
    state = row["state"]
    return {
        "url": reverse("commitments:detail", args=[row["uuid"]]),
        "title": row["title"],
        "promisor": row["promisor__name"],
        "beneficiary": row["beneficiary__name"] or _("%(circle)s, voor iedereen") % {"circle": circle},
        "state": state,
        "state_label": str(S(state).label),
        "due_on": row["due_on"],
        "is_late": state in RUNNING_STATES and row["due_on"] < today,
        "sector": row["sector__hue"] or "none",
        "value": row["delivered"] if row["confirmed"] is None else row["confirmed"],
        "max": row["quantity"] if state in WITH_PROGRESS else None,
        "unit": row["unit"],
    }
