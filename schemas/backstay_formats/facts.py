"""What the formats tell about a rule beside its findings: enough for a catalogue, and for SARIF's rule metadata."""

from __future__ import annotations

from dataclasses import dataclass

from backstay_contract.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule as a reader meets it. `references` are sentences, `uri` is the first of them that is a page."""

    code: str
    name: str
    severity: Severity
    family: str
    summary: str
    why: str
    references: tuple[str, ...] = ()
    uri: str | None = None


def of(finding: Finding) -> RuleFacts:
    """What a finding itself tells about its rule; for problems that are found before any rule runs."""
    return RuleFacts(finding.code, finding.name, finding.severity, finding.code[:3], finding.name.replace("-", " "), "")
