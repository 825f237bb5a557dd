"""Taking a nested recovery point out of its composite."""

from __future__ import annotations

from backstay_local.backup import errors, recovery_points, vaults
from backstay_local.backup.composite import members, nested
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call

NOT_NESTED = "Recovery point {} is not nested in a composite recovery point."
STATE = "Recovery point {} is the state of an EKS cluster and cannot be disassociated from its composite."


def _disassociate(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    point = recovery_points.need(state, vault, params["RecoveryPointArn"])
    if point.parent_arn is None:
        raise errors.refused(NOT_NESTED.format(point.arn))
    if nested.is_state(state, point):
        raise errors.refused(STATE.format(point.arn))
    members.free(state, point, call.now)
    return {}


OPERATIONS: Operations = {"DisassociateRecoveryPointFromParent": _disassociate}
