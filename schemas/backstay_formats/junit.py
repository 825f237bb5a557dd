"""Findings as JUnit XML: a test case for each finding; errors and warnings fail, advice is told and passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay_contract.findings import Finding, LintSummary
from backstay_formats.escape import xml


def render(findings: Sequence[Finding], summary: LintSummary) -> str:
    """One suite. Without a finding it holds one case that passed, since readers take an empty suite for a failure."""
    failures = sum(finding.severity != "advice" for finding in findings)
    cases = [line for finding in findings for line in _case(finding)] or _clean(summary)
    head = f'name="backstay lint" tests="{max(1, len(findings))}" failures="{failures}" errors="0" skipped="0"'
    rows = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {head}>", f"  <testsuite {head}>"]
    return "\n".join([*rows, *cases, "  </testsuite>", "</testsuites>", ""])


def _clean(summary: LintSummary) -> list[str]:
    return [f'    <testcase classname="backstay" name="{summary.files} files have no findings" time="0"/>']


def _case(finding: Finding) -> Iterator[str]:
    place = str(finding.span) if finding.span else ""
    where = f' file="{xml(finding.span.path)}" line="{finding.span.line}"' if finding.span else ""
    name = xml(f"{finding.name} {place}".rstrip())
    yield f'    <testcase classname="backstay.{xml(finding.code)}" name="{name}"{where} time="0">'
    body = "\n".join(xml(text) for text in _sentences(finding, place))
    if finding.severity == "advice":
        yield f"      <system-out>{body}</system-out>"
    else:
        yield f'      <failure type="{finding.severity}" message="{xml(finding.message)}">{body}</failure>'
    yield "    </testcase>"


def _sentences(finding: Finding, place: str) -> Iterator[str]:
    yield f"{finding.severity}[{finding.name}]: {finding.message}"
    if place:
        yield place
    yield from (f"note: {note}" for note in finding.notes)
    if finding.help:
        yield f"help: {finding.help}"
