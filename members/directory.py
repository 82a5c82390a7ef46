"""One page of the directory: which organisations, under which filters, and how each is shown."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation.fragments import Fragment
from kring.foundation.narrowing import Choices, Narrowed, quoted
from kring.foundation.storage import media_url
from members import search
from members.filters import ANBI_LABELS, KIND_LABELS, OrganisationFilter, district_labels, sector_labels
from members.models import Organisation

PER_PAGE = 24
# Nobody leafs further: a search or a filter does.
MAX_LISTED = 2400
IN_COLUMN = ("sector", "wijk", "anbi")
PARAMETERS = ("q", "soort", *IN_COLUMN, "page")
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
                 (SELECT max(id) FROM members_membership), (SELECT max(id) FROM members_membershiptransition))
"""


def stamp() -> str:
    """A text that is another one once an organisation or a membership changed."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return str(cursor.fetchone()[0])


class Directory:
    """What an address of the directory asks for, as `user` may see it."""

    def __init__(self, query: QueryDict, user: User | AnonymousUser, today: dt.date) -> None:
        self.today = today
        self._visible = Organisation.objects.visible_to(user, today)
        self._sees_more = user.is_authenticated
        self.narrowed = Narrowed(
            query,
            [
                Choices("soort", gettext_lazy("Soort"), KIND_LABELS),
                Choices("sector", gettext_lazy("Sector"), sector_labels()),
                Choices("wijk", gettext_lazy("Wijk"), district_labels()),
                Choices("anbi", gettext_lazy("ANBI"), ANBI_LABELS),
            ],
            words={"q": quoted},
        )

    @property
    def words(self) -> str:
        return self.narrowed.words["q"]

    @cached_property
    def page(self) -> Page[Any]:
        found = OrganisationFilter(self.narrowed.query, queryset=self._visible).qs
        ordered = found.order_by(Lower("name"), "pk")
        return Paginator(ordered[:MAX_LISTED], PER_PAGE).get_page(self.narrowed.page)

    @cached_property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [self.narrowed.group(name) for name in IN_COLUMN]

    @property
    def kinds(self) -> list[dict[str, Any]]:
        return self.narrowed.ways("soort")

    @property
    def besides_search(self) -> list[tuple[str, str]]:
        return self.narrowed.besides("q")

    @property
    def besides_filters(self) -> list[tuple[str, str]]:
        return self.narrowed.besides(*IN_COLUMN)

    @cached_property
    def cards(self) -> list[SafeString]:
        return CARD.rendered(self._items(self.page.object_list))  # type: ignore[arg-type]

    @cached_property
    def near(self) -> list[SafeString]:
        """What may have been meant by words that no organisation has."""
        if self.total or not self.words:
            return []
        return CARD.rendered(self._items(search.near(self._visible, self.words)))

    def _items(self, organisations: QuerySet[Any]) -> list[dict[str, Any]]:
        rows = list(organisations.values(*COLUMNS))
        unlisted = self._unlisted([row["pk"] for row in rows])
        return [item(row, unlisted=row["pk"] in unlisted) for row in rows]

    def _unlisted(self, keys: list[int]) -> set[int]:
        """Those that not everybody sees; visitors see no others."""
        if not self._sees_more:
            return set()
        listed = Organisation.objects.listed(self.today).filter(pk__in=keys)
        return set(keys) - set(listed.values_list("pk", flat=True))


def item(row: dict[str, Any], *, unlisted: bool) -> dict[str, Any]:
    """What components/organisation_card.html shows."""
    english = row["main_sector__name_en"] if get_language() == "en" else ""
    return {
        "url": reverse("members:detail", args=[row["slug"]]),
        "name": row["name"],
        "tagline": row["tagline"],
        "logo": media_url(row["logo"]),
        "sector": row["main_sector__hue"] or "none",
        "sector_name": english or row["main_sector__name"] or row["branch"] or _("Bedrijf"),
        "facts": [_("Staat niet op de lijst")] if unlisted else [],
    }
