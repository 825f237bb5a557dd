"""The way into lint of what is no policy: read as the importer reads it, judged by the same rules."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from backstay.importer import dialects
from backstay.importer.found import Reading, joined
from backstay.importer.problem import unreadable
from backstay.importer.together import together
from backstay.lint.allowance import allowances
from backstay.lint.files import judge_files
from backstay.lint.registry import chosen
from backstay.linted import Entry, Linted, linted
from backstay.source import disk
from backstay_contract.findings import Finding, in_order

UNSAID: Final = frozenset(
    {
        "undecided-value", "not-imported", "approximated", "left-out", "nothing-to-import", "source-not-entered",
        "unused-operator", "conflicting-sources", "not-there",
    }
)  # fmt: skip
"""What the readers say of a file that only matters to whoever imports it."""
_SEEN_TOGETHER: Final = frozenset({"plan", "live"})
"""Dialects whose files are parts of one thing: a plan in one, its selections in another."""
_ALONE: Final = frozenset({"cloudformation", "organizations"})
"""Dialects whose files say the same whatever lies beside them."""
_COMMENT: Final = "backstay:"
_PORTABLE: Final = ("AWS::Partition", "aws_partition")
"""What files name that leave their partition to the place where they are deployed."""


@dataclass(frozen=True)
class Surveyed:
    """What was found in files that are no policies. `texts` gives their lines."""

    findings: tuple[Finding, ...]
    texts: Texts
    files: int
    plans: int
    suppressed: int


def survey(
    paths: Sequence[Path],
    *,
    now: datetime.date,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    inventory: Sequence[Mapping[str, Any]] | None = None,
) -> Surveyed:
    """Lint templates, Terraform, backup policies and plan JSON. Never raises for what is in them.

    `select` and `ignore` name rules (name, code or family); raises `UnknownRuleError`.
    """
    picked = chosen(select, ignore)
    texts = Texts()
    memory = Recalling(linted(picked, now, inventory))
    for reading in _units(dialects.read_new(paths, memory.knows)):
        files = [texts[path] for path in _paths(reading)]
        found = judge_files(
            reading,
            picked,
            now=now,
            line=texts.line,
            comments=[one for file in files for one in allowances(file)],
            inventory=inventory,
            portable=any(sign in line for file in files for line in file.lines for sign in _PORTABLE),
        )
        said = (*(one for one in reading.findings if one.name not in UNSAID), *found.findings)
        memory.add(reading, Entry(said, sum(one.kind == "plan" for one in reading.found), found.suppressed))
    memory.linted.save()
    findings = tuple(in_order(one for entry in memory.entries for one in entry.findings))
    files_read = len(_files(paths, findings, texts) | memory.files)
    plans, suppressed = (sum(getattr(one, name) for one in memory.entries) for name in ("plans", "suppressed"))
    return Surveyed(findings, texts, files_read, plans, suppressed)


@dataclass
class Recalling:
    """What files come to, whether it is remembered or found now."""

    linted: Linted
    entries: list[Entry] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    _keys: dict[str, str] = field(default_factory=dict)

    def knows(self, path: str, data: bytes) -> bool:
        """Whether a file is as it was; then its entry is taken."""
        self._keys[path] = self.linted.key(path, data)
        entry = self.linted.recall(self._keys[path])
        if entry is not None:
            self.entries.append(entry)
            self.files.add(path)
        return entry is not None

    def add(self, reading: Reading, entry: Entry) -> None:
        """Take what was found now, and remember it if it follows from one file alone."""
        self.entries.append(entry)
        paths = {one.place.path for one in reading.found}
        if reading.dialect in _ALONE and len(paths) == 1:
            (path,) = paths
            spans = [span for one in entry.findings for span in (one.span, *(other.span for other in one.others))]
            if path in self._keys and all(span is None or span.path == path for span in spans):
                self.linted.remember(self._keys[path], entry)


def broken(findings: Iterable[Finding]) -> bool:
    """Whether a file could not be read at all."""
    return any(unreadable(finding) for finding in findings)


def _units(readings: Iterable[Reading]) -> Iterator[Reading]:
    """What is judged at once: a file, a folder of Terraform, the parts of plans that one folder holds.

    Of putting them together only the result counts: what it complains of matters to whoever imports them.
    """
    parts: dict[tuple[str, str], list[Reading]] = {}
    for number, reading in enumerate(readings):
        folder = next((str(Path(found.place.path).parent) for found in reading.found), "")
        unit = folder if reading.dialect in _SEEN_TOGETHER else str(number)
        parts.setdefault((reading.dialect, unit), []).append(reading)
    for (dialect, _), several in parts.items():
        yield replace(together(several), findings=joined(several).findings, dialect=dialect)


def _paths(reading: Reading) -> list[str]:
    return sorted({found.place.path for found in reading.found})


def _files(paths: Sequence[Path], findings: Iterable[Finding], texts: Texts) -> set[str]:
    """The files that something was read from: those named, and those of folders that hold anything."""
    named = {str(path) for path in paths if not disk.is_folder(path)}
    return named | set(texts.read) | {one.span.path for one in findings if one.span is not None}


@dataclass
class Text:
    """A file as the linter's comments need it. In YAML and HCL a comment begins with `#`."""

    path: str
    lines: list[str]

    def line(self, number: int) -> str:
        """The text of a line."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    @cached_property
    def comments(self) -> Mapping[int, str]:
        """Line number → comment that speaks to the linter."""
        speaking = ((number, line) for number, line in enumerate(self.lines, 1) if _COMMENT in line)
        found = ((number, line, line.rfind("#", 0, line.index(_COMMENT))) for number, line in speaking)
        return {number: line[at:] for number, line, at in found if at >= 0}


@dataclass
class Texts:
    """Files by the path that people are shown, read when they are asked for."""

    read: dict[str, Text] = field(default_factory=dict)

    def __getitem__(self, path: str) -> Text:
        if path not in self.read:
            try:
                text = Path(path).read_text("utf-8-sig", errors="replace")
            except OSError:
                text = ""
            self.read[path] = Text(path, text.splitlines())
        return self.read[path]

    def line(self, path: str, number: int) -> str | None:
        """A line of a file."""
        return self[path].line(number) or None
