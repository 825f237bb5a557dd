"""What a plan takes of a composite resource: nested resources that a selection bars are left out.

Source: developer guide "CloudFormation stack backups" (FAQ: `NotResources` and `StringNotLike` exclude resources of a
stack; resources of a stack are taken even if their service is not opted in), read 2026-11.
"""

from __future__ import annotations

from dataclasses import replace

from backstay_aws import selection as aws
from backstay_local.backup import selections
from backstay_local.backup.composite import parts
from backstay_local.backup.composite.parts import Part, Parts
from backstay_local.backup.rows import BackupJob, Json, Plan, Selection
from backstay_local.backup.state import State
from backstay_local.data import Resource


def by_selection(state: State, selection: Selection, resource: Resource) -> Parts:
    """The parts of a composite resource that a selection takes together with it."""
    found = parts.of(state, resource)
    return replace(found, parts=(found.parts[0], *(one for one in found.parts[1:] if _takes(state, selection, one))))


def by_job(state: State, job: BackupJob, resource: Resource) -> Parts:
    """The parts of a composite resource that a job backs up."""
    for selection in selections.of_plan(state, (job.created_by or {}).get("BackupPlanId", "")):
        if any(one.arn == resource.arn for one in selections.taken(state, selection)):
            return by_selection(state, selection, resource)
    return parts.of(state, resource)


def rule_of(state: State, job: BackupJob) -> tuple[Plan, Json] | None:
    """The plan and the rule that made a job, as they are now; None when a person made it, or they are gone."""
    by = job.created_by or {}
    plan = state.tables.plans.get(by.get("BackupPlanId"))
    if plan is None or plan.deleted is not None:
        return None
    return next(((plan, rule) for rule in plan.body["Rules"] if rule["RuleId"] == by["BackupRuleId"]), None)


def _takes(state: State, selection: Selection, part: Part) -> bool:
    """Whether nothing in a selection bars a nested resource; nothing needs to name it."""
    wanted = selections.read(selection)
    barring = aws.Selection(
        resources=("*",),
        not_resources=wanted.not_resources,
        string_not_equals=wanted.string_not_equals,
        string_not_like=wanted.string_not_like,
    )
    return aws.matches(
        barring,
        arn=part.resource.arn,
        resource_type=part.resource.type,
        tags=part.resource.tags,
        opted_in=lambda _: True,
        absent_matches_not=state.settings.absent_matches_not,
    )
