"""Baselines: findings that were there when the linter came, known by what they say and not by their line."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backstay.source import disk, shown
from backstay.source.json_text import read_json
from backstay.source.text import DataPath, Text
from backstay_contract.canonical import digest, pretty
from backstay_contract.findings import Finding

FORMAT: Final = 1
MEMBERS: Final = ("code", "fingerprint", "path")
Line = Callable[[str, int], str | None]
_LINES = re.compile(r"\b(lines?) \d+\b")
_PLACES = re.compile(r"(\.(?:py|ya?ml|json|toml|tf|hcl|template))(?::\d+)+")


class BaselineError(ValueError):
    """A file that is no baseline, or one that cannot be read or written; the text says where and why."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One known finding: its file, relative to the baseline's folder, its rule, and what it says."""

    path: str
    code: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Sifted:
    """Findings that are not known, how many are, and the entries that fit no finding."""

    findings: tuple[Finding, ...]
    known: int
    idle: tuple[Entry, ...]


def read(file: Path) -> tuple[Entry, ...]:
    """The entries of a baseline, sorted. Raises `BaselineError`."""
    path = shown(file)
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise BaselineError(f"there is no baseline {path}; `--write-baseline {path}` makes one") from None
    except (OSError, UnicodeDecodeError) as wrong:
        reason = "it is not UTF-8" if isinstance(wrong, UnicodeDecodeError) else wrong.strerror or str(wrong)
        raise BaselineError(f"cannot read the baseline {path}: {reason}") from None
    found = read_json(path, text)
    if found.faults:
        raise BaselineError(f"{found.faults[0].span}: a baseline should be here, and {found.faults[0].message}")
    return tuple(sorted(_entries(found)))


def text(entries: Iterable[Entry]) -> bytes:
    """The baseline as bytes: sorted, in the one spelling of JSON."""
    rows = [{"code": one.code, "fingerprint": one.fingerprint, "path": one.path} for one in sorted(entries)]
    return pretty({"format": FORMAT, "findings": rows})


def named(findings: Sequence[Finding], line: Line, folder: Path) -> list[Entry]:
    """Each finding's entry, in their order. `line` gives the text of a line, `folder` is the baseline's."""
    home = disk.real(folder)
    seen: Counter[tuple[str, ...]] = Counter()
    entries = []
    for finding in findings:
        path = _plain(_relative(home, finding.span.path)) if finding.span else ""
        underlined = line(finding.span.path, finding.span.line) if finding.span else None
        same = (path, finding.code, _without_lines(finding.message), " ".join((underlined or "").split()))
        seen[same] += 1
        entries.append(Entry(path, finding.code, digest([_plain(part) for part in same[1:]] + [seen[same]])))
    return entries


def sift(findings: Sequence[Finding], entries: Sequence[Entry | None], known: Iterable[Entry]) -> Sifted:
    """Take the known findings away. `entries`: each finding's own; None for one that no baseline may hide."""
    there = frozenset(known)
    kept = tuple(finding for finding, entry in zip(findings, entries, strict=True) if entry not in there)
    return Sifted(kept, len(findings) - len(kept), tuple(sorted(there.difference(filter(None, entries)))))


def among(entry: Entry, folder: Path, paths: Iterable[Path]) -> bool:
    """Whether an entry's file, there or not, is one of those at some paths."""
    file = Path(os.path.normpath(disk.real(folder) / entry.path))
    return not entry.path or any(file.is_relative_to(disk.real(path)) for path in paths)


def _relative(home: Path, path: str) -> str:
    """A file from the baseline's folder; a link keeps its name."""
    file = Path(path)
    return Path(os.path.relpath(disk.real(file.parent) / file.name, home)).as_posix()


def _without_lines(message: str) -> str:
    return _PLACES.sub(r"\1", _LINES.sub(r"\1", message))


def _plain(text: str) -> str:
    """Text that any encoding can hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def _entries(found: Text) -> Iterator[Entry]:
    data = found.data
    if not isinstance(data, dict) or "format" not in data or not isinstance(data.get("findings"), list):
        raise _wrong(found, (), "this is no baseline of Backstay: it has `format` and `findings`")
    if data["format"] != FORMAT:
        said = f"this baseline has the format {data['format']!r}; this Backstay knows {FORMAT}"
        raise _wrong(found, ("format",), f"{said}: take the Backstay that wrote it, or remove it and write it anew")
    for number, row in enumerate(data["findings"]):
        if not _is_row(row):
            members = ", ".join(f"`{one}`" for one in MEMBERS)
            raise _wrong(found, ("findings", number), f"an entry has {members}, each a text, and nothing else")
        yield Entry(row["path"], row["code"], row["fingerprint"])


def _is_row(row: Any) -> bool:
    members: Mapping[str, Any] = row if isinstance(row, dict) else {}
    return sorted(members) == sorted(MEMBERS) and all(isinstance(one, str) for one in members.values())


def _wrong(found: Text, at: DataPath, said: str) -> BaselineError:
    return BaselineError(f"{found.place(at)}: {said}")
