"""One row of what is known about a failure of a job."""

from __future__ import annotations

from dataclasses import dataclass

GUIDE = "Backup developer guide: "
"""Begins the source of most rows."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One row: `pattern` is a regular expression (no case) for AWS's message; the first row that fits counts.

    `meaning` says what AWS's message comes down to, `remedy` the one thing to do, `rule` the lint rule that finds the
    same in policies before anything runs.
    """

    pattern: str
    meaning: str
    remedy: str
    rule: str | None
    source: str
    date: str = "2026-11-29"

    def sentence(self) -> str:
        """Meaning and remedy, and the rule to read about, in one line."""
        told = f"{self.meaning}: {self.remedy}"
        return f"{told} (backstay rules {self.rule})" if self.rule else told
