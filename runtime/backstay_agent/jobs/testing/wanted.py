"""The restore tests of a build: every selection of a restore testing plan, with what its plan says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay_aws.selection import TAG_PREFIX

Pair = tuple[str, str]
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Selection:
    """One selection of a restore testing plan. `arns` is empty where conditions decide; conditions are key and value,
    the keys without `aws:ResourceTag/`."""

    plan: str
    name: str
    type: str
    role: str
    newest: bool
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset({"SNAPSHOT", "CONTINUOUS"})
    window_days: int = 30
    arns: frozenset[str] = frozenset()
    equals: tuple[Pair, ...] = ()
    differs: tuple[Pair, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)


def selections(shape: Mapping[str, Any]) -> tuple[Selection, ...]:
    """Every test that a shape's document describes, by plan and selection."""
    plans = {
        body["RestoreTestingPlan"]["RestoreTestingPlanName"]: body["RestoreTestingPlan"]
        for body in shape.get("restore_testing_plans", ())
    }
    found = (
        _test(plans[body["RestoreTestingPlanName"]], body["RestoreTestingSelection"])
        for body in shape.get("restore_testing_selections", ())
        if body["RestoreTestingPlanName"] in plans
    )
    return tuple(sorted(found, key=lambda test: (test.plan, test.name)))


def _test(plan: Mapping[str, Any], selection: Mapping[str, Any]) -> Selection:
    points = plan["RecoveryPointSelection"]
    conditions = selection.get("ProtectedResourceConditions") or {}
    return Selection(
        plan["RestoreTestingPlanName"],
        selection["RestoreTestingSelectionName"],
        selection["ProtectedResourceType"],
        selection["IamRoleArn"],
        points["Algorithm"] == "LATEST_WITHIN_WINDOW",
        tuple(points["IncludeVaults"]),
        tuple(points.get("ExcludeVaults") or ()),
        frozenset(points["RecoveryPointTypes"]),
        int(points.get("SelectionWindowDays") or 30),
        frozenset(selection.get("ProtectedResourceArns") or ()) - {_EVERY},
        _pairs(conditions.get("StringEquals")),
        _pairs(conditions.get("StringNotEquals")),
        dict(selection.get("RestoreMetadataOverrides") or {}),
    )


def _pairs(given: Iterable[Mapping[str, str]] | None) -> tuple[Pair, ...]:
    return tuple((one["Key"].removeprefix(TAG_PREFIX), one["Value"]) for one in given or ())
