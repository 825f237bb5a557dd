"""What a person said of each error that lint found: right or wrong, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.precision.count import Error

FILE = Path(__file__).with_name("verdicts.toml")


@dataclass(frozen=True)
class Verdict:
    """One row: the finding by rule, file and line; whether it is right; one sentence why."""

    rule: str
    file: str
    line: int
    right: bool
    why: str


def read(text: str) -> tuple[Verdict, ...]:
    """The rows of a file; raises on a verdict that is neither right nor wrong."""
    return tuple(
        Verdict(row["rule"], row["file"], row["line"], {"right": True, "wrong": False}[row["verdict"]], row["why"])
        for row in tomllib.loads(text)["verdict"]
    )


def of(error: Error, verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict about a finding."""
    return next(
        (one for one in verdicts if (one.rule, one.file, one.line) == (error.rule, error.file, error.line)), None
    )
