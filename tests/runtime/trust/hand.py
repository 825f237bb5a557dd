"""Carries out trials, each in a process of its own, one order a line; it is warm and has one thread, for cheap forks.

Run as a script by the tests, which start one for each processor: `python -m tests.runtime.trust.hand`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.runtime.trust import chaos, crash, interleave, outage, scenarios, warm
from tests.runtime.trust.pool import Told
from tests.runtime.trust.world import Run

COMMANDS = ("apply", "plan", "destroy", "backup", "copy")


class Bench:
    """Prepared scenarios, made when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        warm.warm(COMMANDS)
        self._folder = folder
        self._builds = scenarios.write_builds(folder / "builds")
        self.prepared = cache(self._prepare)

    def _prepare(self, name: str) -> scenarios.Prepared:
        ready = scenarios.prepare(name, self._folder, self._builds)
        warm.settle()
        return ready

    def do(self, order: dict[str, Any]) -> Any:
        """One order; the answer can be written as JSON."""
        match order["do"]:
            case "calls":
                return [call.operation for call in self.prepared(order["scenario"]).run.calls]
            case "crash":
                boundary = crash.Boundary(order["scenario"], order["number"], order["when"])
                prepared = self.prepared(boundary.scenario)
                return apart(lambda: _told(crash.trial(prepared, boundary, forgetful=order.get("forgetful", False))))
            case "chaos":
                brewing = chaos.storm(order["seed"])
                calm = self.prepared(brewing.scenario)
                return apart(lambda: _weathered(calm, brewing))
            case "race":
                racing = interleave.Race(order["seed"])
                older, newer = self.prepared("create"), self.prepared("create newer")
                return apart(lambda: _told(interleave.trial(older, newer, racing)))
            case "outage":
                return apart(lambda: outage.play(order["accounts"]).figures())
            case unknown:
                raise ValueError(f"there is no order {unknown}")


def _weathered(calm: scenarios.Prepared, brewing: chaos.Storm) -> Told:
    runs: list[Run] = []
    wrong = chaos.trial(calm, brewing, runs)
    return {"wrong": wrong, "runs": len(runs), "struck": sum(len(run.struck) for run in runs)}


def _told(wrong: list[str]) -> Told:
    return {"wrong": wrong}


def apart(act: Callable[[], Told]) -> Told:
    """Do something in a forked process, so that nothing of it stays here; what it gives must be JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            try:
                told = json.dumps(act())
            except BaseException:
                told = json.dumps(_told([traceback.format_exc()]))
            with os.fdopen(writing, "w") as pipe:
                pipe.write(told)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    answer: Told = json.loads(told)
    return answer


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench in a folder that goes away."""
    with TemporaryDirectory(prefix="backstay-bench-") as name:
        yield Bench(Path(name))


def main() -> None:
    """Serve orders until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with bench() as at:
        for line in sys.stdin:
            answers.write(json.dumps(at.do(json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
