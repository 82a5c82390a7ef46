"""The menu card, drawn."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kring.foundation import charts
from kring.foundation.charts import Chart, Series
from offerings.models import FreshnessCount, months_before

MONTHS = 12


def freshness(today: dt.date) -> Chart | None:
    """Which part of the card was fresh at the end of each of the last twelve months; None before the first count."""
    since = months_before(today.replace(day=1), MONTHS - 1)
    counted = list(FreshnessCount.objects.last_of_each_month(since))
    if not counted:
        return None
    series = Series(_("procent"), [each.share for each in counted])
    labels = [date_format(each.day, "M Y") for each in counted]
    return charts.lines(_("Zoveel procent van de kaart is recent bevestigd"), labels, [series], top=100)
