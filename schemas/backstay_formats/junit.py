"""Findings as JUnit XML: a test case for each finding; errors and warnings fail, advice is told and passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from backstay_contract.findings import Finding, LintSummary
from backstay_formats.escape import brief, xml
from backstay_formats.root import Root, nearest


def render(findings: Sequence[Finding], summary: LintSummary, *, root: Root | None = None) -> str:
    """One suite. Without a finding it holds one case that passed, since readers take an empty suite for a failure.

    Paths are told from the root (the repository's).
    """
    moved = (root or nearest()).moved(findings)
    failures = sum(finding.severity != "advice" for finding in findings)
    named = zip(moved, _names(moved), strict=True)
    cases = [line for finding, name in named for line in _case(finding, name)] or _clean(summary)
    head = f'name="backstay lint" tests="{max(1, len(findings))}" failures="{failures}" errors="0" skipped="0"'
    rows = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {head}>", f"  <testsuite {head}>"]
    return "\n".join([*rows, *cases, "  </testsuite>", "</testsuites>", ""])


def _clean(summary: LintSummary) -> list[str]:
    return [f'    <testcase classname="backstay" name="{summary.files} files have no findings" time="0"/>']


def _names(findings: Sequence[Finding]) -> Iterator[str]:
    """A name for each case, all different: readers keep one of several cases with one name."""
    seen: Counter[str] = Counter()
    for finding in findings:
        name = f"{finding.name} {finding.span or ''}".rstrip()
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def _case(finding: Finding, name: str) -> Iterator[str]:
    where = f' file="{xml(finding.span.path)}" line="{finding.span.line}"' if finding.span else ""
    yield f'    <testcase classname="backstay.{xml(finding.code)}" name="{xml(name)}"{where} time="0">'
    body = "\n".join(xml(brief(text)) for text in _sentences(finding))
    if finding.severity == "advice":
        yield f"      <system-out>{body}</system-out>"
    else:
        yield f'      <failure type="{finding.severity}" message="{xml(brief(finding.message))}">{body}</failure>'
    yield "    </testcase>"


def _sentences(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity}[{finding.name}]: {finding.message}"
    if finding.span:
        yield str(finding.span)
    yield from (f"note: {note}" for note in finding.notes)
    if finding.help:
        yield f"help: {finding.help}"
