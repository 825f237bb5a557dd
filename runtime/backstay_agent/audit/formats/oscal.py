"""An audit as OSCAL assessment results (1.1.2 and later): observations by control, account and Region, and findings.

OSCAL knows a target as satisfied or not-satisfied and nothing between (finding target status, read 2026-11). So a
control of which something could not be judged gets no finding, unless it failed elsewhere: its observations stand alone
and say UNKNOWN. All UUIDs are of version 5, made of what they name: the same audit gives the same bytes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from backstay_agent.audit import clauses, control_facts
from backstay_agent.audit.control_facts import ControlFacts
from backstay_agent.audit.policy_lines import PolicyLines
from backstay_agent.audit.result import Result
from backstay_agent.audit.tally import names
from backstay_contract.findings import AuditFinding, Status
from backstay_formats.escape import terminal

OSCAL_VERSION = "1.1.2"
NAMESPACE = uuid.UUID("5f3f7a0e-6a0c-5d7b-9c39-2f5d0b1f6a11")
"""What the UUIDs of documents are made in; a constant of ours."""
_NS = "urn:backstay:oscal"
_CATALOG = "NIST-800-53"
Json = dict[str, Any]


class _Names:
    """Makes the UUIDs of one document: of the audit's organization and time, and of what is named."""

    def __init__(self, result: Result) -> None:
        self._space = uuid.uuid5(NAMESPACE, f"{result.facts.organization} {result.report.summary.started}")

    def __call__(self, *parts: str) -> str:
        return str(uuid.uuid5(self._space, json.dumps(parts)))


def render(result: Result, *, version: str = "") -> str:
    """The document."""
    name, told = _Names(result), control_facts.told(result.controls, result.parameters)
    summary = result.report.summary
    observations = _observations(result, told, name)
    run = {
        "uuid": name("result"),
        "title": f"Backup audit of {terminal(result.facts.organization)}",
        "description": "Controls put to the backup plans, vaults, recovery points and resources of the organization.",
        "start": summary.started,
        "end": summary.ended,
        "props": [_prop(key, str(getattr(summary, key.replace("-", "_")))) for key in _COUNTS],
        "local-definitions": {"components": [_tool(name, version), *_accounts(result, name)]},
        "reviewed-controls": _reviewed(told),
        "observations": [row for _, row in observations],
        "findings": _findings(told, observations, name),
    }
    document = {
        "uuid": name("document"),
        "metadata": {
            "title": f"Backup audit of {terminal(result.facts.organization)}, {summary.started}",
            "last-modified": summary.ended,
            "version": summary.started,
            "oscal-version": OSCAL_VERSION,
            "remarks": "Clauses are named for orientation; this is no legal advice.",
        },
        "import-ap": {"href": "#" + name("plan")},
        "results": [{key: value for key, value in run.items() if value != []}],
        "back-matter": {"resources": [_plan(name)]},
    }
    return json.dumps({"assessment-results": document}, indent=2, sort_keys=True) + "\n"


_COUNTS = ("accounts", "resources", "controls", "compliant", "non-compliant", "unknown")


def _plan(name: _Names) -> Json:
    text = "The controls with their parameters, as this document names them, put to everything in the organization."
    return {"uuid": name("plan"), "title": "Assessment plan", "description": text}


def _tool(name: _Names, version: str) -> Json:
    tool = {
        "uuid": name("tool"),
        "type": "software",
        "title": "Backstay audit",
        "description": "The tool that read the organization and put the controls to it.",
        "status": {"state": "operational"},
    }
    return tool | ({"props": [{"name": "version", "value": version}]} if version else {})


def _accounts(result: Result, name: _Names) -> list[Json]:
    return [
        {
            "uuid": name("account", member.id),
            "type": "service",
            "title": terminal(f"{member.name} ({member.id})") or member.id,
            "description": f"An account of the organization, in unit {terminal(member.unit) or 'Root'}.",
            "status": {"state": "operational"},
        }
        for member in sorted(result.facts.members, key=lambda member: member.id)
    ]


def _reviewed(told: Sequence[ControlFacts]) -> Json:
    ids = sorted({_control_id(clause.id) for one in told for clause in one.clauses if clause.text == _CATALOG})
    text = next(text for text in clauses.texts() if text.name == _CATALOG)
    included: Json = {"include-controls": [{"control-id": one} for one in ids]} if ids else {"include-all": {}}
    return {
        "description": f"{text.title} {text.version}, as far as backup bears on it. For orientation, no legal advice.",
        "control-selections": [included],
    }


def _control_id(cited: str) -> str:
    """A control of NIST as its OSCAL catalogue spells it: `CP-9(1)` is `cp-9.1`."""
    return cited.lower().replace("(", ".").replace(")", "")


Key = tuple[str, Status, str, str]


def _observations(result: Result, told: Sequence[ControlFacts], name: _Names) -> list[tuple[Key, Json]]:
    groups: dict[Key, list[AuditFinding]] = {}
    for one in result.report.findings:
        groups.setdefault((one.control, one.status, one.account, one.region), []).append(one)
    known, called = {one.name: one for one in told}, names(result.facts)
    lines, at = PolicyLines(result.facts), result.report.summary.ended
    rows = []
    for key, findings in groups.items():
        control, status, account, region = key
        count = f"{len(findings):,} {status}"
        row: Json = {
            "uuid": name("observation", *key),
            "title": terminal(f"{known[control].title}: {count} in {called.get(account, account)}, {region}"),
            "description": f"{count} of control {control} in account {account}, Region {region}.",
            "props": [_prop("status", status), _prop("count", str(len(findings))), _prop("control", control)],
            "methods": ["TEST"],
            "subjects": [{"subject-uuid": name("account", account), "type": "component"}],
            "collected": at,
        }
        if status != "COMPLIANT":
            row["relevant-evidence"] = [_evidence(one, lines) for one in findings]
        rows.append((key, row))
    return rows


def _evidence(finding: AuditFinding, lines: PolicyLines) -> Json:
    line = lines.of(finding)
    row: Json = {"description": terminal(f"{finding.resource} ({finding.resource_type}): {finding.reason}")}
    return row | ({"remarks": f"Policy: {terminal(str(line))}"} if line else {})


def _findings(told: Sequence[ControlFacts], observations: Sequence[tuple[Key, Json]], name: _Names) -> list[Json]:
    rows = []
    for control in told:
        own = [(key, row) for key, row in observations if key[0] == control.name]
        statuses = {key[1] for key, _ in own}
        failed = "NON_COMPLIANT" in statuses
        if not own or ("UNKNOWN" in statuses and not failed):
            continue
        state = {"state": "not-satisfied", "reason": "fail"} if failed else {"state": "satisfied", "reason": "pass"}
        related = [row["uuid"] for key, row in own if not failed or key[1] == "NON_COMPLIANT"]
        rows.append(
            {
                "uuid": name("finding", control.name),
                "title": terminal(control.title),
                "description": terminal(control.remedy) if failed else f"The control holds: {terminal(control.title)}.",
                "props": [
                    _prop("control-version", control.version),
                    *(_prop("clause", clause.cited) for clause in control.clauses),
                ],
                "target": {"type": "objective-id", "target-id": control.name, "status": state},
                "related-observations": [{"observation-uuid": one} for one in related],
            }
        )
    return rows


def _prop(name: str, value: str) -> Json:
    return {"name": name, "ns": _NS, "value": value}
