"""Carries out trials, each in a process of its own, several at a time; it is warm and has one thread, for cheap forks.

Run as a script by the tests: `python -m tests.runtime.trust.hand`. An order is a line, an answer too, with its number.
"""

from __future__ import annotations

import json
import os
import selectors
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.runtime.trust import chaos, crash, interleave, outage, scenarios, warm
from tests.runtime.trust.pool import Order, Told
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

    def do(self, order: Order) -> Any:
        """One order, from beginning to end."""
        found = self.take(order)
        return apart(found) if callable(found) else found

    def take(self, order: Order) -> Callable[[], Told] | list[str]:
        """The answer to an order, or, where that is a trial, what carries it out; what it needs is made ready first."""
        match order["do"]:
            case "calls":
                return [call.operation for call in self.prepared(order["scenario"]).run.calls]
            case "crash":
                boundary = crash.Boundary(order["scenario"], order["number"], order["when"])
                prepared = self.prepared(boundary.scenario)
                return lambda: _told(crash.trial(prepared, boundary, forgetful=order.get("forgetful", False)))
            case "chaos":
                brewing = chaos.storm(order["seed"])
                calm = self.prepared(brewing.scenario)
                return lambda: _weathered(calm, brewing)
            case "race":
                racing = interleave.Race(order["seed"])
                older, newer = self.prepared("create"), self.prepared("create newer")
                return lambda: _told(interleave.trial(older, newer, racing))
            case "outage":
                return lambda: outage.play(order["accounts"]).figures()
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
    child = Child(act)
    while not child.ended():
        pass
    return child.told()


class Child:
    """A forked process that does one thing and tells of it."""

    def __init__(self, act: Callable[[], Told]) -> None:
        self.end, writing = os.pipe()
        self._heard = b""
        self._pid = os.fork()
        if self._pid == 0:
            try:
                with os.fdopen(writing, "w") as pipe:
                    pipe.write(_said(act))
            finally:
                os._exit(0)
        os.close(writing)

    def ended(self) -> bool:
        """Wait for more of what it tells; whether that was all."""
        piece = os.read(self.end, 1 << 16)
        self._heard += piece
        return not piece

    def told(self) -> Told:
        """What it told; it is gone then."""
        os.close(self.end)
        os.waitpid(self._pid, 0)
        answer: Told = json.loads(self._heard)
        return answer


def _said(act: Callable[[], Told]) -> str:
    try:
        return json.dumps(act())
    except BaseException:
        return json.dumps(_told([traceback.format_exc()]))


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench in a folder that goes away."""
    with TemporaryDirectory(prefix="backstay-bench-") as name:
        yield Bench(Path(name))


def main() -> None:
    """Serve orders until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(number: int, told: Any) -> None:
        answers.write(json.dumps({"number": number, "told": told}) + "\n")
        answers.flush()

    with bench() as at, selectors.DefaultSelector() as watched:
        watched.register(0, selectors.EVENT_READ, None)
        heard = b""
        while True:
            for key, _ in watched.select():
                if key.data is None:
                    piece = os.read(0, 1 << 16)
                    if not piece:
                        return
                    *lines, heard = (heard + piece).split(b"\n")
                    for line in lines:
                        _begin(at, watched, json.loads(line), answer)
                else:
                    number, child = key.data
                    if child.ended():
                        watched.unregister(child.end)
                        answer(number, child.told())


def _begin(at: Bench, watched: selectors.BaseSelector, line: Any, answer: Callable[[int, Any], None]) -> None:
    found = at.take(line["order"])
    if callable(found):
        child = Child(found)
        watched.register(child.end, selectors.EVENT_READ, (line["number"], child))
    else:
        answer(line["number"], found)


if __name__ == "__main__":
    main()
