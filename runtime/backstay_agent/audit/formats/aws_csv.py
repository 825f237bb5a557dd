"""An audit as CSV in the columns of AWS's own compliance reports, so that what reads those reads this.

Columns: Backup developer guide, "Choosing your report template", RESOURCE_COMPLIANCE_REPORT and
CONTROL_COMPLIANCE_REPORT, read 2026-11. What could not be judged is INSUFFICIENT_DATA, AWS Config's word for it.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from backstay_agent.audit import control_facts
from backstay_agent.audit.control_facts import ControlFacts
from backstay_agent.audit.formats.csv import cell
from backstay_agent.audit.result import Result
from backstay_contract.findings import Status

FRAMEWORK = "backstay"
_RESOURCE = (
    "accountId", "region", "frameworkName", "frameworkDescription", "controlName", "resourceId", "resourceType",
    "resourceComplianceStatus", "lastEvaluationTime",
)  # fmt: skip
_CONTROL = (
    "accountId", "region", "frameworkName", "frameworkDescription", "controlName", "controlComplianceStatus",
    "lastEvaluationTime", "numResourcesCompliant", "numResourcesNonCompliant", "controlFrequency", "controlScope",
    "controlParameters",
)  # fmt: skip
_STATUS: Mapping[Status, str] = {
    "COMPLIANT": "COMPLIANT",
    "NON_COMPLIANT": "NON_COMPLIANT",
    "UNKNOWN": "INSUFFICIENT_DATA",
}


def resources(result: Result) -> str:
    """RESOURCE_COMPLIANCE_REPORT: a row a finding. `frameworkDescription` is the control's title."""
    known = {one.name: one for one in control_facts.told(result.controls, result.parameters)}
    at = _stamp(result.facts.now)
    return _written(
        _RESOURCE,
        (
            [*_framework(one.account, one.region, known[one.control]), one.resource, one.resource_type,
             _STATUS[one.status], at]
            for one in result.report.findings
        ),
    )  # fmt: skip


def controls(result: Result) -> str:
    """CONTROL_COMPLIANCE_REPORT: a row for each control, account and Region in which it was put to something."""
    return _written(_CONTROL, _control_rows(result))


def _control_rows(result: Result) -> Iterator[list[str]]:
    count = Counter((one.control, one.account, one.region, one.status) for one in result.report.findings)
    places = dict.fromkeys((one.control, one.account, one.region) for one in result.report.findings)
    known = {one.name: one for one in control_facts.told(result.controls, result.parameters)}
    for name, account, region in places:
        good, bad, open_ = (count[name, account, region, status] for status in _STATUS)
        status: Status = "NON_COMPLIANT" if bad else "UNKNOWN" if open_ or not good else "COMPLIANT"
        parameters = control_facts.plain(known[name].parameters)
        yield [
            *_framework(account, region, known[name]), _STATUS[status], _stamp(result.facts.now), str(good), str(bad),
            "", "", json.dumps(parameters, sort_keys=True) if parameters else "",
        ]  # fmt: skip


def _framework(account: str, region: str, control: ControlFacts) -> list[str]:
    return [account, region, FRAMEWORK, control.title, control.name]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _written(columns: Iterable[str], rows: Iterable[list[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
