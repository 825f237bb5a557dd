"""The table of inferred restore metadata: what it infers, what it lets a selection override, what it misses."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws import catalog
from backstay_aws.restore_testing import (
    KEYS,
    MARK,
    Key,
    Original,
    inferred,
    keys_of,
    lacking,
    merged,
    override_problems,
)

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d")
MEGABYTE = 1024**2


def infer(kind: str, metadata: dict[str, str], size: int = 0) -> dict[str, str]:
    """What is inferred for a recovery point with these restore metadata."""
    return inferred(keys_of(kind, metadata), Original(metadata, size, ZONES), random.Random(1), "x1")


def test_the_types_of_the_catalogue() -> None:
    """There is a table for exactly the types that the catalogue says restore testing supports."""
    supported = {row.name for row in catalog.resource_types() if row.restore_testing == "yes"}
    assert {name for name, _ in KEYS} == supported
    assert keys_of("Timestream", {}) == ()


def test_clusters() -> None:
    """A cluster is inferred up to three zones, a fresh name and the engine of the recovery point."""
    found = infer("Neptune", {"Engine": "neptune"})
    zones = json.loads(found.pop("availabilityZones"))
    assert (len(zones), set(zones) <= set(ZONES)) == (3, True)
    assert found == {"dbClusterIdentifier": f"{MARK}-x1", "engine": "neptune"}


@pytest.mark.parametrize(
    ("metadata", "expected", "missing"),
    [
        ({"FileSystemType": "LUSTRE"}, {"lustreConfiguration": {"automaticBackupRetentionDays": "0"}}, ["subnetIds"]),
        (
            {"windowsConfiguration": '{"DeploymentType": "MULTI_AZ_1"}'},
            {
                "windowsConfiguration": {
                    "automaticBackupRetentionDays": "0",
                    "deploymentType": "MULTI_AZ_1",
                    "throughputCapacity": "8",
                }
            },
            ["windowsConfiguration.activeDirectoryId", "subnetIds"],
        ),
        (
            {"FileSystemType": "OPENZFS", "openZfsConfiguration": '{"deploymentType": "SINGLE_AZ_1"}'},
            {
                "openZfsConfiguration": {
                    "automaticBackupRetentionDays": "0",
                    "deploymentType": "SINGLE_AZ_1",
                    "throughputCapacity": "64",
                }
            },
            [],
        ),
        (
            {"FileSystemType": "ONTAP", "name": "data"},
            {
                "name": "awsbackup_restore_test_x1",
                "ontapConfiguration": {"junctionPath": "/data", "sizeInMegabytes": "3", "snapshotPolicy": "none"},
            },
            ["ontapConfiguration.storageVirtualMachineId"],
        ),
    ],
)
def test_kinds_of_fsx(metadata: dict[str, str], expected: dict[str, object], missing: list[str]) -> None:
    """Each kind of FSx has keys of its own, some of which only the owner can give."""
    found = infer("FSx", metadata, 2 * MEGABYTE + 1)
    assert {key: json.loads(value) if value.startswith("{") else value for key, value in found.items()} == expected
    assert lacking(keys_of("FSx", metadata), found) == missing


def test_nested_overrides() -> None:
    """An override of a nested object changes the parts that it names, and gives what was missing."""
    metadata = {"windowsConfiguration": '{"deploymentType": "SINGLE_AZ_2"}'}
    keys = keys_of("FSx", metadata)
    overrides = {"WINDOWSCONFIGURATION": '{"activedirectoryid": "d-1"}', "SubnetIds": '["subnet-1"]'}
    assert list(override_problems("FSx", overrides)) == []
    found = merged(keys, infer("FSx", metadata), overrides)
    assert lacking(keys, found) == []
    assert json.loads(found["windowsConfiguration"]) == {
        "activeDirectoryId": "d-1",
        "automaticBackupRetentionDays": "0",
        "deploymentType": "SINGLE_AZ_2",
        "throughputCapacity": "8",
    }


FLAT = [(name, key) for (name, _), keys in KEYS.items() for key in keys if not key.parts]


@given(st.sampled_from(FLAT), st.text(max_size=8), st.randoms())
def test_case_does_not_matter(one: tuple[str, Key], value: str, luck: random.Random) -> None:
    """An override counts in whatever case it is written, or is refused in every case."""
    kind, key = one
    spelled = "".join(luck.choice((sign.lower(), sign.upper())) for sign in key.name)
    refused = list(override_problems(kind, {spelled: value}))
    assert refused == [] if key.overridable else len(refused) == 1
    found = merged((key,), {key.name: "old"}, {spelled: value})
    assert found == {key.name: value}


@given(st.integers(), st.sampled_from(sorted({name for name, _ in KEYS})))
def test_the_same_luck_infers_the_same(seed: int, kind: str) -> None:
    """Zones follow from the luck that is given, and nothing is inferred that is not a text."""
    keys = keys_of(kind, {})
    first, second = (inferred(keys, Original({}, 1, ZONES), random.Random(seed), "x") for _ in range(2))
    assert first == second
    assert all(isinstance(value, str) and value for value in first.values())
