"""The restore metadata of a test: inferred from the recovery point, overridden by the selection."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping

from backstay_aws import restore_testing as aws
from backstay_local.backup import errors, recovery_points, vaults
from backstay_local.backup.restore_testing.candidates import Chosen
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.data import DataError
from backstay_local.wire.call import Call

INCOMPLETE = "Restore job failed. The restore metadata need {}: add it to RestoreMetadataOverrides of the selection."
_MOMENT = "restoreTime"


def of_point(state: State, point: RecoveryPoint, chance: random.Random) -> tuple[tuple[aws.Key, ...], dict[str, str]]:
    """The keys of a recovery point's type and kind, and what is inferred for it; a `DataError` if it is unreadable."""
    told = state.data.restore_metadata(point.manifest)
    keys = aws.keys_of(point.resource_type, told)
    original = aws.Original(told, point.size, state.world.zones(point.region) if _asks_zones(keys) else ())
    return keys, aws.inferred(keys, original, chance, uuid.uuid4().hex[:12])


def of_test(
    state: State, chosen: Chosen, overrides: Mapping[str, str], chance: random.Random
) -> tuple[dict[str, str], str | None]:
    """The metadata that a test restores with, and why that cannot succeed, if so; a `DataError` if unreadable."""
    keys, inferred = of_point(state, chosen.point, chance)
    metadata = aws.merged(keys, inferred, overrides)
    if chosen.moment is not None:
        metadata[_MOMENT] = chosen.moment.isoformat()
    missing = aws.lacking(keys, metadata)
    return metadata, INCOMPLETE.format(", ".join(missing)) if missing else None


def _asks_zones(keys: tuple[aws.Key, ...]) -> bool:
    return any(key.rule in ("zone", "zones") for key in keys)


def _inferred(state: State, call: Call, params: Facts) -> Facts:
    point = recovery_points.need(state, vaults.open_vault(state, call, params), params["RecoveryPointArn"])
    try:
        keys, metadata = of_point(state, point, random.Random(f"{state.settings.restore_test_seed} {point.arn}"))
    except DataError as error:
        raise errors.invalid(str(error)) from error
    if not keys:
        raise errors.invalid(f"Restore testing does not support resource type {point.resource_type}.")
    return {"InferredMetadata": metadata}


OPERATIONS: Operations = {"GetRestoreTestingInferredMetadata": _inferred}
