"""What all endpoints of the API share: who may read, pages, and answers made of plain values.

A list of 24 through model serializers costs ten times the query; here each row of values is shaped by one function,
and the serializer only describes it for the schema. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.viewsets import GenericViewSet

from kring.foundation import visitors

PER_PAGE = 24
MOST_PER_PAGE = 100
MOST_COUNTED = 1000
PAGING = ("page", "page_size")

Row = dict[str, Any]


class Problem(Serializer[Any]):
    """What is said of a request that could not be answered."""

    detail = CharField()


NOT_FOUND = OpenApiResponse(Problem, description="There is nothing here, or not for you.")
BAD_FILTER = OpenApiResponse(description="A filter has a value that it does not know; per filter what is expected.")


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts and leafs no further than MOST_COUNTED."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


class Pages(PageNumberPagination):
    """`?page=2&page_size=50`. The count is exact up to a thousand; 1001 means more."""

    page_size = PER_PAGE
    max_page_size = MOST_PER_PAGE
    page_size_query_param = "page_size"
    django_paginator_class = CappedPaginator

    def get_next_link(self) -> str | None:
        return on_this_site(super().get_next_link())

    def get_previous_link(self) -> str | None:
        return on_this_site(super().get_previous_link())


def on_this_site(link: str | None) -> str | None:
    """The same address with the site's own name, whatever name the request came by."""
    return link and urlunsplit((*urlsplit(settings.SITE_URL)[:2], *urlsplit(link)[2:]))


class ReadOnlyViewSet(GenericViewSet[Any]):
    """A list and its items, for everybody, of what the reader may see. An item is named by its uuid."""

    access = "anyone"
    permission_classes = [AllowAny]
    filter_backends = [DjangoFilterBackend]
    pagination_class: type[Pages] | None = Pages
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    # What is read of each row.
    columns: ClassVar[tuple[str, ...]]
    # A text that is another one once something that is shown has changed; strangers then share the answers.
    stamp: ClassVar[Callable[[], str] | None] = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = partial(self._answer, request, *args, **kwargs)
        stamp = type(self).stamp
        if stamp is None or request.method not in {"GET", "HEAD"}:
            return answer()
        state = f"{timezone.localdate()}{visitors.recently(stamp)}"
        return visitors.shared(request, lambda: state, answer, parameters=self._parameters())

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer: Any = super().dispatch(request, *args, **kwargs)
        return answer.render()

    def _parameters(self) -> frozenset[str]:
        filters = getattr(self, "filterset_class", None)
        return frozenset({*PAGING, *(filters.base_filters if filters else ())})

    def shape(self, row: Row) -> Row:
        """A row of values as the API shows it."""
        raise LookupError(type(self).__name__)

    @extend_schema(responses={400: BAD_FILTER, 404: NOT_FOUND})
    def list(self, request: Request) -> Response:
        rows = self.filter_queryset(self.get_queryset()).values(*self.columns)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([self.shape(row) for row in page or ()])

    @extend_schema(responses={404: NOT_FOUND})
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return self.shown(kwargs[self.lookup_field])

    def shown(self, key: Any, status: int = 200) -> Response:
        """One item, as a reader sees it; also after it was written. Raises Http404."""
        row = self.get_queryset().filter(**{self.lookup_field: key}).values(*self.columns).first()
        if row is None:
            raise Http404
        return Response(self.shape(row), status=status, headers=etag(row))


def etag(row: Row) -> dict[str, str]:
    """What If-Match asks for, of a thing that has versions. What strangers share has an ETag of its own."""
    return {"ETag": f'"{row["version"]}"'} if "version" in row else {}
