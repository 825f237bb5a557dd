"""What restore testing infers for a restore of each resource type, and which of it a selection may override.

Source: developer guide "Restore testing inferred metadata" (the table, the note on case, the format of lists) and
"Restore testing"; read 2026-11-22. Keys are spelt as there, and compared without case. The page gives a value to
`iamInstanceProfileName` of EC2 only as an override; `requiredImdsV2` there is the restore key `requireImdsV2`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, assert_never

MARK = "awsbackup-restore-test"
"""Key of the tag, and beginning of the name, of everything that a restore test makes."""

Rule = Literal["", "fixed", "name", "original", "zone", "zones", "nested", "capacity", "megabytes", "volume-path"]
"""How a value is inferred.

"" is not at all, "fixed" the value of the row, "name" a random name that begins with it, "original" what the restore
metadata of the recovery point have under that key, "zone" one random Availability Zone, "zones" up to three, "nested"
a JSON object of the row's parts, "capacity" what follows from the deployment type, "megabytes" the size of the recovery
point, "volume-path" a slash and the name of the volume.
"""

ZONES = 3
_MEGABYTE = 1024**2
_CAPACITIES = {"SINGLE_AZ_1": "64", "SINGLE_AZ_2": "160", "MULTI_AZ_1": "160"}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of restore metadata: how its value is inferred, and whether a selection may, or must, give one."""

    name: str
    rule: Rule = ""
    value: str = ""
    overridable: bool = False
    required: bool = False
    """A restore fails without an override: nothing can be inferred."""
    parts: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Original:
    """What is known of a recovery point: its AWS restore metadata, its size in bytes, the zones of its Region."""

    metadata: Mapping[str, str]
    size: int = 0
    zones: Sequence[str] = ()


def _open(*names: str) -> tuple[Key, ...]:
    """Keys that are not inferred and may be given."""
    return tuple(Key(name, overridable=True) for name in names)


_FSX_ANY = _open("kmsKeyId", "securityGroupIds")
_NEEDED_SUBNETS = Key("subnetIds", overridable=True, required=True)
_RETENTION = Key("automaticBackupRetentionDays", "fixed", "0")
_CLUSTER = (
    Key("availabilityZones", "zones", overridable=True),
    Key("dbClusterIdentifier", "name", f"{MARK}-"),
    Key("engine", "original", "Engine", overridable=True),
    *_open("databaseName", "dbClusterParameterGroupName", "dbSubnetGroupName", "enableCloudwatchLogsExports"),
    *_open("enableIamDatabaseAuthentication", "engineMode", "engineVersion", "kmsKeyId", "port", "optionGroupName"),
    *_open("scalingConfiguration", "vpcSecurityGroupIds"),
)

KEYS: Mapping[tuple[str, str], tuple[Key, ...]] = {
    ("DynamoDB", ""): (
        Key("deletionProtection", "fixed", "false"),
        Key("encryptionType", "fixed", "Default", overridable=True),
        Key("targetTableName", "name", f"{MARK}-"),
        *_open("kmsMasterKeyArn"),
    ),
    ("EBS", ""): (
        Key("availabilityZone", "zone", overridable=True),
        Key("encrypted", "fixed", "true"),
        *_open("iops", "kmsKeyId", "throughput", "volumeSize", "volumeType"),
    ),
    ("EC2", ""): (
        Key("disableApiTermination", "fixed", "false"),
        Key("instanceType", "original", "InstanceType", overridable=True),
        Key("requireImdsV2", "fixed", "true", overridable=True),
        *_open("iamInstanceProfileName", "securityGroupIds", "subnetId"),
    ),
    ("EFS", ""): (
        Key("encrypted", "fixed", "true"),
        Key("file-system-id", "original", "file-system-id"),
        Key("kmsKeyId", "fixed", "alias/aws/elasticfilesystem", overridable=True),
        Key("newFileSystem", "fixed", "true"),
        Key("performanceMode", "fixed", "generalPurpose", overridable=True),
    ),
    ("FSx", "lustre"): (
        Key("lustreConfiguration", "nested", parts=(_RETENTION, *_open("logConfiguration"))),
        *_FSX_ANY,
        _NEEDED_SUBNETS,
    ),
    ("FSx", "ontap"): (
        Key("name", "name", "awsbackup_restore_test_"),
        Key(
            "ontapConfiguration",
            "nested",
            parts=(
                Key("junctionPath", "volume-path", "name", overridable=True),
                Key("sizeInMegabytes", "megabytes", overridable=True),
                Key("snapshotPolicy", "fixed", "none"),
                Key("storageVirtualMachineId", overridable=True, required=True),
                *_open("ontapVolumeType", "securityStyle", "storageEfficiencyEnabled", "tieringPolicy"),
            ),
        ),
    ),
    ("FSx", "openzfs"): (
        Key(
            "openZfsConfiguration",
            "nested",
            parts=(
                _RETENTION,
                Key("deploymentType", "original", "deploymentType", overridable=True),
                Key("throughputCapacity", "capacity", "deploymentType", overridable=True),
                *_open("diskIopsConfiguration"),
            ),
        ),
        *_FSX_ANY,
        *_open("subnetIds"),
    ),
    ("FSx", "windows"): (
        Key(
            "windowsConfiguration",
            "nested",
            parts=(
                _RETENTION,
                Key("deploymentType", "original", "deploymentType"),
                Key("throughputCapacity", "fixed", "8", overridable=True),
                Key("activeDirectoryId", overridable=True, required=True),
                *_open("preferredSubnetId"),
            ),
        ),
        *_FSX_ANY,
        _NEEDED_SUBNETS,
    ),
    ("Aurora", ""): _CLUSTER,
    ("DocumentDB", ""): _CLUSTER,
    ("Neptune", ""): _CLUSTER,
    ("RDS", "multi-az-cluster"): _CLUSTER,
    ("RDS", ""): (
        Key("dbInstanceIdentifier", "name", f"{MARK}-"),
        Key("deletionProtection", "fixed", "false"),
        Key("multiAz", "fixed", "false", overridable=True),
        Key("publiclyAccessible", "fixed", "false", overridable=True),
        *_open("allocatedStorage", "availabilityZones", "dbInstanceClass", "dbName", "dbParameterGroupName"),
        *_open("dbSubnetGroupName", "domain", "domainIamRoleName", "enableCloudwatchLogsExports"),
        *_open("enableIamDatabaseAuthentication", "iops", "licenseModel", "optionGroupName", "port"),
        *_open("processorFeatures", "storageType", "vpcSecurityGroupIds"),
    ),
    ("S3", ""): (
        Key("destinationBucketName", "name", f"{MARK}-"),
        Key("encrypted", "fixed", "true"),
        Key("encryptionType", "fixed", "SSE-S3", overridable=True),
        Key("newBucket", "fixed", "true"),
        *_open("kmsKey", "restoreACLs"),
    ),
}
"""The keys of each resource type (API name) and kind (of FSx, as the catalogue names it; "" is the type at large)."""


def keys_of(resource_type: str, metadata: Mapping[str, str]) -> tuple[Key, ...]:
    """The keys for a recovery point, whose kind shows in its AWS restore metadata; empty for a type without tests."""
    kinds = [kind for name, kind in KEYS if name == resource_type]
    if not kinds:
        return ()
    return KEYS[resource_type, _kind(kinds, metadata)]


def override_problems(resource_type: str, overrides: Mapping[str, str]) -> Iterator[str]:
    """Why overrides are not for a resource type: keys that may not be overridden, one sentence each."""
    tables = [keys for (name, _), keys in KEYS.items() if name == resource_type]
    for name, value in overrides.items():
        found = [key for keys in tables for key in keys if _same(key.name, name)]
        if not any(part.overridable for key in found for part in (key, *key.parts)):
            yield f"{name} cannot be overridden in a restore test of {resource_type}."
        elif all(key.parts for key in found):
            yield from _nested_problems(name, value, found)


def inferred(keys: Sequence[Key], original: Original, chance: random.Random, suffix: str) -> dict[str, str]:
    """The metadata for a restore test: `chance` picks zones, and every random name ends in `suffix`."""
    found = {key.name: _value(key, original, chance, suffix) for key in keys}
    return {name: value for name, value in found.items() if value is not None}


def merged(keys: Sequence[Key], metadata: Mapping[str, str], overrides: Mapping[str, str]) -> dict[str, str]:
    """Inferred metadata with a selection's overrides in their place; nested objects are merged key by key."""
    result = dict(metadata)
    for name, value in overrides.items():
        key = next((one for one in keys if _same(one.name, name)), Key(name))
        old = result.get(key.name)
        result[key.name] = _joined(old, value, key.parts) if key.parts and old is not None else value
    return result


def lacking(keys: Sequence[Key], metadata: Mapping[str, str]) -> list[str]:
    """The keys without which a restore fails, that nobody gave; those of a nested object behind a dot."""
    missing: list[str] = []
    for key in keys:
        given = metadata.get(key.name)
        if key.required and not given:
            missing.append(key.name)
        inner = _object(given) or {}
        missing += [f"{key.name}.{part.name}" for part in key.parts if part.required and not inner.get(part.name)]
    return missing


def _kind(kinds: Sequence[str], metadata: Mapping[str, str]) -> str:
    """Lustre, ONTAP, OpenZFS or Windows: the one whose configuration, or whose name, the metadata have."""
    if len(kinds) == 1:
        return kinds[0]
    told = {name.lower() for name in metadata} | {str(_get(metadata, "fileSystemType") or "").lower()}
    for kind in kinds:
        if kind and (kind in told or f"{kind}configuration" in told):
            return kind
    return "" if "" in kinds else kinds[0]


def _value(key: Key, original: Original, chance: random.Random, suffix: str) -> str | None:
    match key.rule:
        case "":
            return None
        case "fixed":
            return key.value
        case "name":
            return key.value + suffix
        case "original":
            return _get(original.metadata, key.value)
        case "zone":
            return chance.choice(original.zones) if original.zones else None
        case "zones":
            chosen = chance.sample(list(original.zones), min(ZONES, len(original.zones)))
            return json.dumps(sorted(chosen)) if chosen else None
        case "nested":
            return json.dumps(inferred(key.parts, original, chance, suffix), sort_keys=True)
        case "capacity":
            return _CAPACITIES.get(_get(original.metadata, key.value) or "")
        case "megabytes":
            return str(-(-original.size // _MEGABYTE))
        case "volume-path":
            return f"/{_get(original.metadata, key.value) or suffix}"
        case _:
            assert_never(key.rule)


def _get(metadata: Mapping[str, str], name: str) -> str | None:
    """A value of restore metadata, also from within its nested objects."""
    for key, value in metadata.items():
        if _same(key, name):
            return value
        inner = _object(value)
        if inner is not None and (found := _get(inner, name)) is not None:
            return str(found)
    return None


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _nested_problems(name: str, value: str, found: Sequence[Key]) -> Iterator[str]:
    inner = _object(value)
    if inner is None:
        yield f"{name} must be a JSON object, as text."
        return
    parts = [part for key in found for part in key.parts]
    for given in inner:
        if not any(part.overridable and _same(part.name, given) for part in parts):
            yield f"{name}.{given} cannot be overridden in a restore test."


def _object(text: object) -> dict[str, Any] | None:
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return None
    try:
        read = json.loads(text)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _joined(old: str, new: str, parts: Sequence[Key]) -> str:
    """One nested object over another, under the spelling of the table."""
    result = dict(_object(old) or {})
    for name, value in (_object(new) or {}).items():
        spelled = next((part.name for part in parts if _same(part.name, name)), name)
        result[spelled] = value
    return json.dumps(result, sort_keys=True)
