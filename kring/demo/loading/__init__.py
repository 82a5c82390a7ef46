"""Puts the demo circle in an empty database.

Its data (data/*.json) is written around one Monday. Every date moves along by whole weeks, so that this
Monday is always that of the current week and weekdays stay what they were.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from kring.demo.loading import commitments, meetings, members, newsletters, offerings
from kring.demo.loading.source import Source
from members.models import Organisation


@transaction.atomic
def load(today: dt.date) -> bool:
    """Loads all of it. False, and nothing done, where there are organisations already."""
    if Organisation.objects.exists():
        return False
    source = Source(today)
    members.load(source)
    offerings.load(source)
    commitments.load(source)
    meetings.load(source)
    newsletters.load(source)
    return True
