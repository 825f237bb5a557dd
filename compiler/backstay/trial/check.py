"""The written source compiled: what of its source's mistakes it keeps, whether it compiles, and how much it says."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backstay import pipeline
from backstay.importer.found import Kind
from backstay.importer.write.source import Written
from backstay.lint.registry import rules
from backstay.trial.marks import Marks
from backstay_contract.findings import Finding

ROUNDS: Final = 5
"""One mistake can hide another; rules see a few layers at most."""
MADE_UP: Final = frozenset({"copy-outside-organization"})
"""Rules that ask which accounts the organization has: without an organization file nobody knows."""
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
    """What became of a policy file: its text, in which `kept` mistakes are marked, and its size in words.

    If `backstay compile` would refuse it, `reason` says why.
    """

    source: str
    size: str
    kept: int = 0
    reason: str = ""

    @property
    def compiles(self) -> bool:
        """Whether `backstay compile` would take it."""
        return not self.reason


def check(written: Written, organization: Path | None, *, now: datetime.date) -> Outcome:
    """Compile the source up to lint, as `backstay compile` does, and mark the mistakes that it has from its source.

    Without an organization file one is made up of the source's own names; what lint says only because that one has
    few accounts is neither marked nor a reason. `now` is the day that lint judges on.
    """
    marks = Marks(written.source)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policies", "imported.py")  # so deep that no organization file of a neighbour lies beside
        path.parent.mkdir()
        for _ in range(ROUNDS):
            path.write_text(marks.text(), "utf-8", newline="\n")
            wrong = _errors(path, organization, now)
            if not marks.add(finding for finding in wrong if _can_be_marked(finding, path)):
                break
    size = _size(written.counts)
    return Outcome(marks.text(), size, marks.count, _reason(wrong) if wrong else "")


def _errors(path: Path, organization: Path | None, now: datetime.date) -> list[Finding]:
    """The errors of a policy file, and of the organization file."""
    checked = pipeline.check([path], organization, now=now)
    wrong = [finding for finding in checked.findings if finding.severity == "error"]
    return wrong if checked.org is not None else [finding for finding in wrong if finding.name not in MADE_UP]


def _can_be_marked(finding: Finding, path: Path) -> bool:
    """Whether a comment in the policy file silences the finding."""
    rule = rules().get(finding.name)
    in_file = finding.span is not None and Path(finding.span.path).name == path.name
    return rule is not None and not rule.ABOUT_SILENCE and in_file


def _reason(wrong: Sequence[Finding]) -> str:
    span = wrong[0].span
    return f"{wrong[0].message} (line {span.line})" if span is not None else wrong[0].message


def _size(counts: Mapping[Kind, int]) -> str:
    said = [f"{counts[kind]} {words[counts[kind] != 1]}" for kind, words in _COUNTED.items() if counts.get(kind)]
    return ", ".join(said) or "settings only"
