"""The written source compiled once: whether it loads and resolves, and how much it says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backstay_contract.findings import Finding

if TYPE_CHECKING:
    from backstay.importer.found import Kind
    from backstay.importer.write.source import Written

_COUNTED: Mapping[Kind, tuple[str, str]] = {
    "plan": ("plan", "plans"),
    "vault": ("vault", "vaults"),
    "air_gapped_vault": ("air-gapped vault", "air-gapped vaults"),
    "framework": ("framework", "frameworks"),
    "report_plan": ("report", "reports"),
    "restore_testing_plan": ("restore test", "restore tests"),
    "legal_hold": ("legal hold", "legal holds"),
    "tiering": ("tiering configuration", "tiering configurations"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the source: its size in words, and if it does not compile the parameters it lacks, or why."""

    compiles: bool
    size: str
    undecided: tuple[str, ...] = ()
    reason: str = ""
    findings: tuple[Finding, ...] = ()


def check(written: Written, organization: Path | None) -> Outcome:
    """Load and resolve the source, for the organization of a file or for one made up of the source's own names."""
    from backstay import load, org, resolve

    size = _size(written.counts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "imported.py")
        path.write_text(written.source, "utf-8")
        loaded = load.load([path])
        wrong = _errors(loaded.findings)
        if wrong:
            return Outcome(False, size, reason=wrong[0].message, findings=tuple(wrong))
        known = org.read(organization).organization if organization is not None else None
        resolved = resolve.resolve(loaded, known or resolve.placeholder_organization(loaded))
        wrong = _errors(resolved.findings)
    if not wrong:
        return Outcome(True, size)
    return Outcome(False, size, written.undecided, f"{wrong[0].message} (line {_line(wrong[0])})", tuple(wrong))


def _errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _line(finding: Finding) -> str:
    return str(finding.span.line) if finding.span is not None else "?"


def _size(counts: Mapping[Kind, int]) -> str:
    said = [f"{counts[kind]} {words[counts[kind] != 1]}" for kind, words in _COUNTED.items() if counts.get(kind)]
    return ", ".join(said) or "settings only"
