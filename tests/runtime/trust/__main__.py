"""Runs the programme, or a part of it, and puts its figures into the documentation.

python -m tests.runtime.trust crashes storms races outage --record trust.jsonl

What is in the record already is not played again, unless something was wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.runtime.trust import programme
from tests.runtime.trust.figures import Figures
from tests.runtime.trust.pool import Order, Pool, Told, pool
from tests.runtime.trust.record import Record, Stretch, missing

_AT_ONCE = 20
"""So many trials are a line of the record."""


def crashes(at: Pool, _: int) -> list[Order]:
    """Every boundary, mixed by a seed, so that a part of them is a sample."""
    orders = programme.crashes(at)
    return random.Random(0).sample(orders, len(orders))


def storms(_: Pool, seeds: int) -> list[Order]:
    """So many seeds."""
    return programme.storms(0, seeds)


def races(_: Pool, __: int) -> list[Order]:
    """Every interleaving."""
    return programme.races(0, programme.INTERLEAVINGS)


PARTS: dict[str, Callable[[Pool, int], list[Order]]] = {"crashes": crashes, "storms": storms, "races": races}


def play(name: str, record: Record, seeds: int, end: float, at_once: int) -> None:
    """The trials of a part that the record lacks, until there are none or the time is over."""
    with pool(at_once) as at:
        orders = PARTS[name](at, seeds)
        lacking = missing(record.stretches(), name, len(orders), _AT_ONCE)
        heard = at.each([order for first, last in lacking for order in orders[first:last]])
        for first, last in lacking:
            if time.monotonic() > end:
                return
            stretch = _stretch(heard, name, len(orders), first, last)
            record.add(stretch)
            print(f"  {name} {last} of {len(orders)}", *stretch.wrong, sep="\n", file=sys.stderr, flush=True)


def _stretch(heard: Iterator[tuple[Order, Told]], name: str, of: int, first: int, last: int) -> Stretch:
    began = time.monotonic()
    wrong: list[str] = []
    counts = {"all": of, "runs": 0, "struck": 0}
    for order, told in islice(heard, last - first):
        wrong += [f"{order}: {sentence}" for sentence in told["wrong"]]
        for what in ("runs", "struck"):
            counts[what] += told.get(what, 0)
    return Stretch(name, first, last, time.monotonic() - began, tuple(wrong), tuple(counts.items()))


def outage(record: Record, accounts: int) -> None:
    """An organization of so many accounts."""
    began = time.monotonic()
    report = programme.outage(accounts)
    wrong = tuple(report.pop("wrong"))
    record.add(Stretch("outage", 0, accounts, time.monotonic() - began, wrong, tuple(report.items())))


def main() -> None:
    """Run the parts that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", choices=[*PARTS, "outage"])
    parser.add_argument("--record", type=Path, help="a file that keeps what was played")
    parser.add_argument("--seeds", type=int, default=programme.SEEDS)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no more trials after so long")
    parser.add_argument("--accounts", type=int, default=programme.ACCOUNTS)
    parser.add_argument("--at-once", type=int, default=2 * (os.cpu_count() or 1), help="trials at a time")
    given = parser.parse_args()
    end = time.monotonic() + 60 * given.minutes
    with TemporaryDirectory(prefix="backstay-record-") as name:
        record = Record(given.record or Path(name) / "trust.jsonl")
        for part in given.parts:
            if part == "outage":
                outage(record, given.accounts)
            else:
                play(part, record, given.seeds, end, given.at_once)
        _keep(record, given.parts)


def _keep(record: Record, parts: Sequence[str]) -> None:
    """The figures of what was played, if nothing was wrong."""
    figures = Figures.load()
    wrong = [sentence for stretch in record.stretches() for sentence in stretch.wrong]
    for part in parts:
        figures.take(part, [stretch for stretch in record.stretches() if stretch.part == part])
    print(figures.table(), f"{len(wrong)} wrong", *wrong, sep="\n", flush=True)
    if wrong:
        raise SystemExit(1)
    figures.save()


if __name__ == "__main__":
    main()
