"""An audit as JUnit XML: a suite a control, a case a finding; what nobody can judge is skipped, not passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from backstay_contract.findings import AuditFinding, AuditReport
from backstay_formats.escape import xml


def render(report: AuditReport) -> str:
    """The suites. An audit that found nothing to judge holds one case that was skipped."""
    by_control: dict[str, list[AuditFinding]] = {}
    for finding in report.findings:
        by_control.setdefault(finding.control, []).append(finding)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="backstay audit" {_counts(report.findings)}>']
    for control, findings in by_control.items():
        lines.append(f'  <testsuite name="{xml(control)}" {_counts(findings)}>')
        lines += [line for finding in findings for line in _case(finding)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, *_nothing(report), "</testsuites>", ""])


def _nothing(report: AuditReport) -> list[str]:
    if report.findings:
        return []
    return [
        '  <testsuite name="backstay audit" tests="1" failures="0" errors="0" skipped="1">',
        '    <testcase classname="backstay" name="nothing to judge" time="0"><skipped/></testcase>',
        "  </testsuite>",
    ]


def _counts(findings: Sequence[AuditFinding]) -> str:
    count = Counter(finding.status for finding in findings)
    tests, skipped = (len(findings), count["UNKNOWN"]) if findings else (1, 1)
    return f'tests="{tests}" failures="{count["NON_COMPLIANT"]}" errors="0" skipped="{skipped}"'


def _case(finding: AuditFinding) -> Iterator[str]:
    name = xml(f"{finding.account} {finding.region} {finding.resource}")
    head = f'    <testcase classname="{xml(finding.control)}" name="{name}" time="0">'
    match finding.status:
        case "COMPLIANT":
            yield f"{head[:-1]}/>"
        case "UNKNOWN":
            yield f'{head}<skipped message="{xml(finding.reason)}"/></testcase>'
        case "NON_COMPLIANT":
            told = xml(finding.help or finding.reason)
            yield f'{head}<failure type="NON_COMPLIANT" message="{xml(finding.reason)}">{told}</failure></testcase>'
