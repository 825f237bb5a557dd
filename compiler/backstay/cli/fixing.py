"""`backstay lint --fix`: shows what would be written, asks, writes, looks again, and takes back what did not help."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import click

from backstay.cli.context import colour, note
from backstay.cli.unusable import UnusableError
from backstay.lint.fix import Fix, Spot, applied, fitted, spot
from backstay.source import SourceFile, disk
from backstay_contract.findings import Finding
from backstay_formats.escape import terminal as harmless

_BOM = b"\xef\xbb\xbf"
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_END = "\\ No newline at end of file"


class Seen(Protocol):
    """What a look at policies comes to."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong."""

    @property
    def fixes(self) -> Mapping[Spot, Fix]:
        """What puts some of it right."""

    @property
    def sources(self) -> Mapping[str, SourceFile]:
        """The policy files, by their paths as shown."""


S = TypeVar("S", bound=Seen)


@dataclass(frozen=True)
class Change:
    """A file that gets fixes: its path as shown, its bytes before, its texts, and the findings that are to go.

    `left` counts the fixes that touch what another changes, and so have to wait.
    """

    path: str
    data: bytes
    before: str
    after: str
    findings: tuple[Finding, ...]
    left: int

    @property
    def new_data(self) -> bytes:
        """What is written."""
        return (_BOM if self.data.startswith(_BOM) else b"") + self.after.encode("utf-8")


def fixing(look: Callable[[], S], paths: Sequence[Path], *, yes: bool, apart: bool = False) -> S:
    """Look at policies, fix what has one right answer in the files of `paths`, and look again.

    A diff goes to standard output (`apart`: to standard error, where the result is for a machine). Nothing is written
    unless `yes`, or somebody at a terminal, says so.
    """
    seen = look()
    changes = tuple(_changes(seen, paths))
    if not changes:
        note("nothing here can be fixed by itself")
        return seen
    for line in _diff(changes, terminal=(sys.stderr if apart else sys.stdout).isatty()):
        click.echo(line, err=apart)
    for change in changes:
        for finding in change.findings:
            note(f"{finding.span}: {seen.fixes[spot(finding)].does} ({finding.name})")
    if not _agreed(changes, yes=yes):
        return seen
    return _written(seen, changes, look)


def _changes(seen: Seen, paths: Sequence[Path]) -> Iterator[Change]:
    allowed = [disk.real(path) for path in paths]
    for path, file in seen.sources.items():
        real = disk.real(Path(path))
        mendable = [one for one in seen.findings if _fix_in(seen, one, path)]
        if not mendable or real.suffix != ".py" or not any(real.is_relative_to(one) for one in allowed):
            continue
        data = _read(Path(path))
        fits = fitted(file, (seen.fixes[spot(one)] for one in mendable))
        if data.decode("utf-8-sig", "replace") != file.text or not fits.done:
            continue  # somebody has written it since, or nothing fits
        mended = tuple(one for one in mendable if seen.fixes[spot(one)] in fits.done)
        left = sum(bool(fitted(file, [fix]).done) for fix in fits.left)
        yield Change(path, data, file.text, applied(file.text, fits.edits), mended, left)


def _fix_in(seen: Seen, finding: Finding, path: str) -> bool:
    fix = seen.fixes.get(spot(finding))
    return fix is not None and fix.paths == {path}


def _diff(changes: Sequence[Change], *, terminal: bool) -> Iterator[str]:
    """The unified diff of all files, as `patch` reads it; on a terminal with colours, and harmless."""
    for change in changes:
        old, new = _LINE.findall(change.before), _LINE.findall(change.after)
        for number, line in enumerate(difflib.unified_diff(old, new, change.path, change.path, lineterm="")):
            headline = number < 2 or line.startswith("@@")
            said = line.removesuffix("\n")
            if terminal:
                said = said.rstrip("\r").expandtabs()
                tint = None if number < 2 or not colour(terminal) else _COLOURS.get(line[:1])
                said = click.style(harmless(said), fg=tint)
            yield said
            if not headline and not line.endswith("\n"):
                yield _NO_END


def _agreed(changes: Sequence[Change], *, yes: bool) -> bool:
    if yes:
        return True
    if not _at_terminal():
        note("nothing was written; `backstay lint --fix --yes` writes this")
        return False
    files = "this file" if len(changes) == 1 else f"these {len(changes)} files"
    agreed = click.confirm(f"Write {files}?", err=True)
    if not agreed:
        note("nothing was written")
    return agreed


def _at_terminal() -> bool:
    """Whether somebody can see the diff and answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _written(before: S, changes: Sequence[Change], look: Callable[[], S]) -> S:
    """Write, look again, and restore the files in which a finding stayed or came; then look once more."""
    kept = list(changes)
    try:
        for change in changes:
            _write(Path(change.path), change.new_data)
        after = look()
        while kept and (spoilt := _spoilt(before, after, kept)):
            for change, why in spoilt:
                _write(Path(change.path), change.data)
                kept.remove(change)
                note(f"{change.path} is as it was: {why}")
            after = look()
    except BaseException:
        for change in changes:
            with suppress(OSError, UnusableError):
                _write(Path(change.path), change.data)
        raise
    _tell(kept)
    return after


def _tell(kept: Sequence[Change]) -> None:
    fixes = sum(len(change.findings) for change in kept)
    left = sum(change.left for change in kept)
    if kept:
        files = "1 file" if len(kept) == 1 else f"{len(kept)} files"
        note(f"fixed {fixes} finding{'s' if fixes != 1 else ''} in {files}")
    if left:
        note(f"{left} more {'fixes touch' if left != 1 else 'fix touches'} the same text; run again for the rest")


def _spoilt(before: Seen, after: Seen, kept: Sequence[Change]) -> list[tuple[Change, str]]:
    """The changes that did not only what they should, and why; all of them if it shows in a file that none touched."""
    old, new = _counted(before), _counted(after)
    gained = {place: names for place, names in new.items() if names > old[place]}
    changed = {change.path for change in kept}
    if elsewhere := sorted({name for (path, name) in gained if path not in changed}):
        return [(change, f"the fixes bring `{elsewhere[0]}`") for change in kept]
    found = []
    for change in kept:
        came = sorted(name for path, name in gained if path == change.path)
        meant = Counter(finding.name for finding in change.findings)
        stayed = sorted(n for n, count in meant.items() if new[change.path, n] > old[change.path, n] - count)
        if came or stayed:
            found.append((change, f"the fixes bring `{came[0]}`" if came else f"`{stayed[0]}` stays all the same"))
    return found


def _counted(seen: Seen) -> Counter[tuple[str, str]]:
    return Counter((finding.span.path if finding.span else "", finding.name) for finding in seen.findings)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, through a link to what it names, with the rights that it has."""
    real = Path(os.path.realpath(path))
    fresh = ""
    try:
        handle, fresh = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
        with open(handle, "wb") as file:  # noqa: PTH123  (a handle, not a path)
            file.write(data)
        shutil.copymode(real, fresh)
        Path(fresh).replace(real)
    except OSError as wrong:
        if fresh:
            Path(fresh).unlink(missing_ok=True)
        raise UnusableError(f"cannot write {path}: {wrong.strerror or wrong}") from None
