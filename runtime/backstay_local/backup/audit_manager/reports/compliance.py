"""The rows of reports about frameworks: what their controls found last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import orjson

from backstay_aws import catalog
from backstay_local.backup.audit_manager import evaluations
from backstay_local.backup.audit_manager.deployment import DELETING
from backstay_local.backup.audit_manager.reports.render import Row
from backstay_local.backup.audit_manager.reports.subject import Subject
from backstay_local.backup.audit_manager.rows import Evaluation, Framework
from backstay_local.backup.rows import Json
from backstay_local.backup.state import State
from backstay_local.backup.times import iso


def refresh(state: State, frameworks: Sequence[Framework], at: datetime) -> None:
    """Evaluate what follows changes; the periodic controls keep what they found last, as on AWS."""
    for framework in frameworks:
        evaluations.evaluate(state, framework, at, ("change",))


def frameworks(state: State, subject: Subject, named: Sequence[str], account: str) -> list[Framework]:
    """The frameworks of a report: of its own account those that are named (none: all), of other accounts all."""
    table = state.tables.audits.frameworks
    own = [row for row in map(table.get, named) if row is not None]
    places = [place for place in subject.places() if not named or place[0] != account]
    found = [row for place in places for row in table.where("account = ? AND region = ?", *place)]
    return sorted(
        (row for row in [*own, *found] if row.deployment != DELETING),
        key=lambda row: (row.account, row.region, row.name),
    )


def controls(state: State, rows: Sequence[Framework]) -> Iterator[Row]:
    """The rows of CONTROL_COMPLIANCE_REPORT."""
    for framework, control, evaluation in _evaluated(state, rows):
        findings = evaluation.findings if evaluation else []
        counted = Counter(finding["status"] for finding in findings)
        known = catalog.control(control["ControlName"])
        periodic = known is not None and known.trigger == "periodic"
        yield {
            **_framework(framework, control),
            "controlComplianceStatus": evaluations.status(findings),
            "lastEvaluationTime": iso(evaluation.at) if evaluation else None,
            "numResourcesCompliant": counted["COMPLIANT"],
            "numResourcesNonCompliant": counted["NON_COMPLIANT"],
            **({"controlFrequency": state.settings.control_frequency} if periodic else {}),
            "controlScope": _scope(control.get("ControlScope")),
            "controlParameters": _parameters(control.get("ControlInputParameters") or ()),
        }


def resources(state: State, rows: Sequence[Framework]) -> Iterator[Row]:
    """The rows of RESOURCE_COMPLIANCE_REPORT."""
    for framework, control, evaluation in _evaluated(state, rows):
        for finding in evaluation.findings if evaluation else ():
            yield {
                **_framework(framework, control),
                "resourceId": f"{finding['type']}/{finding['id']}",
                "resourceType": finding["type"],
                "resourceComplianceStatus": finding["status"],
                "lastEvaluationTime": iso(evaluation.at) if evaluation else None,
            }


def _evaluated(state: State, rows: Sequence[Framework]) -> Iterator[tuple[Framework, Json, Evaluation | None]]:
    for framework in rows:
        found = evaluations.of(state, framework.arn)
        for number, control in enumerate(framework.controls):
            yield framework, control, found.get(number)


def _framework(framework: Framework, control: Json) -> Row:
    return {
        "accountId": framework.account,
        "region": framework.region,
        "frameworkName": framework.name,
        "frameworkDescription": framework.description or "",
        "controlName": control["ControlName"],
    }


def _scope(scope: Json | None) -> str:
    """A scope as AWS's sample has it: the text of an object of an SDK, with a comma too many."""
    if not scope:
        return ""
    lists = [f"{name}: [{', '.join(scope[name])}]," for name in _LISTS if scope.get(name) is not None]
    tags = scope.get("Tags")
    text = f"Tags: {{{', '.join(f'{key}={value}' for key, value in tags.items())}}}" if tags is not None else ""
    return f"{{{''.join([*lists, text])}}}"


_LISTS = ("ComplianceResourceIds", "ComplianceResourceTypes")


def _parameters(given: Sequence[Json]) -> str:
    """Parameters as JSON in a text."""
    if not given:
        return ""
    values = {one["ParameterName"]: one.get("ParameterValue") for one in given}
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
