"""The dialects that can be imported: what each is recognised by, and who reads it. One row each."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from backstay.importer.found import Reading
from backstay.importer.problem import problem
from backstay.importer.text import read_text
from backstay.source.disk import is_file, is_folder
from backstay.source.shown import shown
from backstay_contract.findings import Finding, Span

LARGEST_FILE = 64 << 20
PASSED_OVER = "the file is passed over"
_DATA = (".json", ".yaml", ".yml")
_OURS = re.compile(rb"BackupPlanName|BackupSelection|TargetBackupVault|target_backup_vault|AWS::Backup|backupPolicies")
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16, in which no sign looks like itself


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect: its package has `recognises(path, data)` and `read(path, data)`.

    `sign`: what a file of it holds somewhere, so that most files need not be parsed to see that they are of another.
    With `folders` it also has `recognises_folder(path)` and `read_folder(path)`, for what several files say together;
    with `placed` that is read with the organization file.
    """

    name: str
    looked_for: str
    sign: bytes
    folders: bool = False
    placed: bool = False

    def recognises(self, path: str, data: bytes) -> bool:
        """Whether a file is of this dialect."""
        return self._signed(data) and bool(self._package().recognises(path, data))

    def _signed(self, data: bytes) -> bool:
        return data[:2] in _WIDE or re.search(self.sign, data) is not None

    def read(self, path: str, data: bytes) -> Reading:
        """What a file of this dialect says."""
        reading: Reading = self._package().read(path, data)
        return replace(reading, dialect=self.name)

    def recognises_folder(self, path: Path) -> bool:
        """Whether a folder as a whole is of this dialect."""
        return self.folders and bool(self._package().recognises_folder(path))

    def read_folder(self, path: Path, organization: Path | None = None) -> Reading:
        """What a folder of this dialect says."""
        with_it = (organization,) if self.placed else ()
        reading: Reading = self._package().read_folder(path, *with_it)
        return replace(reading, dialect=self.name)

    def _package(self) -> Any:
        return import_module(f"backstay.importer.{self.name}")


# In the order in which they are tried: what is surest first.
DIALECTS: tuple[Dialect, ...] = (
    Dialect("live", "a dump of `backstay import --live`: JSON with `format` and `accounts`", rb'"accounts"'),
    Dialect("cloudformation", "a CloudFormation template: JSON or YAML with `Resources`", rb"Resources"),
    Dialect(
        "lza",
        "a Landing Zone Accelerator folder, or its organization-config.yaml or global-config.yaml",
        rb"backup(Policies)?:",
        True,
    ),
    Dialect(
        "organizations",
        "a backup policy of AWS Organizations: JSON with `plans`, or a folder of them",
        rb"plans",
        True,
        True,
    ),
    Dialect(
        "plan", "JSON of create-backup-plan, get-backup-plan or create-backup-selection", rb"(?i)rules|selection|plan"
    ),
    Dialect("terraform", "Terraform or OpenTofu: `.tf` and `.tf.json` files, or folders of them", rb"", True),
)
Known = Callable[[str, bytes], bool]
NAMES: tuple[str, ...] = tuple(dialect.name for dialect in DIALECTS)


def read_all(paths: Iterable[Path], wanted: str | None = None, organization: Path | None = None) -> list[Reading]:
    """What each of the paths says, in their order. `wanted`: the dialect that they are in (None: find out).

    `organization`: the organization file, where it is known; some folders are looked for one.
    """
    return [reading for path in paths for reading in _path(path, wanted, organization, _nobody)]


def read_new(paths: Iterable[Path], known: Known) -> Iterator[Reading]:
    """What each of the paths says, but for those files by themselves that are `known` by their path and bytes."""
    return (reading for path in paths for reading in _path(path, None, None, known))


def _nobody(_path: str, _data: bytes) -> bool:
    return False


def _path(path: Path, wanted: str | None, organization: Path | None, known: Known) -> Iterator[Reading]:
    candidates = [dialect for dialect in DIALECTS if wanted in (None, dialect.name)]
    if not is_folder(path):
        yield from _file(path, candidates, known, chosen=wanted is not None)
        return
    whole = next((dialect for dialect in candidates if dialect.recognises_folder(path)), None)
    if whole is not None:
        yield whole.read_folder(path, organization)
        return
    seen: set[str] = set()

    def noted(name: str, data: bytes) -> bool:
        found = known(name, data)
        seen.update([name] if found else [])
        return found

    readings = list(_files(path, candidates, noted))
    yield from readings
    if not seen and not any(reading.dialect for reading in readings):
        yield _nothing(shown(path), candidates)


def _files(folder: Path, candidates: Iterable[Dialect], known: Known) -> Iterator[Reading]:
    """The files of a folder and below that are of a dialect; others are passed over."""
    for path in sorted(one for one in folder.rglob("*") if is_file(one) and ".git" not in one.parts):
        data = _data(path)
        name = shown(path)
        if not isinstance(data, bytes) or known(name, data):
            continue
        dialect = _recognised(name, data, candidates)
        if dialect is not None:
            yield dialect.read(name, data)
        elif path.suffix in _DATA and _OURS.search(data) and _recognised(name, data, DIALECTS) is None:
            yield _passed_over(name, data)


def _file(path: Path, candidates: list[Dialect], known: Known, *, chosen: bool) -> Iterator[Reading]:
    data = _data(path)
    if isinstance(data, str) or not known(shown(path), data):
        yield _read(shown(path), data, candidates, chosen=chosen)


def _read(name: str, data: bytes | str, candidates: list[Dialect], *, chosen: bool) -> Reading:
    if isinstance(data, str):
        return Reading(findings=(problem("unreadable-source", data, Span(name, 1, 1, 1, 1)),))
    if chosen:
        return _chosen(name, data, candidates[0])
    dialect = _recognised(name, data, candidates)
    if dialect is not None:
        return dialect.read(name, data)
    _, findings = read_text(name, data)
    broken = tuple(one for one in findings if one.severity == "error" and one.name != "repeated-member")
    return Reading(findings=broken) if broken else _nothing(name, candidates)


def _chosen(name: str, data: bytes, dialect: Dialect) -> Reading:
    """What a file says in the dialect that it is said to be in; if that is nothing, it is told."""
    reading = dialect.read(name, data)
    if reading.found or reading.findings:
        return reading
    message = f"nothing here is {dialect.looked_for}"
    return replace(reading, findings=(problem("nothing-to-import", message, Span(name, 1, 1, 1, 1)),))


def _passed_over(name: str, data: bytes) -> Reading:
    """That a file of a folder, which looks like one of ours, is broken."""
    _, findings = read_text(name, data)
    broken = (one for one in findings if one.severity == "error" and one.name != "repeated-member")
    return Reading(findings=tuple(replace(one, severity="warning", notes=(*one.notes, PASSED_OVER)) for one in broken))


def _recognised(name: str, data: bytes, candidates: Iterable[Dialect]) -> Dialect | None:
    return next((dialect for dialect in candidates if dialect.recognises(name, data)), None)


def _nothing(name: str, candidates: Iterable[Dialect]) -> Reading:
    message = "nothing here is configuration of AWS Backup in a form that Backstay reads"
    notes = [f"{dialect.name}: {dialect.looked_for}" for dialect in candidates]
    finding: Finding = problem("unrecognised-source", message, Span(name, 1, 1, 1, 1), notes=notes)
    return Reading(findings=(finding,))


def _data(path: Path) -> bytes | str:
    """A file's bytes, or why there are none."""
    try:
        known = path.stat()
        if not stat.S_ISREG(known.st_mode):
            return "it is no ordinary file"
        if known.st_size > LARGEST_FILE:
            return "the file is too large for a configuration"
        return path.read_bytes()
    except FileNotFoundError:
        return "there is no such file"
    except OSError as error:
        return f"the file cannot be read: {error.strerror or error}"
