"""Runs the programme, or a part of it, and puts its figures into the documentation.

python -m tests.runtime.trust crashes storms races outage
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.runtime.trust import programme
from tests.runtime.trust.figures import Figures
from tests.runtime.trust.pool import Pool, pool
from tests.runtime.trust.scenarios import SCENARIOS


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many storms are played, and how large the organization of the outage is."""

    seeds: int
    accounts: int


def crashes(at: Pool, _: Sizes) -> tuple[list[str], dict[str, Any]]:
    """Every boundary."""
    orders = programme.crashes(at)
    return at.wrong(orders), {"boundaries": len(orders), "scenarios": len(SCENARIOS)}


def storms(at: Pool, sizes: Sizes) -> tuple[list[str], dict[str, Any]]:
    """So many seeds."""
    told = at.wrong(programme.storms(0, sizes.seeds))
    counted = [at.do({"do": "counted"}) for _ in range(at.size)]
    return told, {"seeds": sizes.seeds, **{name: sum(one[name] for one in counted) for name in ("runs", "struck")}}


def races(at: Pool, _: Sizes) -> tuple[list[str], dict[str, Any]]:
    """Every interleaving."""
    return at.wrong(programme.races(0, programme.INTERLEAVINGS)), {"interleavings": programme.INTERLEAVINGS}


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


def _tick(done: int, of: int, wrong: int) -> None:
    if done % 25 == 0 or done == of:
        print(f"  {done} of {of}, {wrong} wrong", file=sys.stderr, flush=True)


def main() -> None:
    """Run the parts that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", choices=[*PARTS])
    parser.add_argument("--seeds", type=int, default=programme.SEEDS)
    parser.add_argument("--accounts", type=int, default=programme.ACCOUNTS)
    given = parser.parse_args()
    sizes = Sizes(given.seeds, given.accounts)
    figures = Figures.load()
    for name in given.parts:
        with pool(os.cpu_count() or 1, _tick) as at:
            began = time.monotonic()
            told, counts = PARTS[name](at, sizes)
            print(f"{name}: {counts}, {len(told)} wrong", *told, sep="\n", flush=True)
            if told:
                raise SystemExit(1)
            setattr(figures, name, {"seconds": round(time.monotonic() - began, 1), **counts})
        figures.save()


if __name__ == "__main__":
    main()
