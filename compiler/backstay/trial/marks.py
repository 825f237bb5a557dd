"""Mistakes that a source itself has stay in the policy, each marked with a comment that allows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from backstay.importer.write.code import WIDTH
from backstay_contract.findings import Finding

REASON: Final = "imported as it is"


@dataclass
class Marks:
    """A source, and what is allowed on its lines (from 1): the rule's name → why the rule objects."""

    source: str
    allowed: dict[int, dict[str, str]] = field(default_factory=dict)
    told: set[tuple[int, str, str]] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many mistakes are marked."""
        return len(self.told)

    def add(self, findings: Iterable[Finding]) -> bool:
        """Mark findings of the marked text; whether any of them was new."""
        places, before = self._places(), self.count
        for finding in findings:
            if finding.span is not None:
                line = places[finding.span.line]
                self.allowed.setdefault(line, {}).setdefault(finding.name, finding.label or finding.message)
                self.told.add((line, finding.name, finding.message))
        return self.count > before

    def text(self) -> str:
        """The source with a comment above each line on which something is allowed."""
        return "".join(f"{line}\n" for line, _ in self._lines())

    def _lines(self) -> Iterator[tuple[str, int]]:
        """The lines of the marked text, each with the number of the line of the source that it belongs to."""
        for number, line in enumerate(self.source.splitlines(), 1):
            names = self.allowed.get(number)
            if names:
                yield _comment(names, line[: len(line) - len(line.lstrip())]), number
            yield line, number

    def _places(self) -> Mapping[int, int]:
        return {number: origin for number, (_, origin) in enumerate(self._lines(), 1)}


def _comment(names: Mapping[str, str], indent: str) -> str:
    """One line, whatever the width: a comment that allows cannot be broken, so only its reason is cut."""
    line = f"{indent}# backstay: allow {', '.join(names)} — {REASON}"
    why = "; ".join(" ".join(reason.split()) for reason in dict.fromkeys(names.values()))
    room = WIDTH - len(line) - len(": ")
    if room < len(why):
        why = f"{why[: max(room - 1, 0)].rstrip()}…" if room > len(REASON) else ""
    return f"{line}: {why}" if why else line
