"""Has trials carried out, several at a time, by a process that makes the scenarios ready once and forks for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
Order = dict[str, Any]
Told = dict[str, Any]
"""Of a trial: what is `wrong`, as sentences, how many `runs` of the agent it took, how many calls were `struck`."""


class Pool:
    """Has orders carried out; the answer to a trial is what is told of it."""

    def __init__(self, hand: subprocess.Popen[str]) -> None:
        self._hand = hand
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._count = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def begin(self, order: Order) -> Future[Any]:
        """Give an order to the hand."""
        assert self._hand.stdin is not None
        with self._lock:
            self._count += 1
            answer = self._waiting[self._count] = Future()
            self._hand.stdin.write(json.dumps({"number": self._count, "order": order}) + "\n")
            self._hand.stdin.flush()
        return answer

    def _listen(self) -> None:
        assert self._hand.stdout is not None
        for line in self._hand.stdout:
            answer = json.loads(line)
            self._waiting.pop(answer["number"]).set_result(answer["told"])
        for left in self._waiting.values():
            left.set_exception(RuntimeError("the hand of the programme is gone"))

    def do(self, order: Order) -> Any:
        """One order and its answer."""
        return self.begin(order).result()

    def each(self, orders: Iterable[Order]) -> Iterator[tuple[Order, Told]]:
        """Every order with what is told of its trial, in their order; the hand has them all from the beginning."""
        begun = [(order, self.begin(order)) for order in orders]
        for order, answer in begun:
            yield order, answer.result()

    def wrong(self, orders: Iterable[Order]) -> list[str]:
        """Everything that is wrong after any of the orders, each with its order."""
        return [f"{order}: {sentence}" for order, told in self.each(orders) for sentence in told["wrong"]]


def environment() -> dict[str, str]:
    """This process's environment, for Pythons that find the same modules."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}


@contextmanager
def pool(size: int) -> Iterator[Pool]:
    """A hand for so many trials at a time until the block ends."""
    command = [sys.executable, "-m", "tests.runtime.trust.hand", str(size)]
    hand = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
    )
    assert hand.stdin is not None
    try:
        yield Pool(hand)
    finally:
        hand.stdin.close()
        hand.wait(60)
