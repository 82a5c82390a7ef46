"""What was noted in the tables of before stands in those of now."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kring.newsletters.models import Archive, Issue, Overview, OverviewKind
from tests.conftest import Cast
from tests.factories import IssueFactory

MADE = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
MONTH, WEEK = dt.date(2026, 11, 1), dt.date(2026, 11, 2)


def migrate(name: str) -> None:
    with connection.cursor() as cursor:  # what is still to be checked at the end keeps a table from being changed
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([("newsletters", name)])


@pytest.mark.django_db
def test_where_an_issue_is_read_stays_as_it_was() -> None:
    issues = [IssueFactory(archive=archive) for archive in (Archive.PUBLIC, Archive.MEMBERS, Archive.NOWHERE)]

    migrate("0006_consent_issue")
    migrate("0007_issue_archive")

    kept = [Issue.objects.get(pk=issue.pk).archive for issue in issues]
    assert kept == [Archive.PUBLIC, Archive.MEMBERS, Archive.MEMBERS]


@pytest.mark.django_db
def test_notes_of_months_and_weeks_are_kept_there_and_back(cast: Cast) -> None:
    notes = [
        (OverviewKind.DIGEST, cast.owner.pk, MONTH, True, MADE),
        (OverviewKind.TIPS, cast.owner.pk, WEEK, False, MADE),
    ]
    fields = ["kind", "user", "period", "had_news", "made_at"]
    Overview.objects.bulk_create(
        Overview(kind=kind, user_id=user, period=period, had_news=had_news, made_at=at)
        for kind, user, period, had_news, at in notes
    )

    migrate("0004_left_on_request")
    with connection.cursor() as cursor:
        cursor.execute("SELECT month FROM newsletters_digest UNION ALL SELECT week FROM newsletters_suggested")
        assert cursor.fetchall() == [(MONTH,), (WEEK,)]
    migrate("0005_one_kind_of_overview")

    assert list(Overview.objects.order_by("kind").values_list(*fields)) == notes
