"""Findings: problems as values with a place, as linter, loader and audit return them.

Plain dataclasses, so that the hot paths (lint, loading) need no pydantic; the JSON Schema is generated from
`LintReport` and `AuditReport` like that of any other artifact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "advice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")
Status = Literal["COMPLIANT", "NON_COMPLIANT", "UNKNOWN"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a file. Lines and columns count from 1, columns in characters; `end_column` is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that a finding points at, with what is to be seen there."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in a policy, an organization file or a configuration.

    `code` is a family and three digits (`LIF001`), `name` the rule's name in kebab case; problems found before any
    rule runs (syntax, unknown account) have names too. `label` is what stands beside the carets, `accounts` how
    many accounts share the problem (0 where that has no meaning).
    """

    code: str
    name: str
    severity: Severity
    message: str
    span: Span | None = None
    label: str = ""
    others: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    accounts: int = 0

    def sort_key(self) -> tuple[Any, ...]:
        """Findings are told in the order of the files, whatever order they were found in."""
        return (self.span is None, self.span, SEVERITIES.index(self.severity), self.code, self.message)

    def row(self) -> LintRow:
        """The finding as the stable JSON of `backstay lint --format json`."""
        span = self.span
        return LintRow(
            self.code,
            self.name,
            self.severity,
            self.message,
            span.path if span else None,
            span.line if span else None,
            span.column if span else None,
            span.end_line if span else None,
            span.end_column if span else None,
            self.help,
            self.accounts,
        )


@dataclass(frozen=True, slots=True)
class LintRow:
    """A finding in the JSON output of `lint`: flat, with every member always present."""

    code: str
    name: str
    severity: Severity
    message: str
    path: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    help: str | None
    accounts: int


@dataclass(frozen=True, slots=True)
class LintSummary:
    """What a lint run looked at and how much it found.

    `suppressed` findings are silenced by comments and waivers or known to a baseline. The configuration made those
    `lowered` less severe, and took those `switched_off` away.
    """

    errors: int
    warnings: int
    advice: int
    suppressed: int
    files: int
    policies: int
    plans: int
    accounts: int
    shapes: int
    lowered: int = 0
    switched_off: int = 0


@dataclass(frozen=True, slots=True)
class LintReport:
    """The JSON output of `backstay lint`."""

    findings: tuple[LintRow, ...]
    summary: LintSummary


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """What one control says of one resource (or plan, vault, recovery point).

    `framework`: the framework of the build that asks, where one narrows the control. `asked_by`: the requirement or the
    kind of job, where several ask of one resource. `owner`: who answers for it. `command`: what would repair it, with
    BUILD for the build's folder.
    """

    control: str
    status: Status
    account: str
    region: str
    resource: str
    resource_type: str
    reason: str
    help: str | None = None
    severity: Severity | None = None
    framework: str | None = None
    asked_by: str | None = None
    owner: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """What an audit looked at."""

    organization: str
    accounts: int
    resources: int
    controls: int
    compliant: int
    non_compliant: int
    unknown: int
    started: str
    ended: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The JSON output of `backstay audit`."""

    findings: tuple[AuditFinding, ...]
    summary: AuditSummary


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings sorted by place, without repetitions."""
    return sorted(dict.fromkeys(findings), key=Finding.sort_key)
