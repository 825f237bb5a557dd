"""The restore metadata of a composite: what a caller wants of each nested recovery point.

Source: developer guide "Restore CloudFormation stacks" and "Restore an Amazon EKS cluster", read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from backstay_local.backup import errors, kinds
from backstay_local.backup.composite import nested
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import State
from backstay_local.data.pieces import Wish

NO_STACK = (
    "Recovery point {} is a composite recovery point of a CloudFormation stack and cannot be restored. "
    "Restore its nested recovery points."
)
NO_CLUSTER = "The restore metadata need clusterName."
NO_MAP = "nestedRestoreJobs must be a JSON map of recovery point ARNs to restore metadata."
NOT_NESTED = "nestedRestoreJobs names {}, which is not a persistent volume nested in recovery point {}."
_NESTED = "nestedRestoreJobs"


def check(state: State, point: RecoveryPoint, metadata: Mapping[str, str]) -> None:
    """Refuse to restore a composite that cannot be restored as a whole, or not in this way."""
    if not point.is_parent:
        return
    if kinds.of_point(point).composite == "stack":
        raise errors.refused(NO_STACK.format(point.arn))
    if not _wish(point, metadata).get("clusterName"):
        raise errors.invalid(NO_CLUSTER)
    try:
        asked = of_nested(point, metadata)
    except ValueError as error:
        raise errors.invalid(NO_MAP) from error
    volumes = {one.arn for one in nested.of(state, point.arn) if not nested.is_state(state, one)}
    for arn in asked:
        if arn not in volumes:
            raise errors.invalid(NOT_NESTED.format(arn, point.arn))


def of_nested(point: RecoveryPoint, metadata: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The restore metadata of each persistent volume that is wanted back, by ARN; ValueError if it is no such map."""
    wish = _wish(point, metadata)
    if wish.flag("restoreKubernetesManifestsOnly"):
        return {}
    given = _map(wish.get(_NESTED) or "{}")
    return {arn: {key: str(value) for key, value in _map(one).items()} for arn, one in given.items()}


def of_own(metadata: Mapping[str, str]) -> dict[str, str]:
    """The restore metadata of the cluster's state: all but those of its persistent volumes."""
    return {key: value for key, value in metadata.items() if key.lower() != _NESTED.lower()}


def shown(state: State, parent: RecoveryPoint) -> dict[str, str]:
    """The restore metadata that would create a composite again as it was; none for what cannot be restored whole."""
    own = nested.own(state, parent)
    if own is None or kinds.of_point(parent).composite == "stack":
        return {}
    volumes = [one for one in nested.of(state, parent.arn) if one.arn != own.arn]
    each = {one.arn: json.dumps(state.data.restore_metadata(one.manifest), sort_keys=True) for one in volumes}
    whole = {_NESTED: json.dumps(each, sort_keys=True)} if each else {}
    return state.data.restore_metadata(own.manifest) | whole


def _map(given: object) -> dict[str, object]:
    found = json.loads(given) if isinstance(given, str) else given
    if not isinstance(found, dict):
        raise ValueError(NO_MAP)
    return found


def _wish(point: RecoveryPoint, metadata: Mapping[str, str]) -> Wish:
    return Wish(point.account, point.region, {}, metadata)
