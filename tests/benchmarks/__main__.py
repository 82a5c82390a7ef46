"""How fast the pages are, beside a bare Django view in the same run: `make bench`, or `make bench ARGS=--quick`.

Each figure is the median of five rounds. In a round the page and the bare view are asked for one after the other, from
one gunicorn worker with four threads each, on two connections. 'Made anew' is a page that is in no cache of pages; the
cards on it are kept, which is how it is built. How much dearer a page is with a hundred times the rows, is its growth.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

SMALL, MIDDLE, LARGE = 2_000, 20_000, 200_000
MOST_WAITING = 10  # p99 in p50s, at 32 clients
MOST_MEMORY = 150  # megabytes of a worker
MOST_SELECTING = 1.0  # seconds over all commitments
MOST_PREVIEWING, MOST_IMPORTING = 30, 300  # seconds and megabytes for an import of 20,000 rows
NEWSLETTER_REACH = 1.0  # of raw smtplib with bytes that were made before
MAIL_LINE = "{:<26}{:>9}{:>8}{:>8}  {}"
MOST_MATCHING = 0.05  # seconds for one need
MOST_COUNTING = 1.0  # seconds over all commitments, once a minute
LINE = "{:<26}{:>9}{:>9}{:>8}{:>8}  {}"


def measured(offerings: int, rounds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.run", str(offerings), "--rounds", str(rounds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def tell(offerings: int, figures: dict[str, Any]) -> None:
    print(f"\n{offerings:,} offerings")
    print(LINE.format("page", "per s", "bare", "ratio", "reach", ""))
    for row in figures["rows"]:
        reach = row["reach"]
        shown = [f"{row['rate']:.0f}", f"{row['bare']:.0f}", f"{row['ratio']:.2f}", reach or ""]
        print(LINE.format(row["name"], *shown, verdict(reach is None or row["ratio"] >= reach)))
    waiting = figures["p99"] / figures["p50"]
    print(
        f"32 clients: p50 {figures['p50'] * 1000:.0f} ms, p99 {waiting:.1f} times that",
        verdict(waiting <= MOST_WAITING),
    )
    print(f"memory of a worker: {figures['memory']:.0f} MB", verdict(figures["memory"] <= MOST_MEMORY))
    selecting = figures["reminders"]
    print(
        f"reminders selected in {selecting:.2f} s of {figures['commitments']:,}", verdict(selecting <= MOST_SELECTING)
    )
    print(f"figures counted in {figures['figures']:.2f} s", verdict(figures["figures"] <= MOST_COUNTING))
    print(f"a review prepared in {figures['review']:.2f} s", verdict(figures["review"] <= MOST_COUNTING))
    counted, made = figures["facets"], figures["tally"]
    print(f"filters counted in {counted * 1000:.1f} ms, from numbers that took {made:.2f} s to make")
    matching = figures["matching"]
    print(f"a need matched in {matching * 1000:.0f} ms", verdict(matching <= MOST_MATCHING))


def tell_import(kind: str) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.importing", kind]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(
        f"import of 20,000 rows of {kind} previewed in {figures['seconds']:.0f} s "
        f"({figures['processor']:.0f} s of processor), {figures['memory']:.0f} MB",
        verdict(figures["seconds"] <= MOST_PREVIEWING and figures["memory"] <= MOST_IMPORTING),
    )


def mail(rounds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.mail", "--rounds", str(rounds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def tell_mail(figures: dict[str, Any]) -> None:
    print(f"\nmail: {figures['messages']:,} of {figures['bytes'] / 1000:.0f} kB")
    print(MAIL_LINE.format("", "per s", "ratio", "reach", ""))
    print(MAIL_LINE.format("smtplib, prebuilt bytes", f"{figures['smtplib']:.0f}", "1", "", ""))
    told = [f"{figures['together']:.0f}", f"{figures['together_ratio']:.2f}", NEWSLETTER_REACH]
    reached = figures["together_ratio"] >= NEWSLETTER_REACH and figures["lost"] == 0
    print(MAIL_LINE.format("outbox, as deployed", *told, verdict(reached)))
    alone = [f"{figures['outbox']:.0f}", f"{figures['ratio']:.2f}", NEWSLETTER_REACH]
    print(MAIL_LINE.format("outbox, one process", *alone, verdict(figures["ratio"] >= NEWSLETTER_REACH)))
    print(MAIL_LINE.format("Django's own send", f"{figures['django']:.0f}", f"{figures['django_ratio']:.2f}", "", ""))
    print(f"written to the outbox: {figures['queued']:.0f} per s")


def tell_growth(small: dict[str, Any], large: dict[str, Any]) -> None:
    print(f"\nhow many times dearer at {LARGE:,} than at {SMALL:,}")
    for before, after in zip(small["rows"], large["rows"], strict=True):
        if before["grow"]:
            times = before["ratio"] / after["ratio"]
            print(f"{before['name']:<26}{times:>6.1f}  at most {before['grow']}", verdict(times <= before["grow"]))


def verdict(reached: bool) -> str:
    return "" if reached else "NOT REACHED"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one size, two rounds")
    quick = parser.parse_args().quick
    small = measured(SMALL, 2 if quick else 5)
    tell(SMALL, small)
    for kind in ("csv", "xlsx"):
        tell_import(kind)
    tell_mail(mail(2 if quick else 5))
    if not quick:
        tell(MIDDLE, measured(MIDDLE, 3))
        large = measured(LARGE, 5)
        tell(LARGE, large)
        tell_growth(small, large)


if __name__ == "__main__":
    main()
