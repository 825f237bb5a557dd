"""The whole programme: which trials there are, and how they are counted."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.runtime.trust.crash import boundaries
from tests.runtime.trust.pool import ROOT, Order, Pool, environment
from tests.runtime.trust.scenarios import SCENARIOS

SEEDS = 5_000
INTERLEAVINGS = 500
ACCOUNTS = 10_000


def crashes(at: Pool) -> list[Order]:
    """Every boundary of every scenario; how many calls a scenario has is found out by running it."""
    return [
        {"do": "crash", "scenario": one.scenario, "number": one.number, "when": one.when}
        for name in SCENARIOS
        for one in boundaries(name, len(at.do({"do": "calls", "scenario": name})))
    ]


def storms(first: int, last: int) -> list[Order]:
    """The seeds from `first` to before `last`."""
    return [{"do": "chaos", "seed": seed} for seed in range(first, last)]


def races(first: int, last: int) -> list[Order]:
    """Interleavings likewise."""
    return [{"do": "race", "seed": seed} for seed in range(first, last)]


def outage(accounts: int) -> dict[str, Any]:
    """An organization of so many accounts of which a part is down, played in a process that has one thread."""
    command = [sys.executable, "-m", "tests.runtime.trust.outage", "--accounts", str(accounts), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment())
    if done.returncode:
        raise RuntimeError(done.stderr)
    report: dict[str, Any] = json.loads(done.stdout)
    return report
