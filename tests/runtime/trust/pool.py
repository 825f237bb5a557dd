"""Hands that work side by side, one for each processor; an order goes to whichever is free."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

ROOT = Path(__file__).parents[3]
Order = dict[str, Any]


@dataclass(frozen=True)
class Pool:
    """Carries out orders; each answer is what is wrong, or a number that was asked for."""

    free: SimpleQueue[subprocess.Popen[str]]
    size: int
    tick: Callable[[int, int, int], None] = lambda done, of, wrong: None
    """Told after each order: how many are done, of how many, and how much is wrong so far."""

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

    def wrong(self, orders: Iterable[Order]) -> list[str]:
        """Everything that is wrong after any of the orders, each with its order."""
        told: list[str] = []
        with ThreadPoolExecutor(self.size) as threads:
            known = list(orders)
            for number, (order, answer) in enumerate(zip(known, threads.map(self.do, known), strict=True), 1):
                told += [f"{order}: {sentence}" for sentence in answer]
                self.tick(number, len(known), len(told))
        return told


def environment() -> dict[str, str]:
    """This process's environment, for Pythons that find the same modules."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}


@contextmanager
def pool(size: int, tick: Callable[[int, int, int], None] = lambda done, of, wrong: None) -> Iterator[Pool]:
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
        yield Pool(free, size, tick)


def _end(hand: subprocess.Popen[str]) -> None:
    assert hand.stdin is not None
    assert hand.stdout is not None
    hand.stdin.close()
    hand.wait(20)
    hand.stdout.close()
