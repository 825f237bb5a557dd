"""What files came to the last time they were linted, so that those that are as they were need not be read again.

Only files that mean the same whatever lies beside them are kept, and only what the rules that come with Backstay said
of them. An entry is found again by the path as shown, the SHA-256 of the bytes, the day, the rules that were picked,
the inventory, and everything of Backstay that has a say in it. What is read back is checked; anything odd is nothing.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import orjson

import backstay
import backstay_aws
import backstay_contract
from backstay import keep
from backstay.lint.rule import Rule
from backstay_contract.findings import Finding, Label, Severity, Span

MOST: Final = 20_000
"""Entries that are kept of one working directory; the oldest go first."""
_OWN: Final = "backstay.lint.rules."


@dataclass(frozen=True, slots=True)
class Entry:
    """What one file came to."""

    findings: tuple[Finding, ...]
    plans: int
    suppressed: int


@dataclass
class Linted:
    """The entries of a working directory. Not `used`: there are none, and none are kept."""

    start: str
    used: bool
    entries: dict[str, Any] = field(default_factory=dict)
    fresh: dict[str, Entry] = field(default_factory=dict)

    def key(self, path: str, data: bytes) -> str:
        """What an entry is found by."""
        return hashlib.sha256(b"\0".join([self.start.encode(), os.fsencode(path), data])).hexdigest()

    def recall(self, key: str) -> Entry | None:
        """What was kept; None if it was not, or cannot be right."""
        row = self.entries.get(key) if self.used else None
        try:
            return None if row is None else _entry(row)
        except (TypeError, ValueError, KeyError):
            return None

    def remember(self, key: str, entry: Entry) -> None:
        """Keep an entry, once `save` is called."""
        self.fresh[key] = entry

    def save(self) -> None:
        """Write what is new, with what was there."""
        if self.used and self.fresh:
            every = [*self.entries.items(), *((key, _row(entry)) for key, entry in self.fresh.items())]
            keep.write(_name(), orjson.dumps(dict(every[-MOST:])))


def linted(picked: Iterable[type[Rule]], now: datetime.date, inventory: Sequence[Mapping[str, Any]] | None) -> Linted:
    """What is remembered for some rules on a day; nothing where rules of a house are among them."""
    rules = list(picked)
    used = keep.folder() is not None and all(rule.__module__.startswith(_OWN) for rule in rules)
    said = [version(), now.isoformat(), *(rule.CODE for rule in rules), "" if inventory is None else _digest(inventory)]
    start = hashlib.sha256("\n".join(said).encode()).hexdigest()
    return Linted(start, used, _read() if used else {})


def _read() -> dict[str, Any]:
    data = keep.read(_name())
    try:
        found = {} if data is None else orjson.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _name() -> str:
    return f"linted-{hashlib.sha256(os.fsencode(os.getcwd())).hexdigest()[:32]}.json"  # noqa: PTH109


def _digest(inventory: Sequence[Mapping[str, Any]]) -> str:
    return hashlib.sha256(orjson.dumps(inventory, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _row(entry: Entry) -> dict[str, Any]:
    return {"findings": entry.findings, "plans": entry.plans, "suppressed": entry.suppressed}


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(tuple(_finding(one) for one in row["findings"]), int(row["plans"]), int(row["suppressed"]))


def _finding(row: Mapping[str, Any]) -> Finding:
    if row["severity"] not in get_args(Severity):
        raise ValueError(row["severity"])
    others = tuple(Label(_span(one["span"]), _text(one["text"])) for one in row["others"])
    notes = tuple(_text(note) for note in row["notes"])
    span = None if row["span"] is None else _span(row["span"])
    help_ = None if row["help"] is None else _text(row["help"])
    texts = [_text(row[name]) for name in ("code", "name", "severity", "message")]
    code, name, severity, message = texts
    return Finding(code, name, severity, message, span, _text(row["label"]), others, notes, help_, int(row["accounts"]))  # type: ignore[arg-type]  # checked above


def _span(row: Mapping[str, Any]) -> Span:
    numbers = [int(row[name]) for name in ("line", "column", "end_line", "end_column")]
    return Span(_text(row["path"]), *numbers)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


@cache
def version() -> str:
    """What reads and judges files here: Python, and the files of Backstay, by size and time."""
    rows = [sys.version, sys.platform]
    for package in (backstay, backstay_aws, backstay_contract):
        for at, folders, names in os.walk(Path(str(package.__file__)).resolve().parent):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".py", ".toml")):
                    about = os.stat(f"{at}/{name}")  # noqa: PTH116  (a thousand files: no Path for each)
                    rows.append(f"{at}/{name} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
