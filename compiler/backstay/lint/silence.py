"""Takes away what comments and waivers silence, and keeps account of which of them silenced anything."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backstay.ir import Waiver
from backstay.lint.allowance import Allowance
from backstay.lint.rule import Problem


@dataclass
class Silencing:
    """The silencers, and what they have done so far."""

    allowances: Sequence[Allowance]
    waivers: Sequence[Waiver]
    now: datetime.date
    used_names: dict[int, set[str]] = field(default_factory=dict)
    used_waivers: set[int] = field(default_factory=set)

    def split(self, problems: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
        """Problems that remain, and those that are silenced."""
        kept: list[Problem] = []
        silenced: list[Problem] = []
        for problem in problems:
            (silenced if self._silences(problem) else kept).append(problem)
        return kept, silenced

    def used(self, index: int) -> frozenset[str]:
        """The names in comment number `index` that silenced something."""
        return frozenset(self.used_names.get(index, ()))

    def _silences(self, problem: Problem) -> bool:
        comments = [self._by_comment(problem, index, one) for index, one in enumerate(self.allowances)]
        waivers = [self._by_waiver(problem, index, one) for index, one in enumerate(self.waivers)]
        return any(comments) or any(waivers)

    def _by_comment(self, problem: Problem, index: int, allowance: Allowance) -> bool:
        name = next((name for name in allowance.names if name in (problem.name, problem.code)), None)
        if name is None or not allowance.reason or not _stands_at(problem, allowance):
            return False
        self.used_names.setdefault(index, set()).add(name)
        return True

    def _by_waiver(self, problem: Problem, index: int, waiver: Waiver) -> bool:
        path = tuple(waiver.on.split("/"))
        if waiver.rule not in (problem.name, problem.code) or problem.path[: len(path)] != path:
            return False
        self.used_waivers.add(index)
        return not expired(waiver, self.now)


def expired(waiver: Waiver, now: datetime.date) -> bool:
    """Whether a waiver's last day is over."""
    return datetime.date.fromisoformat(waiver.expires) < now


def _stands_at(problem: Problem, allowance: Allowance) -> bool:
    """Whether a comment is on the first or last line of what is underlined, or on the first of the construct."""
    spans = [span for span in (problem.span, problem.where.span) if span and span.path == allowance.span.path]
    lines = {span.line for span in spans}
    if problem.span in spans and problem.span is not None:
        lines.add(problem.span.end_line)
    return not allowance.lines.isdisjoint(lines)
