"""The scanner itself: it looks into real bytes for the EICAR test file, the harmless file that stands for malware.

Pure. It knows this one pattern, in whatever an object holds byte for byte; it opens no archives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from backstay_local.backup.scans.rows import ScanResult, ScanState
from backstay_local.data import Content, DataError

# In two pieces, or scanners of this machine would take this very file for malware.
PATTERN = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The EICAR test file. Source: eicar.org, "Anti malware testfile"."""

COMPLETED = "An AWS Backup scan job was successful completed."
PARTLY = "Scan job partially completed. View more details in Amazon GuardDuty"
NOTHING_READ = "Scan job failed. No file of the recovery point could be read (ALL_FILES_SKIPPED_OR_FAILED)."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scan saw: the pieces that hold malware, and how many it read and could not read."""

    infected: frozenset[str] = frozenset()
    read: int = 0
    failed: int = 0

    def __or__(self, other: Verdict) -> Verdict:
        """What two looks saw together."""
        return Verdict(self.infected | other.infected, self.read + other.read, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a scan ends."""

    state: ScanState
    message: str
    result: ScanResult | None = None


def look(contents: Iterable[Content], again: Collection[str] = ()) -> Verdict:
    """Look into what changed, and again into the pieces that held malware before."""
    infected: set[str] = set()
    read = failed = 0
    for content in contents:
        if not content.changed and content.name not in again:
            continue
        try:
            if found(content.read()):
                infected.add(content.name)
            read += 1
        except DataError:
            failed += 1
    return Verdict(frozenset(infected), read, failed)


def found(parts: Iterable[bytes]) -> bool:
    """Whether bytes, in parts of any size, hold the pattern."""
    tail = b""
    for part in parts:
        window = tail + part
        if PATTERN in window:
            return True
        tail = window[-len(PATTERN) + 1 :]
    return False


def ending(verdict: Verdict) -> Ending:
    """How a scan ends that saw this."""
    if verdict.failed and not verdict.read:
        return Ending("FAILED", NOTHING_READ)
    result: ScanResult = "THREATS_FOUND" if verdict.infected else "NO_THREATS_FOUND"
    if verdict.failed:
        return Ending("COMPLETED_WITH_ISSUES", PARTLY, result)
    return Ending("COMPLETED", COMPLETED, result)
