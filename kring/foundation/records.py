"""All that is kept about somebody or something, in sections: as a page to read, and as a file for a machine.

Each section is one query, however much it finds. In the file a key, once given, keeps its meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.core.serializers.json import DjangoJSONEncoder
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models import Field, Model, QuerySet
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.functional import Promise

from kring.foundation import values
from kring.foundation.models import Circle

Text = str | Promise
Part = TypeVar("Part")
# A page shows so many sections, and so many rows of each; the file has them all.
SECTIONS, SHOWN = 6, 50


class Column(NamedTuple):
    """Where a value comes from, what it is called, and what is made of it before anybody gets it."""

    path: str
    label: Text = ""
    made: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Section:
    """Rows of one model about a subject: `find` gives them, `columns` has a path per key of the file."""

    key: str
    title: Text
    find: Callable[[Any], QuerySet[Any]]
    columns: Mapping[str, str | Column]

    def rows(self, subject: Any, most: int | None = None) -> list[dict[str, Any]]:
        columns = self._columns()
        found = self.find(subject).values_list(*(column.path for column in columns.values()))[:most]
        return [
            {key: _made(column, value) for (key, column), value in zip(columns.items(), row, strict=True)}
            for row in found
        ]

    def shown(self, subject: Any) -> Shown:
        """For the page: in words, without what is empty."""
        rows = self.rows(subject, SHOWN + 1)
        columns = self._columns()
        model = self.find(subject).model
        fields = {key: field_at(model, column.path) for key, column in columns.items()}
        labels = {key: label_of(model, column) for key, column in columns.items()}
        told = [
            [Fact(labels[key], words) for key, value in row.items() if (words := values.in_words(fields[key], value))]
            for row in rows[:SHOWN]
        ]
        return Shown(self.key, str(self.title), told, is_more=len(rows) > SHOWN)

    def _columns(self) -> dict[str, Column]:
        return {key: Column(given) if isinstance(given, str) else given for key, given in self.columns.items()}


def leaf(parts: Sequence[Part], number: str | None) -> Page[Part]:
    """So many sections, or what holds them, that a page does not ask the database too much."""
    return Paginator(parts, SECTIONS).get_page(number)


class Fact(NamedTuple):
    label: str
    value: str


class Shown(NamedTuple):
    key: str
    title: str
    rows: list[list[Fact]]
    is_more: bool


def _made(column: Column, value: Any) -> Any:
    return column.made(value) if column.made is not None else value


def field_at(model: type[Model], path: str) -> Field[Any, Any] | None:
    """The field at the end of a path; None for what is no field, such as an annotation or a part of a JSON value."""
    found: Any = None
    for name in path.split("__"):
        try:
            found = model._meta.get_field(name)  # noqa: SLF001 - public in Django
        except FieldDoesNotExist:
            return None
        if found.is_relation:
            model = found.related_model
        elif found.get_internal_type() == "JSONField":
            break
    return found if isinstance(found, Field) and path.endswith(found.name) else None


def label_of(model: type[Model], column: Column) -> str:
    """Its own, or what the field is called; the name of another thing goes by what leads to it."""
    if column.label:
        return _capital(str(column.label))
    *way, last = column.path.split("__")
    path = "__".join(way) if way and last in {"name", "title", "slug"} else column.path
    field = field_at(model, path)
    return _capital(str(field.verbose_name)) if field is not None else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- The file --------------------------------------------------------------------------------------------------------


class Encoder(DjangoJSONEncoder):
    """Days and moments as ISO 8601, amounts as text, a period as its first day and the day after its last."""

    def default(self, o: Any) -> Any:
        return {"from": o.lower, "until": o.upper} if isinstance(o, Range) else super().default(o)


def document(of: str, name: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    """What every file begins with, then its parts."""
    return {"generated_at": timezone.now(), "circle": Circle.current().full_name, of: name, **parts}


def file(name: str, content: Mapping[str, Any]) -> HttpResponse:
    """To keep, by who asked for it alone."""
    response = JsonResponse(content, encoder=Encoder, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["Cache-Control"] = "private, no-store"
    return response
