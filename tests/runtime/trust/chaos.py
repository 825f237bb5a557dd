"""Storms: a seed says which calls of which runs go wrong and how, where the agent dies, and when lists lag.

    python -m tests.runtime.trust.chaos --seed 17

plays one again and prints it. What befalls a call follows from the seed, the run, the account, the Region and the
operation, and how often it was called there before: not from the order in which threads come.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from tests.runtime.trust.scenarios import SCENARIOS, Prepared
from tests.runtime.trust.state import differences
from tests.runtime.trust.world import Fate, Fault, Heard, Run, World, world

BLOWS: tuple[Fault, ...] = tuple(kind for kind in get_args(Fault) if kind != "list-lag")
CALM = 4
"""So many runs without trouble may be needed at most until one has nothing to do."""
_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Storm:
    """What a seed brings: the scenario, how many runs are troubled, which faults, and how often each thing happens."""

    seed: int
    scenario: str
    runs: int
    blows: tuple[Fault, ...]
    rate: float
    death: float
    lag: float
    skips: float

    def fate(self, run: int, heard: Heard) -> Fate:
        """What befalls a call of one of the troubled runs."""
        place = f"{heard.account}:{heard.region}:{heard.service}:{heard.operation}:{heard.nth}"
        draw = random.Random(hashlib.blake2b(f"{self.seed}:{run}:{place}".encode(), digest_size=8).digest())
        fault: Fault | None = draw.choice(self.blows) if draw.random() < self.rate else None
        kill = draw.choice(("before", "after")) if draw.random() < self.death else None
        jump = draw.uniform(1, 600) if draw.random() < self.skips else 0.0
        if fault is None and self.lag and heard.service == "backup" and heard.operation.startswith("List"):
            return Fate("list-lag", self.lag, kill, jump)
        return Fate(fault, 0.0, kill, jump)


def storm(seed: int) -> Storm:
    """The storm of a seed."""
    draw = random.Random(seed)
    blows = draw.sample(BLOWS, draw.randint(1, len(BLOWS)))
    return Storm(
        seed,
        draw.choice(sorted(SCENARIOS)),
        draw.randint(1, 4),
        tuple(sorted(blows)),
        draw.choice((0.01, 0.03, 0.1, 0.3)),
        draw.choice((0.0, 0.01, 0.03, 0.1)),
        draw.choice((0.0, 0.0, 2.0, 60.0)),
        draw.choice((0.0, 0.0, 0.02)),
    )


def trial(prepared: Prepared, brewing: Storm, log: list[Run] | None = None) -> list[str]:
    """What is wrong in and after a storm, as sentences; none is the promise."""
    runs = [] if log is None else log
    with world(prepared.folder, prepared.approved) as at:
        wrong: list[str] = []
        for number in range(brewing.runs):
            runs.append(at.run(*prepared.words, decide=lambda heard, number=number: brewing.fate(number, heard)))
            wrong += [f"run {number + 1}: {told}" for told in dishonest(at, prepared, runs[-1])]
        at.local.advance(_PAUSE)
        quiet = _until_quiet(at, prepared, runs)
        wrong += [] if quiet else [f"not quiet after {CALM} calm runs: {runs[-1].writes} {runs[-1].output}"]
        wrong += differences(prepared.scenario.state(at.local), prepared.state)
        return wrong + at.forbidden


def _until_quiet(at: World, prepared: Prepared, runs: list[Run]) -> bool:
    for _ in range(CALM):
        runs.append(at.run(*prepared.words))
        if prepared.scenario.quiet(runs[-1]):
            return True
    return False


def dishonest(at: World, prepared: Prepared, run: Run) -> Iterator[str]:
    """What a run claims and is not so."""
    if run.code is None:
        return
    if "Traceback" in run.output:
        yield run.output
    if run.code == 0 and prepared.scenario.again != 0:
        yield f"it ended with 0, and something waits for an approval: {run.output}"
    if run.code == 0 and "list-lag" not in run.struck:
        for told in differences(prepared.scenario.state(at.local), prepared.state):
            yield f"it ended with 0, but {told}"
    if run.code not in (prepared.scenario.clean, prepared.scenario.again) and not run.struck:
        yield f"nothing went wrong, and it ended with {run.code}: {run.output}"
    if run.code == 2 and run.writes:
        yield f"it ended with 2, as if nothing had been reached, and wrote {run.writes}: {run.output}"
    if run.code == 4 != prepared.scenario.clean:
        yield f"it ended with 4, and nothing was to be refused: {run.output}"


def tell(brewing: Storm, runs: list[Run]) -> Iterator[str]:
    """The storm and what became of every run, a line for each troubled call."""
    yield f"{brewing}"
    for number, run in enumerate(runs):
        ended = "killed" if run.code is None else f"ended with {run.code}"
        yield f"run {number + 1}: {' '.join(run.words)}: {ended}, {len(run.calls)} calls"
        for heard in run.calls if number < brewing.runs else ():
            fate = brewing.fate(number, heard)
            if fate != Fate():
                what = f"{heard.number:4} {heard.operation} in {heard.account}, {heard.region}"
                told = {"fault": fate.fault, "kill": fate.kill, "jump": round(fate.jump)}
                yield f"  {what}: " + ", ".join(f"{name} {value}" for name, value in told.items() if value)
        yield "  " + run.output.strip().replace("\n", "\n  ")


def main() -> None:
    """Play one seed again."""
    from tests.runtime.trust.hand import bench

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    brewing = storm(parser.parse_args().seed)
    runs: list[Run] = []
    with bench() as at:
        wrong = trial(at.prepared(brewing.scenario), brewing, runs)
    print("\n".join(tell(brewing, runs)))
    print("\n".join(wrong) or "As after a clean run.")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
