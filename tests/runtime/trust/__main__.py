"""Runs the programme, or a part of it, and puts its figures into the documentation.

python -m tests.runtime.trust crashes storms races outage
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.runtime.trust import programme
from tests.runtime.trust.figures import Figures
from tests.runtime.trust.pool import Order, Pool, pool
from tests.runtime.trust.scenarios import SCENARIOS

_AT_ONCE = 20
"""So many trials are played between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many storms, how large the organization of the outage is; and no trial is begun after so many minutes."""

    seeds: int
    minutes: float
    accounts: int


def crashes(at: Pool, sizes: Sizes) -> tuple[list[str], dict[str, Any]]:
    """Every boundary, or as many as there is time for: from all of them, mixed by a seed."""
    orders = programme.crashes(at)
    mixed = random.Random(0).sample(orders, len(orders))
    told, played = _in_time(at, mixed, sizes)
    return told, {"boundaries": played, "all": len(orders), "scenarios": len(SCENARIOS)}


def storms(at: Pool, sizes: Sizes) -> tuple[list[str], dict[str, Any]]:
    """So many seeds."""
    told, played = _in_time(at, programme.storms(0, sizes.seeds), sizes)
    counted = [at.do({"do": "counted"}) for _ in range(at.size)]
    return told, {"seeds": played, **{name: sum(one[name] for one in counted) for name in ("runs", "struck")}}


def races(at: Pool, sizes: Sizes) -> tuple[list[str], dict[str, Any]]:
    """Every interleaving."""
    told, played = _in_time(at, programme.races(0, programme.INTERLEAVINGS), sizes)
    return told, {"interleavings": played}


def _in_time(at: Pool, orders: Sequence[Order], sizes: Sizes) -> tuple[list[str], int]:
    """What is wrong after the orders that there was time for, and how many these are."""
    told: list[str] = []
    played, end = 0, time.monotonic() + 60 * sizes.minutes
    while played < len(orders) and time.monotonic() < end:
        now = orders[played : played + _AT_ONCE]
        told += at.wrong(now)
        played += len(now)
        print(f"  {played} of {len(orders)}, {len(told)} wrong", *told, sep="\n", file=sys.stderr, flush=True)
    return told, played


def outage(_: Pool, sizes: Sizes) -> tuple[list[str], dict[str, Any]]:
    """An organization of so many accounts."""
    report = programme.outage(sizes.accounts)
    return report.pop("wrong"), {"accounts": sizes.accounts, **report}


PARTS: dict[str, Callable[[Pool, Sizes], tuple[list[str], dict[str, Any]]]] = {
    "crashes": crashes,
    "storms": storms,
    "races": races,
    "outage": outage,
}


def main() -> None:
    """Run the parts that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", choices=[*PARTS])
    parser.add_argument("--seeds", type=int, default=programme.SEEDS)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no more trials after so long")
    parser.add_argument("--accounts", type=int, default=programme.ACCOUNTS)
    given = parser.parse_args()
    sizes = Sizes(given.seeds, given.minutes, given.accounts)
    figures = Figures.load()
    for name in given.parts:
        with pool(os.cpu_count() or 1) as at:
            began = time.monotonic()
            told, counts = PARTS[name](at, sizes)
            print(f"{name}: {counts}, {len(told)} wrong", *told, sep="\n", flush=True)
            if told:
                raise SystemExit(1)
            setattr(figures, name, {"seconds": round(time.monotonic() - began, 1), **counts})
        figures.save()


if __name__ == "__main__":
    main()
