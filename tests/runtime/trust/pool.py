"""Hands that work side by side, one for each processor; an order goes to whichever is free."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

ROOT = Path(__file__).parents[3]
Order = dict[str, Any]
Told = dict[str, Any]
"""Of a trial: what is `wrong`, as sentences, how many `runs` of the agent it took, how many calls were `struck`."""


@dataclass(frozen=True)
class Pool:
    """Carries out orders; the answer to a trial is what is told of it."""

    free: SimpleQueue[subprocess.Popen[str]]
    size: int

    def do(self, order: Order) -> Any:
        """One order, on a hand that is free."""
        hand = self.free.get()
        try:
            assert hand.stdin is not None
            assert hand.stdout is not None
            hand.stdin.write(json.dumps(order) + "\n")
            hand.stdin.flush()
            return json.loads(hand.stdout.readline())
        finally:
            self.free.put(hand)

    def each(self, orders: Sequence[Order]) -> Iterator[tuple[Order, Told]]:
        """Every order with what is told of its trial, in their order; what nobody waits for is not begun."""
        with ThreadPoolExecutor(self.size) as threads:
            answers = deque(threads.submit(self.do, order) for order in orders[: self.size])
            for place, order in enumerate(orders):
                answer = answers.popleft().result()
                if place + self.size < len(orders):
                    answers.append(threads.submit(self.do, orders[place + self.size]))
                yield order, answer

    def wrong(self, orders: Iterable[Order]) -> list[str]:
        """Everything that is wrong after any of the orders, each with its order."""
        return [f"{order}: {sentence}" for order, told in self.each(list(orders)) for sentence in told["wrong"]]


def environment() -> dict[str, str]:
    """This process's environment, for Pythons that find the same modules."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}


@contextmanager
def pool(size: int) -> Iterator[Pool]:
    """So many hands until the block ends."""
    command = [sys.executable, "-m", "tests.runtime.trust.hand"]
    free: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(size):
            hand = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env=environment(),
            )
            stack.callback(_end, hand)
            free.put(hand)
        yield Pool(free, size)


def _end(hand: subprocess.Popen[str]) -> None:
    assert hand.stdin is not None
    assert hand.stdout is not None
    hand.stdin.close()
    hand.wait(20)
    hand.stdout.close()
