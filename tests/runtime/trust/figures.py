"""The figures of the programme as they were last measured, and the table of `docs/trust.md` that is made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.runtime.trust.record import Stretch
from tests.runtime.trust.scenarios import SCENARIOS

_FILE = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).parents[3] / "docs" / "trust.md"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end -->"


@dataclass
class Figures:
    """What was run and how long it took, by part. Seconds are of wall time on the machine of the last measurement."""

    crashes: dict[str, Any] = field(default_factory=dict)
    storms: dict[str, Any] = field(default_factory=dict)
    races: dict[str, Any] = field(default_factory=dict)
    outage: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Figures:
        """As they are kept beside this file."""
        return cls(**json.loads(_FILE.read_text(encoding="utf-8"))) if _FILE.exists() else cls()

    def take(self, part: str, stretches: Sequence[Stretch]) -> None:
        """The figures of a part are now those of its stretches; of none, as they were."""
        if not stretches:
            return
        counts = [dict(one.counts) for one in stretches]
        total = {"seconds": round(sum(one.seconds for one in stretches), 1)}
        played = sum(one.last - one.first for one in stretches)
        match part:
            case "crashes":
                self.crashes = {**total, "boundaries": played, "all": counts[-1]["all"], "scenarios": len(SCENARIOS)}
            case "storms":
                summed = {name: sum(one[name] for one in counts) for name in ("runs", "struck")}
                self.storms = {**total, "seeds": played, **summed}
            case "races":
                self.races = {**total, "interleavings": played}
            case _:
                self.outage = {"accounts": played, **counts[-1]}

    def save(self) -> None:
        """Keep them, and put them into the page."""
        _FILE.write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        PAGE.write_text(self.into(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

    def into(self, page: str) -> str:
        """The page with these figures in it."""
        head, rest = page.split(_BEGIN)
        return head + _BEGIN + self.table() + _END + rest.split(_END, 1)[1]

    def table(self) -> str:
        """The figures as a table."""
        rows = [
            (
                "killed at a call, and run again",
                self.crashes,
                "{boundaries:,} of {all:,} boundaries in {scenarios} scenarios",
            ),
            ("storms", self.storms, "{seeds:,} seeds, {runs:,} runs, {struck:,} calls that went wrong"),
            ("two agents at once", self.races, "{interleavings:,} interleavings"),
            (
                "part of the organization is down",
                self.outage,
                "{accounts:,} accounts, {denied:,} let nobody in, one of {regions} Regions down; {agent_memory} MB",
            ),
        ]
        lines = ["| what | how much | time |", "|---|---|---|"]
        lines += [f"| {what} | {how.format(**part)} | {_time(part['seconds'])} |" for what, part, how in rows if part]
        return "\n".join(lines) + "\n"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
