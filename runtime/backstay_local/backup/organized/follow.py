"""Makes the plans of member accounts what their effective backup policies say, where these have changed."""

from __future__ import annotations

import base64
import logging
import uuid
from dataclasses import replace
from datetime import datetime

from backstay_aws import arns
from backstay_aws import selection as aws
from backstay_local.backup import events, plans, rules, tags, tokens
from backstay_local.backup.organized import document
from backstay_local.backup.organized.document import Planned
from backstay_local.backup.organized.rows import Followed
from backstay_local.backup.rows import Plan, Selection
from backstay_local.backup.state import State

_log = logging.getLogger(__name__)


def follow(state: State, at: datetime) -> None:
    """Follow the effective policies of all accounts; only those whose policy is another than before are touched."""
    wanted, table = state.world.effective_policies(), state.tables.organized.followed
    known = {row.account: row for row in table.where("1 = 1")}
    for account in sorted(known.keys() | wanted.keys()):
        manager, text = wanted.get(account, ("", "{}"))
        before = known.get(account)
        if before is not None and (before.manager, before.document) == (manager, text):
            continue
        _follow(state, account, manager, text, at)
        if account in wanted:
            table.put(Followed(account, manager, text))
        else:
            table.remove(account)


def _follow(state: State, account: str, manager: str, text: str, at: datetime) -> None:
    wanted = {plan.id: plan for plan in document.planned(text, manager, account)}
    present = {
        plan.id: plan for plan in state.tables.plans.where("account = ? AND id LIKE ?", account, plans.MANAGED + "%")
    }
    for plan_id in sorted(present.keys() - wanted.keys()):
        if present[plan_id].deleted is None:
            _drop(state, present[plan_id], at)
    for plan_id in sorted(wanted):
        _bring(state, account, wanted[plan_id], present.get(plan_id), at)


def _drop(state: State, plan: Plan, at: datetime) -> None:
    """A plan that no policy says any more goes; its recovery points stay, and age as they were going to."""
    state.tables.selections.drop_where("plan_id = ?", plan.id)
    plans.end(state, plan, at)


def _bring(state: State, account: str, wanted: Planned, old: Plan | None, at: datetime) -> None:
    """Make or change one plan. One that AWS Backup cannot take is told, and stays as it was, or away."""
    digest = "orgs:" + tokens.digest_of([wanted.body, wanted.selections, wanted.tags])
    if old is not None and old.deleted is None and old.digest == digest:
        return
    wrong = _wrong(state, wanted)
    if wrong is not None:
        _log.warning("backup policy: plan %s in %s of %s: %s", wanted.id, wanted.region, account, wrong)
        details = {"backupPlanName": wanted.body["BackupPlanName"], "errorMessage": wrong}
        name = "InvalidOrganizationBackupPlan"
        state.trail.happened(account, wanted.region, name, wanted.id, details, at)
        return
    version = base64.b64encode(uuid.uuid3(uuid.NAMESPACE_OID, f"{digest}/{at.isoformat()}").hex.encode()).decode()
    partition = arns.partition_of(wanted.region)
    row = Plan(
        id=wanted.id,
        arn=f"arn:{partition}:backup:{wanted.region}:{account}:backup-plan:{wanted.id}",
        account=account,
        region=wanted.region,
        name=wanted.body["BackupPlanName"],
        token=None,
        created=at,
        version=version,
        body=wanted.body,
        digest=digest,
        last_run=old.last_run if old is not None else None,
    )
    if old is not None:
        plans.unschedule(state, old)
    plans.keep(state, row, at)
    _assign(state, row, wanted, at)
    tags.put(state, row.arn, wanted.tags)
    plans.schedule(state, row, at)
    events.plan(state, row, "CREATED" if old is None or old.deleted is not None else "MODIFIED", at)


def _assign(state: State, plan: Plan, wanted: Planned, at: datetime) -> None:
    """Give a plan the selections that it shall have; one that is as it was keeps its date."""
    table = state.tables.selections
    before = {row.id: row for row in table.where("plan_id = ?", plan.id)}
    for selection_id in sorted(before.keys() - {own for own, _ in wanted.selections}):
        table.remove(selection_id)
    for own, body in wanted.selections:
        name, role = body["SelectionName"], body["IamRoleArn"]
        row = Selection(own, plan.id, plan.account, plan.region, name, role, body, at)
        old = before.get(own)
        if old is None or replace(old, created=at) != row:
            table.put(row)


def _wrong(state: State, wanted: Planned) -> str | None:
    """Why AWS Backup does not take a plan that Organizations let pass."""
    problem = next(iter(rules.problems(wanted.body, name_length=state.settings.plan_name_length)), None)
    if problem is not None:
        return f"Error in rule {problem.rule} : {problem.reason}" if problem.rule else problem.reason
    found = (one for _, body in wanted.selections for one in aws.problems(body))
    first = next(found, None)
    return None if first is None else f"Invalid backup selection. {first.value}"
