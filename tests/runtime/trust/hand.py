"""Carries out trials, each in a process of its own, several at a time; it is warm and has one thread, for cheap forks.

Run as a script by the tests: `python -m tests.runtime.trust.hand`. An order is a line, an answer too, with its number.
"""

from __future__ import annotations

import json
import os
import selectors
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

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


class Desk:
    """Where orders come in and answers go out; `size` trials are carried out at a time, the rest waits."""

    def __init__(self, at: Bench, size: int, answers: IO[str]) -> None:
        self._at, self._size, self._answers = at, size, answers
        self._orders: deque[dict[str, Any]] = deque()
        self._watched = selectors.DefaultSelector()
        self._under_way = 0

    def serve(self) -> None:
        """Until the input ends, and what is under way then has ended."""
        self._watched.register(0, selectors.EVENT_READ)
        heard, open_ = b"", True
        while open_ or self._under_way:
            for key, _ in self._watched.select():
                if key.data is not None:
                    self._hear(*key.data)
                    continue
                piece = os.read(0, 1 << 16)
                if not piece:
                    open_ = False
                    self._orders.clear()
                    self._watched.unregister(0)
                    break
                *lines, heard = (heard + piece).split(b"\n")
                self._orders.extend(map(json.loads, lines))
            while self._orders and self._under_way < self._size:
                self._begin(**self._orders.popleft())

    def _begin(self, number: int, order: Order) -> None:
        found = self._at.take(order)
        if not callable(found):
            self._answer(number, found)
            return
        child = Child(found)
        self._under_way += 1
        self._watched.register(child.end, selectors.EVENT_READ, (number, child))

    def _hear(self, number: int, child: Child) -> None:
        if child.ended():
            self._watched.unregister(child.end)
            self._under_way -= 1
            self._answer(number, child.told())

    def _answer(self, number: int, told: Any) -> None:
        self._answers.write(json.dumps({"number": number, "told": told}) + "\n")
        self._answers.flush()


def main() -> None:
    """Serve orders, as many at a time as the first argument says."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with bench() as at:
        Desk(at, int(sys.argv[1]), answers).serve()


if __name__ == "__main__":
    main()
