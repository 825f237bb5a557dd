"""Audit Manager report plans. A build names frameworks and units; AWS wants their ARNs and ids, and gives them back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_agent import normal
from backstay_agent.observed import Part
from backstay_agent.parts import units
from backstay_agent.parts.listed import BUSY, GONE, Listing, read, tag
from backstay_agent.parts.noun import Body, Look, Noun, Reference, Task, Wish
from backstay_agent.parts.steps import Step, Steps

_MEMBERS = ("ReportPlanName", "ReportPlanDescription", "ReportDeliveryChannel", "ReportSetting")
_UNIT = re.compile(r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}")
# `framework/NAME-UUID` in AWS's samples, `framework:NAME-UUID` after the fashion of its other ARNs: both are read.
_FRAMEWORK = re.compile(
    r"arn:[^:]+:backup:[^:]+:[^:]*:framework[:/](?P<name>.+?)(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?"
)


def _body(answer: Body) -> Body:
    members = {name: answer.get(name) or None for name in _MEMBERS}
    setting = dict(members["ReportSetting"] or {})
    setting.pop("NumberOfFrameworks", None)
    arns = setting.pop("FrameworkArns", None)
    if arns:
        setting["FrameworkNames"] = [_name(arn) for arn in arns]
    channel = {"Formats": ["CSV"], **normal.settled(members["ReportDeliveryChannel"] or {})}
    body: Body = normal.settled({**members, "ReportSetting": setting, "ReportDeliveryChannel": channel})
    return body


def _name(arn: str) -> str:
    found = _FRAMEWORK.fullmatch(arn)
    return found["name"] if found else arn


def _wishes(shape: Body) -> Iterator[Wish]:
    for one in shape.get("report_plans", ()):
        yield Wish("report-plan", one["ReportPlanName"], _body(one), one.get("ReportPlanTags", {}))


_WAY = Listing(
    "ListReportPlans",
    "ReportPlans",
    "ReportPlanName",
    "ReportPlanArn",
    "DescribeReportPlan",
    _body,
    inside="ReportPlan",
    state="DeploymentStatus",
)


def _read(look: Look) -> Steps[list[Part]]:
    found = yield from read("report-plan", _WAY, look)
    paths = {path for wish in look.wishes.values() for path in _paths(wish.body)}
    if not paths:
        return found
    known = {number: path for path, number in (yield from units.ids(paths)).items() if number is not None}
    return [_with_paths(part, known) for part in found]


def _with_paths(part: Part, known: Mapping[str, str]) -> Part:
    setting = part.body.get("ReportSetting", {})
    if "OrganizationUnits" not in setting:
        return part
    paths = sorted(known.get(unit, unit) for unit in setting["OrganizationUnits"])
    body = {**part.body, "ReportSetting": {**setting, "OrganizationUnits": paths}}
    return Part(part.noun, part.name, part.key, body, part.tags, part.kept, part.leaving)


def _paths(body: Body) -> list[str]:
    return [unit for unit in body["ReportSetting"].get("OrganizationUnits", ()) if not _UNIT.fullmatch(unit)]


def _setting(body: Body) -> Steps[dict[str, Any]]:
    """The setting as AWS takes it: ARNs for the names of frameworks, ids for the paths of units."""
    setting = dict(body["ReportSetting"])
    names = setting.pop("FrameworkNames", ())
    arns = []
    for name in names:
        if name.startswith("arn:"):
            arns.append(name)
            continue
        answer = yield Step("DescribeFramework", {"FrameworkName": name})
        arns.append(str(answer["FrameworkArn"]))
    if arns:
        setting["FrameworkArns"] = arns
    if _paths(body):
        known = yield from units.ids(_paths(body))
        setting["OrganizationUnits"] = [known.get(unit) or unit for unit in setting["OrganizationUnits"]]
    return setting


def _create(task: Task) -> Steps[None]:
    setting = yield from _setting(task.body)
    given = {**task.body, "ReportSetting": setting, "ReportPlanTags": task.tags, "IdempotencyToken": task.token}
    yield Step("CreateReportPlan", given)


def _update(task: Task) -> Steps[None]:
    yield from tag(task.key, task.tags)
    if task.body != task.before:
        setting = yield from _setting(task.body)
        yield Step("UpdateReportPlan", {**task.body, "ReportSetting": setting}, busy=BUSY)


def _delete(task: Task) -> Steps[None]:
    yield Step("DeleteReportPlan", {"ReportPlanName": task.name}, fine=GONE, busy=BUSY)


def _rests_on(body: Body) -> Iterator[Reference]:
    for name in body.get("ReportSetting", {}).get("FrameworkNames", ()):
        yield "framework", name


NOUN = Noun(
    "report-plan",
    "report_plans",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    unsaid=("ReportPlanDescription",),
    phase="selections",
    rests_on=_rests_on,
    index="backup:report-plan",
)
