"""What was played, a line of JSON for each stretch of trials: whoever stops keeps what is done."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Stretch:
    """The trials from `first` to before `last` of one part of the programme, and what came of them."""

    part: str
    first: int
    last: int
    seconds: float
    """Of wall time."""
    wrong: tuple[str, ...] = ()
    counts: tuple[tuple[str, Any], ...] = ()
    """Further numbers: those of storms are sums, those of other parts describe the whole."""


class Record:
    """A file of stretches."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, stretch: Stretch) -> None:
        """One more line, on the disk before anything else happens."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(stretch)) + "\n")

    def stretches(self) -> list[Stretch]:
        """All of them; of what was played twice the later counts."""
        kept: dict[tuple[str, int], Stretch] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else ():
            known = json.loads(line)
            counts = tuple((name, value) for name, value in known.pop("counts"))
            stretch = Stretch(**{**known, "wrong": tuple(known["wrong"])}, counts=counts)
            kept[stretch.part, stretch.first] = stretch
        return [kept[place] for place in sorted(kept)]


def missing(stretches: Iterable[Stretch], part: str, size: int, step: int) -> list[tuple[int, int]]:
    """Of a part of that size, cut at every `step`: what was not played, or had something wrong."""
    done = {one.first: one for one in stretches if one.part == part and not one.wrong}
    wanted = [(first, min(first + step, size)) for first in range(0, size, step)]
    return [(first, last) for first, last in wanted if first not in done or done[first].last < last]
