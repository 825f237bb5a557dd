"""What seeding did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Report:
    """Counts of what is new and what was there, resources under another ARN than asked, and what could not be made."""

    created: dict[str, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    """ARN as asked -> ARN as made."""
    skipped: dict[str, str] = field(default_factory=dict)
    """ARN or name -> reason."""

    def count(self, what: str, *, new: bool, number: int = 1) -> None:
        """Count things made or found."""
        counts = self.created if new else self.present
        if number:
            counts[what] = counts.get(what, 0) + number

    def to_json(self) -> Mapping[str, Any]:
        """For the wire."""
        return {
            "created": dict(sorted(self.created.items())),
            "present": dict(sorted(self.present.items())),
            "renamed": self.renamed,
            "skipped": self.skipped,
        }
