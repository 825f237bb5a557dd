"""One trial of the crash programme: die at one call, run again, and again; say what is not as after a clean run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tests.runtime.trust.scenarios import Prepared
from tests.runtime.trust.state import differences
from tests.runtime.trust.world import FINE, Fate, Heard, world

When = Literal["before", "after", "lost"]
WHENS: Sequence[When] = ("before", "after", "lost")


@dataclass(frozen=True, slots=True)
class Boundary:
    """The `number`-th call of a run; the agent dies before it is sent, or after it is carried out, or hears nothing."""

    scenario: str
    number: int
    when: When

    @property
    def fate(self) -> Fate:
        """What befalls that call."""
        return Fate(fault="lost") if self.when == "lost" else Fate(kill=self.when)


def boundaries(name: str, calls: int) -> list[Boundary]:
    """Every boundary of a run of so many calls."""
    return [Boundary(name, number, when) for number in range(1, calls + 1) for when in WHENS]


def trial(prepared: Prepared, boundary: Boundary, *, forgetful: bool = False) -> list[str]:
    """What is wrong after it, as sentences; none is the promise. `forgetful`: of an agent that derives no tokens."""

    def decide(heard: Heard) -> Fate:
        return boundary.fate if heard.number == boundary.number else FINE

    with world(prepared.folder, prepared.approved) as at:
        at.forgetful = forgetful
        first = at.run(*prepared.words, decide=decide)
        if len(first.calls) < boundary.number and sorted(first.writes) == sorted(prepared.run.writes):
            last = replace(boundary, number=len(first.calls))  # it asked less often than when its calls were counted
            return trial(prepared, last, forgetful=forgetful)
        wrong = [] if first.struck else [f"{boundary} was never reached ({len(first.calls)} calls)"]
        if boundary.when != "lost" and first.code is not None:
            wrong.append(f"the agent did not die: {first.code}")
        struck = [call.operation for call in first.calls if call.number == boundary.number]
        if boundary.when == "lost" and first.code != prepared.scenario.clean:
            wrong.append(f"a lost answer to {struck} made it end with {first.code}: {first.output}")
        second = at.run(*prepared.words)
        allowed = {prepared.scenario.clean, prepared.scenario.again}
        if second.code not in allowed:
            wrong.append(f"the second run ended with {second.code}: {second.output}")
        wrong += differences(prepared.scenario.state(at.local), prepared.state)
        third = at.run(*prepared.words)
        if not prepared.scenario.quiet(third):
            wrong.append(f"the third run ended with {third.code} and wrote {third.writes}")
        if third.writes:
            wrong += differences(prepared.scenario.state(at.local), prepared.state)
        return wrong + at.forbidden
