"""An audit as OCSF Compliance Findings (class 2003, version 1.4.0, profile cloud), one event a line in a JSON array.

What could not be judged has the status Unknown, which is OCSF's own word (status_id 0).
Source: schema.ocsf.io/1.4.0/classes/compliance_finding, read 2026-11.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from backstay_agent.audit import control_facts
from backstay_agent.audit.control_facts import ControlFacts
from backstay_agent.audit.evaluate import EVERYTHING
from backstay_agent.audit.formats.asff import identity
from backstay_agent.audit.policy_lines import PolicyLines
from backstay_agent.audit.result import Result
from backstay_agent.audit.tally import names
from backstay_aws import arns
from backstay_contract.findings import AuditFinding, Status
from backstay_formats.escape import terminal

VERSION = "1.4.0"
_STATUS: dict[Status, tuple[int, str]] = {
    "UNKNOWN": (0, "Unknown"),
    "COMPLIANT": (1, "Pass"),
    "NON_COMPLIANT": (3, "Fail"),
}
_SEVERITY: dict[Status, tuple[int, str]] = {
    "UNKNOWN": (0, "Unknown"),
    "COMPLIANT": (1, "Informational"),
    "NON_COMPLIANT": (3, "Medium"),
}
_LIFE: dict[Status, tuple[int, str]] = {
    "UNKNOWN": (0, "Unknown"),
    "COMPLIANT": (4, "Resolved"),
    "NON_COMPLIANT": (1, "New"),
}
Json = dict[str, Any]


def render(result: Result, *, version: str = "") -> str:
    """The events in the order of the report."""
    events = [json.dumps(event, sort_keys=True, separators=(",", ":")) for event in _events(result, version)]
    return "[\n" + ",\n".join(events) + "\n]\n" if events else "[]\n"


def _events(result: Result, version: str) -> list[Json]:
    known = {control.name: control for control in control_facts.told(result.controls, result.parameters)}
    lines, called = PolicyLines(result.facts), names(result.facts)
    return [
        _event(one, known[one.control], lines, called.get(one.account, one.account), result, version)
        for one in result.report.findings
    ]


def _event(
    finding: AuditFinding, control: ControlFacts, lines: PolicyLines, name: str, result: Result, version: str
) -> Json:
    severity_id, severity = _SEVERITY[finding.status]
    life_id, life = _LIFE[finding.status]
    at = _milliseconds(result.facts.now)
    line = lines.of(finding)
    product: Json = {"name": "Backstay", "vendor_name": "Backstay"}
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "severity_id": severity_id,
        "severity": severity,
        "status_id": life_id,
        "status": life,
        "time": at,
        "message": terminal(finding.reason),
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "product": product | ({"version": version} if version else {}),
        },
        "finding_info": {
            "uid": identity(finding),
            "title": terminal(control.title),
            "desc": terminal(finding.reason),
            "created_time": at,
            "types": [f"backstay/{control.kind}"],
        },
        "compliance": _compliance(finding.status, control),
        "resources": [_resource(finding)],
        "cloud": {
            "provider": "AWS",
            "region": finding.region,
            "account": {"uid": finding.account, "name": terminal(name), "type_id": 10, "type": "AWS Account"},
            "org": {"uid": terminal(result.facts.organization)},
        },
        "remediation": {"desc": terminal(control.remedy)},
        "unmapped": {"control_version": control.version} | ({"policy": terminal(str(line))} if line else {}),
    }


def _compliance(status: Status, control: ControlFacts) -> Json:
    status_id, caption = _STATUS[status]
    return {
        "control": control.name,
        "requirements": [clause.cited for clause in control.clauses],
        "standards": sorted({clause.text for clause in control.clauses}) or ["Backstay"],
        "status_id": status_id,
        "status": caption,
        "status_code": status,
    }


def _resource(finding: AuditFinding) -> Json:
    whole = finding.resource == EVERYTHING
    return {
        "uid": finding.account if whole else terminal(finding.resource),
        "type": finding.resource_type,
        "region": finding.region,
        "cloud_partition": arns.partition_of(finding.region),
    }


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
