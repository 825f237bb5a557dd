"""An audit in the AWS Security Finding Format, for Security Hub: one finding each, the ones that hold too.

A finding keeps its `Id`, so that one that was repaired is told to Security Hub as passed in the place of the failure.
What could not be judged is `NOT_AVAILABLE`: Security Hub's word for a check that could not be performed.
Source: Security Hub API reference, AwsSecurityFinding and Compliance, read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from backstay_agent.audit import control_facts
from backstay_agent.audit.control_facts import ControlFacts
from backstay_agent.audit.evaluate import EVERYTHING
from backstay_agent.audit.formats.limits import limit
from backstay_agent.audit.formats.resource_types import security_hub_type
from backstay_agent.audit.identity import key
from backstay_agent.audit.policy_lines import PolicyLines
from backstay_agent.audit.result import Result
from backstay_aws import arns
from backstay_contract.canonical import digest
from backstay_contract.findings import AuditFinding, Status
from backstay_formats.escape import brief, terminal

SCHEMA_VERSION = "2018-10-08"
_COMPLIANCE: dict[Status, str] = {"COMPLIANT": "PASSED", "NON_COMPLIANT": "FAILED", "UNKNOWN": "NOT_AVAILABLE"}
_SEVERITY: dict[Status, str] = {"COMPLIANT": "INFORMATIONAL", "NON_COMPLIANT": "MEDIUM", "UNKNOWN": "INFORMATIONAL"}
_TYPES = ("Software and Configuration Checks/AWS Security Best Practices",)
Json = dict[str, Any]


def render(result: Result) -> str:
    """The findings in one array; `aws securityhub batch-import-findings --findings` takes up to 100 of one account."""
    rows = [json.dumps(row, sort_keys=True, separators=(",", ":")) for row in findings(result)]
    return "[\n" + ",\n".join(rows) + "\n]\n" if rows else "[]\n"


def findings(result: Result, statuses: Sequence[Status] = tuple(_COMPLIANCE)) -> tuple[Json, ...]:
    """The findings of these statuses, by account and Region, then in the order of the report."""
    known = {control.name: control for control in control_facts.told(result.controls, result.parameters)}
    lines = PolicyLines(result.facts)
    at = stamp(result.facts.now)
    told = [one for one in result.report.findings if one.status in statuses]
    told.sort(key=lambda one: (one.account, one.region))
    return tuple(_finding(one, known[one.control], lines, at) for one in told)


def batches(rows: Sequence[Json]) -> Iterator[list[Json]]:
    """The findings in batches of one account and Region, none larger than Security Hub takes."""
    batch: list[Json] = []
    for row in rows:
        if batch and (len(batch) == limit("asff-batch") or row["ProductArn"] != batch[0]["ProductArn"]):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def stamp(moment: datetime) -> str:
    """A time as Security Hub writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def product(account: str, region: str) -> str:
    """The ARN under which an account imports findings of its own making."""
    partition = arns.partition_of(region)
    return f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"


def identity(finding: AuditFinding) -> str:
    """The name of a finding, the same in every audit."""
    return f"backstay/{finding.control}/{finding.account}/{finding.region}/{digest(key(finding)[3:])}"


def _finding(finding: AuditFinding, control: ControlFacts, lines: PolicyLines, at: str) -> Json:
    line = lines.of(finding)
    fields = {
        "backstay/control": control.name,
        "backstay/control-version": control.version,
        "backstay/status": finding.status,
        **({"backstay/policy": terminal(str(line))} if line else {}),
    }
    compliance: Json = {"Status": _COMPLIANCE[finding.status]}
    requirements = [clause.cited for clause in control.clauses][: limit("asff-requirements")]
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Id": identity(finding),
        "ProductArn": product(finding.account, finding.region),
        "ProductName": "Backstay",
        "CompanyName": "Backstay",
        "Region": finding.region,
        "GeneratorId": f"backstay/{control.name}",
        "AwsAccountId": finding.account,
        "Types": list(_TYPES),
        "CreatedAt": at,
        "UpdatedAt": at,
        "Severity": {"Label": _SEVERITY[finding.status]},
        "Title": brief(terminal(control.title), limit("asff-title")),
        "Description": brief(terminal(finding.reason) or "No reason was given.", limit("asff-description")),
        "Remediation": {"Recommendation": {"Text": brief(terminal(control.remedy), limit("asff-recommendation"))}},
        "ProductFields": fields,
        "Resources": [_resource(finding)],
        "Compliance": compliance | ({"RelatedRequirements": requirements} if requirements else {}),
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "RESOLVED" if finding.status == "COMPLIANT" else "NEW"},
    }


def _resource(finding: AuditFinding) -> Json:
    whole = finding.resource == EVERYTHING
    return {
        "Type": "AwsAccount" if whole else security_hub_type(finding.resource_type),
        "Id": f"AWS::::Account:{finding.account}" if whole else brief(terminal(finding.resource), 512),
        "Partition": arns.partition_of(finding.region),
        "Region": finding.region,
    }
