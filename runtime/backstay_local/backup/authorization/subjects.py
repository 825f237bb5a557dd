"""What a call is about, as policies name it: the ARN of a vault, a plan, a recovery point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from backstay_aws import arns
from backstay_aws.backup_actions import Action, Kind
from backstay_local.backup.state import Facts, State
from backstay_local.wire.call import Call

ANYTHING = "*"

Find = Callable[[State, Call, Facts], str]


def arn_of(state: State, call: Call, action: Action, params: Facts) -> str:
    """The ARN of what a call is about, `*` where it is about nothing of its own, or nobody knows what."""
    find = _FINDERS.get(action.kind)
    return ANYTHING if find is None else find(state, call, params)


def vault_arn(call: Call, params: Facts) -> str | None:
    """The vault that a call names, its own or another account's."""
    name = params.get("BackupVaultName") or params.get("SourceBackupVaultName")
    if not isinstance(name, str):
        return None
    partition = arns.partition_of(call.region)
    return arns.vault(partition, call.region, params.get("BackupVaultAccountId") or call.account, name)


def _vault(state: State, call: Call, params: Facts) -> str:  # noqa: ARG001  # one shape for all
    return vault_arn(call, params) or ANYTHING


def _given(member: str) -> Find:
    return lambda _state, _call, params: str(params.get(member) or ANYTHING)


def _plan(state: State, call: Call, params: Facts) -> str:
    found = state.tables.plans.get(params.get("BackupPlanId"))
    return _own(call, f"backup-plan:{params.get('BackupPlanId') or ANYTHING}") if found is None else found.arn


def _framework(state: State, call: Call, params: Facts) -> str:
    name = params.get("FrameworkName")
    found = state.tables.audits.frameworks.first(*_named(call, name))
    return _own(call, f"framework:{name}-{ANYTHING}") if found is None else found.arn


def _report_plan(state: State, call: Call, params: Facts) -> str:
    name = params.get("ReportPlanName")
    found = state.tables.audits.report_plans.first(*_named(call, name))
    return _own(call, f"report-plan:{name}-{ANYTHING}") if found is None else found.arn


def _restore_testing_plan(state: State, call: Call, params: Facts) -> str:
    name = params.get("RestoreTestingPlanName") or params["RestoreTestingPlan"]["RestoreTestingPlanName"]
    found = state.tables.restore_testing.plans.get(call.account, call.region, name)
    return _own(call, f"restore-testing-plan:{name}-{ANYTHING}") if found is None else found.arn


def _legal_hold(state: State, call: Call, params: Facts) -> str:
    found = state.tables.holds.holds.get(params.get("LegalHoldId"))
    return _own(call, f"legal-hold:{params.get('LegalHoldId') or ANYTHING}") if found is None else found.arn


def _named(call: Call, name: str | None) -> tuple[str, str, str, str | None]:
    return "account = ? AND region = ? AND name = ?", call.account, call.region, name


def _own(call: Call, resource: str) -> str:
    return str(arns.Arn(arns.partition_of(call.region), "backup", call.region, call.account, resource))


_FINDERS: Mapping[Kind, Find] = MappingProxyType(
    {
        "vault": _vault,
        "recovery-point": _given("RecoveryPointArn"),
        "plan": _plan,
        "framework": _framework,
        "report-plan": _report_plan,
        "restore-testing-plan": _restore_testing_plan,
        "legal-hold": _legal_hold,
        "access-point": _given("AccessPointArn"),
        "tagged": _given("ResourceArn"),
    }
)
