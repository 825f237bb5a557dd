"""Finds and reads the policy files that some paths mean."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from backstay.load.allowed import LONGEST_FILE
from backstay.load.problems import problem
from backstay.org.beside import beside, of_folder
from backstay.source import SourceFile, disk, shown
from backstay_contract.findings import Finding, Span

SUFFIX = ".py"
TESTS = "tests"
"""A folder of this name may hold tests of the policies, which are no policies: `is_test` says which files."""
OUTSIDE = "the file lies outside the folder of the policies"


@dataclass
class Reading:
    """The files read so far by their real path, and what could not be read."""

    root: Path
    boundary: Path
    files: dict[Path, SourceFile] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)

    @cached_property
    def _inside(self) -> Path:
        return disk.real(self.boundary)

    def add(self, path: Path) -> Path | None:
        """Read one file if it is new; its real path, or None with a finding if it cannot be read.

        Links that lead out of `boundary` are not followed: a stranger may have made them.
        """
        real = disk.real(path)
        if real in self.refused:
            return None
        if real not in self.files:
            read = read_file(path) if real.is_relative_to(self._inside) else _unreadable(path, OUTSIDE)
            if isinstance(read, Finding):
                self.refused.add(real)
                self.findings.append(read)
                return None
            self.files[real] = read
        return real


def begin(paths: Sequence[Path]) -> Reading:
    """Read every file that the paths mean, folders recursively, in order."""
    root = _root(paths)
    org = beside(paths)
    above = org is not None and disk.real(root).is_relative_to(disk.real(org.parent))
    reading = Reading(root, org.parent if org is not None and above else root)
    for path in paths:
        if disk.is_folder(path):
            for file in policy_files(path, reading.findings):
                reading.add(file)
        elif (why := disk.missing(path)) is not None:
            reading.findings.append(_unreadable(path, why))
        elif path.suffix != SUFFIX:
            reading.findings.append(_unreadable(path, "this is no policy file: its name does not end in `.py`"))
        else:
            reading.add(path)
    return reading


def policy_files(folder: Path, findings: list[Finding]) -> Iterator[Path]:
    """The policy files of a folder, sorted; not those of a folder below that has an organization file of its own.

    Tests of policies (`tests/test_….py`) are left alone. A folder that cannot be listed becomes a finding: policies
    that are left out in silence protect nobody.
    """

    def unlisted(error: OSError) -> None:
        findings.append(_unreadable(Path(error.filename), f"the folder cannot be read: {error.strerror or error}"))

    for at, folders, names in os.walk(folder, onerror=unlisted):
        here = Path(at)
        folders[:] = sorted(name for name in folders if _entered(here / name))
        yield from (here / name for name in sorted(names) if name.endswith(SUFFIX) and not is_test(here / name))


def is_test(path: Path) -> bool:
    """Whether a file is a test by its place and its name, both: `tests/test_….py` and `tests/conftest.py`."""
    return path.parent.name == TESTS and (path.name.startswith("test_") or path.name == "conftest.py")


def _entered(folder: Path) -> bool:
    return not folder.name.startswith((".", "__pycache__")) and of_folder(folder) is None


def _root(paths: Sequence[Path]) -> Path:
    folders = [path if disk.is_folder(path) else path.parent for path in paths] or [Path()]
    if len(set(folders)) == 1:
        return folders[0]
    return Path(os.path.commonpath([folder.absolute() for folder in folders]))


def read_file(path: Path) -> SourceFile | Finding:
    """One policy file as text."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return _unreadable(path, "this is no ordinary file")
        with path.open("rb") as stream:
            data = stream.read(4 * LONGEST_FILE + 1)
    except OSError as error:
        return _unreadable(path, f"the file cannot be read: {error.strerror or error}")
    if len(data) > 4 * LONGEST_FILE:
        return problem(
            "too-large", f"the file is longer than {LONGEST_FILE:,} characters", Span(shown(path), 1, 1, 1, 2)
        )
    try:
        return SourceFile(shown(path), data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the file is not UTF-8: byte {data[error.start]:#04x} in line {line}"
        return problem("unreadable-file", message, Span(shown(path), line, 1, line, 2), help="save it as UTF-8")


def _unreadable(path: Path, message: str) -> Finding:
    return problem("unreadable-file", message, Span(shown(path), 1, 1, 1, 1))
