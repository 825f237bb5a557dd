"""An audit as SARIF 2.1.0: one result for each control and line of the policy, since code scanning reads lines.

What could not be judged is of kind `open`: evaluated, and too little known to decide (SARIF 2.1.0, 3.27.9, read
2026-11). What holds is no result: GitHub and GitLab would show it as a problem.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from backstay_agent.audit import control_facts
from backstay_agent.audit.control_facts import ControlFacts
from backstay_agent.audit.formats.limits import limit
from backstay_agent.audit.policy_lines import PolicyLine, PolicyLines
from backstay_agent.audit.result import Result
from backstay_agent.audit.tally import names
from backstay_contract.canonical import digest
from backstay_contract.findings import AuditFinding, Status
from backstay_formats.escape import brief, terminal
from backstay_formats.root import NOWHERE
from backstay_formats.sarif import SCHEMA
from backstay_formats.sarif_text import NAME, described, explained, message

_FINGERPRINT = "backstayAudit/v1"
_BASE = "%SRCROOT%"
_EXAMPLES = 3
_NO_LINE = PolicyLine(NOWHERE.path, NOWHERE.line, "")
_ORDER: tuple[Status, ...] = ("NON_COMPLIANT", "UNKNOWN")


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings of one status of a control that one line of the policy answers for."""

    control: ControlFacts
    status: Status
    line: PolicyLine
    findings: tuple[AuditFinding, ...]
    asked: int


def render(result: Result, *, version: str = "", folder: str = "") -> str:
    """One run. `folder` is where the policies lie, from the root of the repository; paths are told from there."""
    told = control_facts.told(result.controls, result.parameters)
    places = {control.name: number for number, control in enumerate(told)}
    groups = sorted(_groups(result, told), key=lambda it: (_ORDER.index(it.status), -len(it.findings)))
    shown = groups[: limit("sarif-results")]
    called = names(result.facts)
    run: dict[str, Any] = {
        "tool": {"driver": _driver(told, version)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the repository."}}},
        "automationDetails": {"id": f"backstay-audit/{terminal(result.facts.organization)}/"},
        "invocations": [_invocation(result, len(groups), len(shown))],
        "results": [_result(group, places[group.control.name], called, folder) for group in shown],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, sort_keys=True) + "\n"


def _groups(result: Result, told: Sequence[ControlFacts]) -> Iterator[_Group]:
    lines = PolicyLines(result.facts)
    found: dict[tuple[str, Status, PolicyLine], list[AuditFinding]] = {}
    asked: Counter[tuple[str, PolicyLine]] = Counter()
    for finding in result.report.findings:
        line = lines.of(finding) or _NO_LINE
        asked[finding.control, line] += 1
        if finding.status != "COMPLIANT":
            found.setdefault((finding.control, finding.status, line), []).append(finding)
    known = {control.name: control for control in told}
    for (name, status, line), findings in found.items():
        yield _Group(known[name], status, line, tuple(findings), asked[name, line])


def _driver(told: Sequence[ControlFacts], version: str) -> dict[str, Any]:
    driver: dict[str, Any] = {
        "name": "Backstay audit",
        "informationUri": "https://pypi.org/project/backstay/",
        "rules": [_rule(control) for control in told],
    }
    return driver | ({"version": version} if version else {})


def _rule(control: ControlFacts) -> dict[str, Any]:
    clauses = [f"{clause.cited}: {clause.title}" for clause in control.clauses]
    bears = [f"Bears on (for orientation, no legal advice): {'; '.join(clauses)}."] if clauses else []
    return {
        "id": control.name,
        "name": brief(terminal(control.short), NAME),
        "shortDescription": described(control.title),
        "fullDescription": described(f"Asked of each {control.kind}: {control.title}"),
        "help": explained([control.remedy, *bears]),
        "defaultConfiguration": {"level": "warning"},
        "properties": {
            "tags": ["aws-backup", *(clause.cited for clause in control.clauses)][: limit("sarif-tags")],
            "clauses": [clause.cited for clause in control.clauses],
            "parameters": control_facts.plain(control.parameters),
            "version": control.version,
        },
    }


def _invocation(result: Result, found: int, shown: int) -> dict[str, Any]:
    summary = result.report.summary
    notes = [
        f"{unread.account} could not be read{f' in {unread.region}' if unread.region else ''}: {unread.error}"
        for unread in result.facts.unread
    ]
    if shown < found:
        notes.append(f"Found {found:,} groups of findings; only the {shown:,} largest are told, GitHub takes no more.")
    if shown > limit("sarif-shown"):
        notes.append(f"{shown:,} results; GitHub stores only {limit('sarif-shown'):,} of them.")
    return {
        "executionSuccessful": True,
        "startTimeUtc": summary.started.replace("+00:00", "Z"),
        "endTimeUtc": summary.ended.replace("+00:00", "Z"),
        "toolExecutionNotifications": [
            {"level": "warning", "message": message([note]), "descriptor": {"id": "incomplete"}} for note in notes
        ],
        "properties": {
            "accounts": summary.accounts,
            "resources": summary.resources,
            "compliant": summary.compliant,
            "nonCompliant": summary.non_compliant,
            "unknown": summary.unknown,
        },
    }


def _result(group: _Group, index: int, called: Mapping[str, str], folder: str) -> dict[str, Any]:
    line, status = group.line, group.status
    accounts = Counter(finding.account for finding in group.findings)
    key = [group.control.name, status, line.path, line.what]
    return {
        "ruleId": group.control.name,
        "ruleIndex": index,
        "kind": "fail" if status == "NON_COMPLIANT" else "open",
        "level": "warning" if status == "NON_COMPLIANT" else "none",
        "message": message(_sentences(group, accounts, called)),
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(line, folder), "uriBaseId": _BASE},
                    "region": {"startLine": line.line, "startColumn": 1},
                }
            }
        ],
        "partialFingerprints": {_FINGERPRINT: digest([terminal(part) for part in key])},
        "properties": {"status": status, "findings": len(group.findings), "accounts": len(accounts)},
    }


def _uri(line: PolicyLine, folder: str) -> str:
    path = f"{folder}/{line.path}" if folder and line != _NO_LINE else line.path
    return quote(path.encode("utf-8", "surrogatepass"))


def _sentences(group: _Group, accounts: Mapping[str, int], called: Mapping[str, str]) -> Iterator[str]:
    count, where = len(group.findings), f"{len(accounts)} account{'' if len(accounts) == 1 else 's'}"
    what = f" by {group.line.what}" if group.line.what else ""
    if group.status == "UNKNOWN":
        yield f"Could not be judged, {count:,} of {group.asked:,} in {where}{what}: {group.control.title}."
    else:
        yield f"Not met, {count:,} of {group.asked:,} in {where}{what}: {group.control.title}."
    worst = sorted(accounts.items(), key=lambda item: (-item[1], item[0]))[:_EXAMPLES]
    more = f" and {len(accounts) - _EXAMPLES} more" if len(accounts) > _EXAMPLES else ""
    yield f"Accounts: {', '.join(f'{called.get(account, account)} {number}' for account, number in worst)}{more}."
    for finding in group.findings[:_EXAMPLES]:
        yield f"{finding.resource} in {finding.region}: {finding.reason}"
    if group.status == "NON_COMPLIANT":
        yield f"help: {group.control.remedy}"
