"""Plans as JSON text: read, written, and the ready-made ones."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from backstay_local.backup import errors, plan_documents, plans, rules
from backstay_local.backup.rows import Json
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing
from backstay_local.wire.model import operations
from backstay_local.wire.read import document


def _rule(name: str, schedule: str, keep: int, cold: int | None = None) -> Json:
    lifecycle = {"DeleteAfterDays": keep} | ({"MoveToColdStorageAfterDays": cold} if cold else {})
    return {
        "RuleName": name,
        "TargetBackupVaultName": "Default",
        "ScheduleExpression": schedule,
        "Lifecycle": lifecycle,
    }


def _monthly(keep: int, cold: int) -> Json:
    return _rule("MonthlyBackups", "cron(0 5 1 * ? *)", keep, cold)


_ID = "87c0c1ef-254d-4180-8fef-2e76a2c38aa"
_DAILY = _rule("DailyBackups", "cron(0 5 ? * * *)", 35)
_WEEKLY = _rule("WeeklyBackups", "cron(0 5 ? * 7 *)", 90)
TEMPLATES = MappingProxyType(
    {
        # Those of the console. The first id stands in the AWS CLI Command Reference (get-backup-plan-from-template),
        # the second in part in the sample of an Ansible module (backup_info); the others go on from there. Names and
        # rules are those of plans that were made from them in public; how long the last keeps follows from its name.
        f"{_ID}a": ("Daily-35day-Retention", [_DAILY]),
        f"{_ID}b": ("Daily-Monthly-1yr-Retention", [_DAILY, _monthly(365, 30)]),
        f"{_ID}c": ("Daily-Weekly-Monthly-5yr-Retention", [_DAILY, _WEEKLY, _monthly(1825, 90)]),
        f"{_ID}d": ("Daily-Weekly-Monthly-7yr-Retention", [_DAILY, _WEEKLY, _monthly(2555, 90)]),
    }
)
"""Ready-made plans by id: name and rules."""


def _list(_state: State, call: Call, _params: Facts) -> Listing:
    rows = (
        (key, {"BackupPlanTemplateId": key, "BackupPlanTemplateName": name})
        for key, (name, _) in sorted(TEMPLATES.items())
        if call.after is None or key > call.after
    )
    return Listing("BackupPlanTemplatesList", rows)


def _from_template(_state: State, _call: Call, params: Facts) -> Facts:
    found = TEMPLATES.get(params["BackupPlanTemplateId"])
    if found is None:
        raise errors.not_found(f"Cannot find backup plan template {params['BackupPlanTemplateId']}")
    name, own = found
    return {"BackupPlanDocument": _stored({"BackupPlanName": name, "Rules": own})}


def _from_json(state: State, call: Call, params: Facts) -> Facts:
    try:
        plan = json.loads(params["BackupPlanTemplateJson"])
    except ValueError as error:
        raise errors.invalid(f"BackupPlanTemplateJson is not JSON: {error}") from error
    if isinstance(plan, dict) and set(plan) == {"BackupPlan"}:
        plan = plan["BackupPlan"]
    plan = document(operations("backup")[call.operation], "BackupPlan", plan)
    plan_documents.check(state, call, plan)
    return {"BackupPlan": _stored(plan)}


def _stored(plan: dict[str, Any]) -> Json:
    """A plan with the defaults spelt out; its rules get no ids before it is created, but keep those that they have."""
    own = [rules.completed(rule, str(rule.get("RuleId") or "")) for rule in plan["Rules"]]
    for rule in own:
        if not rule["RuleId"]:
            del rule["RuleId"]
    return plan | {"Rules": own}


def _export(state: State, call: Call, params: Facts) -> Facts:
    body = plans.need(state, call, params["BackupPlanId"]).body
    without = [{name: value for name, value in rule.items() if name != "RuleId"} for rule in body["Rules"]]
    return {"BackupPlanTemplateJson": json.dumps(body | {"Rules": without}, sort_keys=True)}


OPERATIONS: Operations = {
    "ListBackupPlanTemplates": _list,
    "GetBackupPlanFromTemplate": _from_template,
    "GetBackupPlanFromJSON": _from_json,
    "ExportBackupPlanTemplate": _export,
}
