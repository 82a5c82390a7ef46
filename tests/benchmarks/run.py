"""All figures of a circle of one size, as JSON: `python -m tests.benchmarks.run 2000 --rounds 5`."""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import django

from tests.benchmarks import load
from tests.benchmarks.data import fill
from tests.benchmarks.load import Pages
from tests.benchmarks.site import state, web
from tests.product import free_port

CLIENTS = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("offerings", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.8)
    asked = parser.parse_args()
    with state() as environment:
        began = time.perf_counter()
        fill(environment, asked.offerings)
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        django.setup()
        print(json.dumps(figures(environment, asked.rounds, asked.seconds)))


def figures(environment: dict[str, str], rounds: int, seconds: float) -> dict[str, Any]:
    from commitments.models import Commitment
    from tests.benchmarks.pages import kinds

    rows = []
    with (
        web(environment, free_port(), application="tests.benchmarks.bare") as bare,
        web(environment, free_port()) as url,
    ):
        for kind in kinds():
            rate, beside, ratio = load.held_against(url, kind.pages, bare, seconds=seconds, rounds=rounds)
            reach = {"reach": kind.ratio, "grow": kind.growth}
            rows.append({"name": kind.name, "rate": rate, "bare": beside, "ratio": ratio, **reach})
            print(f"  {kind.name}: {rate:.0f} of {beside:.0f}", file=sys.stderr)
    with web(environment, free_port()) as url:  # a fresh one, far from its end
        load.ask(url, Pages(["/menukaart/", "/organisaties/", "/toezeggingen/"]), seconds=1, clients=2)
        took = load.ask(url, Pages(["/menukaart/", "/organisaties/", "/toezeggingen/"]), seconds=5, clients=CLIENTS)
        return {
            "rows": rows,
            "p50": took[len(took) // 2],
            "p99": took[len(took) * 99 // 100],
            "memory": memory_of_workers(),
            "commitments": Commitment.objects.count(),
            "reminders": seconds_to_select_reminders(),
            "matching": seconds_to_match_a_need(),
            **seconds_to_count_filters(),
            "figures": seconds_to_count(),
            "review": seconds_to_prepare_a_review(),
        }


def memory_of_workers() -> float:
    """Megabytes of the largest process of ours that serves pages."""
    sizes = [0.0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            serves = b"config.wsgi" in (status.parent / "cmdline").read_bytes()
            size = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
        except OSError:  # gone in the meantime
            continue
        if serves and size:
            sizes.append(int(size[1]) / 1024)
    return max(sizes)


def seconds_to_match_a_need() -> float:
    """The median over the demo's open needs, each asked for three times."""
    from django.utils import timezone

    from offerings import matching
    from offerings.models import Need

    today, took = timezone.localdate(), []
    for need in Need.objects.open(today).select_related("category", "organisation"):
        for _time in range(3):
            began = time.perf_counter()
            matching.offerings_for(need, today)
            took.append(time.perf_counter() - began)
    return statistics.median(took)


def seconds_to_count_filters() -> dict[str, float]:
    """To make the numbers that the filters of the card are counted by, and to count some of them anew."""
    from django.http import QueryDict
    from django.utils import timezone

    from offerings import kept
    from offerings.card_page import CardPage
    from offerings.lists import Lists
    from offerings.tally import Tally
    from tests.benchmarks.pages import FILTERS

    today = timezone.localdate()
    began = time.perf_counter()
    tally = Tally.read(today, Lists.read())
    made = time.perf_counter() - began
    chosen = [CardPage(QueryDict(each), today, kept.stamp()).chosen for each in FILTERS]
    took = []
    for each in chosen:  # what was counted once is kept
        began = time.perf_counter()
        tally.facets(each)
        took.append(time.perf_counter() - began)
    return {"tally": made, "facets": statistics.median(took)}


def seconds_to_select_reminders() -> float:
    from django.utils import timezone

    from commitments import reminders
    from commitments.models import ReminderRule

    began = time.perf_counter()
    for rule in ReminderRule.objects.filter(is_active=True):
        for _due in reminders.due(rule, timezone.localdate()):
            pass
    return time.perf_counter() - began


def seconds_to_count() -> float:
    """All figures, as one in a minute waits for them."""
    from django.utils import timezone

    from commitments import figures
    from commitments.models import Commitment

    began = time.perf_counter()
    figures.count(Commitment.objects.all(), timezone.localdate())
    return time.perf_counter() - began


def seconds_to_prepare_a_review() -> float:
    from django.utils import timezone

    from kring.board import reviewing

    began = time.perf_counter()
    list(reviewing.candidates(timezone.now())[: reviewing.MOST_ON_LIST])
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
