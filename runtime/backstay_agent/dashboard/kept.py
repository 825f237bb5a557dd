"""What audits left in a folder: which there are, and the newest with its facts. Newer ones are read as they come."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from backstay_agent.audit.evidence import bundle
from backstay_agent.audit.evidence.archive import UnreadableEvidenceError, opened
from backstay_agent.audit.evidence.verify import facts_in
from backstay_agent.audit.policy_lines import PolicyLines
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditReport

NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z")
"""How audits are named: by the time at which they started."""
_BUNDLE = ".evidence.zip"
_MOST_BYTES = 8 << 30


@dataclass(frozen=True)
class Audit:
    """An audit with what it read. `problem` says why there is nothing, or less."""

    name: str
    report: AuditReport | None
    facts: Facts | None
    problem: str = ""

    @cached_property
    def lines(self) -> PolicyLines:
        """The lines of the policies that answer for findings; raises TypeError without facts."""
        if self.facts is None:
            raise TypeError("an audit without facts has no policy lines")
        return PolicyLines(self.facts)


class Kept:
    """A folder of audits. Safe to be asked by several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._read: tuple[tuple[str, int, int], Audit] | None = None

    def names(self) -> tuple[str, ...]:
        """The audits that have a page or a bundle, the newest first."""
        found = {path.name.partition(".")[0] for path in self._files(f"*{_BUNDLE}") + self._files("*.html")}
        return tuple(sorted((name for name in found if NAME.fullmatch(name)), reverse=True))

    def page(self, name: str) -> bytes | None:
        """The report of an audit; None where there is none of that name."""
        if not NAME.fullmatch(name):
            return None
        try:
            return (self.folder / f"{name}.html").read_bytes()
        except OSError:
            return None

    def latest(self) -> Audit | None:
        """The newest audit that left a bundle; None where none did."""
        bundles = [path for path in self._files(f"*{_BUNDLE}") if NAME.fullmatch(path.name.removesuffix(_BUNDLE))]
        if not bundles:
            return None
        path = max(bundles)
        try:
            found = path.stat()
        except OSError as error:
            return Audit(path.name.removesuffix(_BUNDLE), None, None, error.strerror or str(error))
        key = (path.name, found.st_mtime_ns, found.st_size)
        with self._lock:
            if self._read is None or self._read[0] != key:
                self._read = key, _read(path)
            return self._read[1]

    def _files(self, pattern: str) -> list[Path]:
        try:
            return sorted(self.folder.glob(pattern))
        except OSError:
            return []


def _read(path: Path) -> Audit:
    name = path.name.removesuffix(_BUNDLE)
    try:
        with opened(path, _MOST_BYTES) as archive:
            report = TypeAdapter(AuditReport).validate_json(archive.read(bundle.REPORT))
            return Audit(name, report, facts_in(archive))
    except (UnreadableEvidenceError, ValidationError) as error:
        told = str(error).partition("\n")[0]
        return Audit(name, None, None, f"{path.name} cannot be read: {told}")
