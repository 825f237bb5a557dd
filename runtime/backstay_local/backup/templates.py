"""Plans as JSON text: read, written, and the ready-made ones."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from backstay_local.backup import errors, plans, rules
from backstay_local.backup.rows import Json
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

_KNOWN = frozenset({"BackupPlanName", "Rules", "AdvancedBackupSettings", "ScanSettings"})


def _rule(name: str, schedule: str, keep: int, cold: int | None = None) -> Json:
    lifecycle = {"DeleteAfterDays": keep} | ({"MoveToColdStorageAfterDays": cold} if cold else {})
    return {
        "RuleName": name,
        "TargetBackupVaultName": "Default",
        "ScheduleExpression": schedule,
        "Lifecycle": lifecycle,
    }


_DAILY = _rule("DailyBackups", "cron(0 5 ? * * *)", 35)
_MONTHLY_YEAR = _rule("Monthly", "cron(0 5 1 * ? *)", 365, 30)
TEMPLATES = MappingProxyType(
    {
        # The templates that the console offers (developer guide "Creating a backup plan", 2026-11); their ids are ours.
        "4c0ef7a0-2a0b-4b9f-9a0e-6f1c1a7d3501": ("Daily-35day-Retention", [_DAILY]),
        "4c0ef7a0-2a0b-4b9f-9a0e-6f1c1a7d3502": ("Daily-Monthly-1yr-Retention", [_DAILY, _MONTHLY_YEAR]),
        "4c0ef7a0-2a0b-4b9f-9a0e-6f1c1a7d3503": (
            "Daily-Weekly-Monthly-5yr-Retention",
            [
                _DAILY,
                _rule("WeeklyBackups", "cron(0 5 ? * 7 *)", 90),
                _rule("Monthly", "cron(0 5 1 * ? *)", 1825, 90),
            ],
        ),
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
    if not isinstance(plan, dict) or not isinstance(plan.get("Rules"), list):
        raise errors.invalid("BackupPlanTemplateJson must be a JSON object with BackupPlanName and Rules.")
    unknown = sorted(set(plan) - _KNOWN)
    if unknown:
        raise errors.invalid(f"BackupPlanTemplateJson has unknown members: {', '.join(unknown)}")
    if not all(isinstance(rule, dict) for rule in plan["Rules"]):
        raise errors.invalid("Every rule in BackupPlanTemplateJson must be a JSON object.")
    plans.check(state, call, plan)
    return {"BackupPlan": _stored(plan)}


def _stored(plan: dict[str, Any]) -> Json:
    """A plan with the defaults spelt out, and without the ids that it would get when it is created."""
    own = [rules.completed(rule, "") for rule in plan["Rules"]]
    for rule in own:
        rule.pop("RuleId")
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
