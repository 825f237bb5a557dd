"""Search indexes through the API: switched on and off, described, listed."""

from __future__ import annotations

from backstay_local.backup import errors, filters, recovery_points, roles, vaults
from backstay_local.backup.indexes import eligible, runs, shown
from backstay_local.backup.indexes.rows import Index
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

_FILTERS = {
    "SourceResourceArn": "resource_arn = ?",
    "CreatedBefore": "point_created < ?",
    "CreatedAfter": "point_created > ?",
    "ResourceType": "resource_type = ?",
    "IndexStatus": "status = ?",
}


def _update(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    point = recovery_points.need(state, vault, params["RecoveryPointArn"])
    switch = _on if params["Index"] == "ENABLED" else _off
    index = switch(state, call, params, point)
    facts: Facts = {"BackupVaultName": vault.name, "RecoveryPointArn": point.arn, "Index": params["Index"]}
    return facts if index is None else facts | {"IndexStatus": index.status}


def _on(state: State, call: Call, params: Facts, point: RecoveryPoint) -> Index:
    """The index that a recovery point has or gets; one that failed is made again."""
    if not params.get("IamRoleArn"):
        raise errors.missing("IamRoleArn is needed to enable the index of a recovery point.")
    roles.need(state, params["IamRoleArn"], call.account)
    known = state.tables.indexes.of_points.get(point.arn)
    if known is not None and known.status in ("PENDING", "ACTIVE"):
        return known
    if known is not None and known.status == "DELETING":
        raise errors.refused(f"The backup index of recovery point {point.arn} is being deleted.")
    problem = eligible.problem(state, point)
    if problem is not None:
        raise errors.refused(problem)
    return runs.create(state, point, params["IamRoleArn"], call.now, on_demand=True)


def _off(state: State, call: Call, params: Facts, point: RecoveryPoint) -> Index | None:
    """The index that leaves, if a recovery point has one."""
    if params.get("IamRoleArn"):
        roles.need(state, params["IamRoleArn"], call.account)
    known = state.tables.indexes.of_points.get(point.arn)
    if known is None or known.status == "DELETING":
        return known
    return runs.leave(state, known, call.now)


def _details(state: State, call: Call, params: Facts) -> Facts:
    point = recovery_points.need(state, vaults.open_vault(state, call, params), params["RecoveryPointArn"])
    index = state.tables.indexes.of_points.get(point.arn)
    if index is None:
        raise errors.not_found(f"Recovery point {point.arn} has no backup index.")
    return shown.details(index)


def _list(state: State, call: Call, params: Facts) -> Listing:
    sql, arguments = filters.condition(params, _FILTERS)
    own = f"account = ? AND region = ? AND {sql}"
    found = state.tables.indexes.of_points.scan("sort", call.after, own, call.account, call.region, *arguments)
    return Listing("IndexedRecoveryPoints", ((key, shown.listed(index)) for key, index in found))


OPERATIONS: Operations = {
    "UpdateRecoveryPointIndexSettings": _update,
    "GetRecoveryPointIndexDetails": _details,
    "ListIndexedRecoveryPoints": _list,
}
