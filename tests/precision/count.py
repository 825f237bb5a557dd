"""Counts what lint finds in a folder of other people's configurations, each file judged by itself."""

from __future__ import annotations

import datetime
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from backstay import survey
from backstay.importer import dialects
from backstay.lint.registry import every
from backstay_contract.findings import SEVERITIES, Finding, Severity


@dataclass(frozen=True, order=True)
class Fired:
    """A rule that fired: in how many files, and how often."""

    code: str
    name: str
    severity: Severity
    files: int
    findings: int


@dataclass(frozen=True, order=True)
class Error:
    """A finding at the level of an error: those of one rule at one line of one file are one."""

    rule: str
    file: str
    line: int
    findings: int


@dataclass(frozen=True)
class Counts:
    """What one run over a folder came to. `dialects`: how many files of each were read."""

    date: str
    rules: int
    dialects: dict[str, int]
    passed_over: int
    fired: tuple[Fired, ...]
    errors: tuple[Error, ...]


def count(folder: Path, now: datetime.date) -> Counts:
    """Run every rule over every file below a folder; what is of no dialect is passed over, as lint does in folders."""
    read: Counter[str] = Counter()
    findings: list[tuple[str, Finding]] = []
    passed_over = 0
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        names = {reading.dialect for reading in dialects.read_all([path])} - {""}
        if not names:
            passed_over += 1
            continue
        read.update(names)
        findings += [(path.name, finding) for finding in survey.survey([path], now=now).findings]
    dialects_read = dict(sorted(read.items()))
    return Counts(now.isoformat(), len(every()), dialects_read, passed_over, _fired(findings), _errors(findings))


def _fired(findings: Iterable[tuple[str, Finding]]) -> tuple[Fired, ...]:
    found: dict[tuple[str, str, Severity], list[str]] = defaultdict(list)
    for file, one in findings:
        found[(one.code, one.name, one.severity)].append(file)
    rows = [Fired(*key, len(set(files)), len(files)) for key, files in found.items()]
    return tuple(sorted(rows, key=lambda row: (SEVERITIES.index(row.severity), -row.findings, row.code)))


def _errors(findings: Iterable[tuple[str, Finding]]) -> tuple[Error, ...]:
    places = Counter(
        (one.name, file, one.span.line if one.span else 0) for file, one in findings if one.severity == "error"
    )
    return tuple(sorted(Error(*place, number) for place, number in places.items()))


def dump(counts: Counts) -> str:
    """The counts as they are committed."""
    return json.dumps(asdict(counts), indent=1, ensure_ascii=True) + "\n"


def load(text: str) -> Counts:
    """The counts as they were committed."""
    row = json.loads(text)

    def of(kind: type[Fired] | type[Error], rows: Sequence[dict[str, object]]) -> tuple[object, ...]:
        return tuple(kind(**one) for one in rows)

    return Counts(**{**row, "fired": of(Fired, row["fired"]), "errors": of(Error, row["errors"])})
