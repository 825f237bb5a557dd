"""What a check is: something that it reads, and a pure verdict over what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from backstay_agent.doctor.lines import Line
from backstay_agent.doctor.look import Look

F = TypeVar("F")
Group = Literal["caller", "organization", "accounts", "build"]
GROUPS: tuple[Group, ...] = ("caller", "organization", "accounts", "build")


@dataclass(frozen=True, slots=True)
class Check(Generic[F]):
    """One question. `order` is its place in its group; with `of_build` it is asked only where there is a build."""

    name: str
    group: Group
    order: int
    read: Callable[[Look], F]
    judge: Callable[[F], Iterable[Line]]
    of_build: bool = False

    def run(self, look: Look) -> tuple[Line, ...]:
        """The answer: at least one line."""
        return tuple(self.judge(self.read(look)))
