"""What may cross an air gap, as a table."""

from __future__ import annotations

import pytest

from backstay_aws import catalog
from backstay_local.backup.airgap import eligible
from backstay_local.backup.airgap.eligible import End, KeyKind

HERE, JAKARTA = "us-east-1", "ap-southeast-3"
STANDARD, AIR_GAPPED, RESTORE_ACCESS = (
    "BACKUP_VAULT",
    "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
    "RESTORE_ACCESS_BACKUP_VAULT",
)


def problem(name: str, key: KeyKind, kind: str = "", region: str = HERE, *, unencrypted: bool = True) -> str | None:
    """Why a backup of a type cannot be in an air-gapped vault."""
    row = catalog.resource_type(name, kind)
    assert row is not None
    return eligible.problem(row, region, key, unencrypted=unencrypted)


@pytest.mark.parametrize("key", ["none", "aws", "customer"])
@pytest.mark.parametrize(("name", "kind"), [("S3", ""), ("EFS", ""), ("DynamoDB", "advanced"), ("Timestream", "")])
def test_fully_managed_types_pass_with_any_key(name: str, kind: str, key: KeyKind) -> None:
    """AWS Backup encrypts them itself."""
    assert problem(name, key, kind) is None


@pytest.mark.parametrize("name", ["EBS", "EC2", "Aurora", "Neptune", "DocumentDB", "FSx", "Storage Gateway"])
def test_other_types_need_a_key_of_the_customer(name: str) -> None:
    """An AWS managed key stops them, a customer's does not."""
    assert problem(name, "customer") is None
    assert problem(name, "aws") == eligible.AWS_KEY


@pytest.mark.parametrize(
    ("name", "unencrypted", "passes"),
    [
        ("EBS", True, True),
        ("EBS", False, False),
        ("EC2", True, True),
        ("Aurora", True, False),
        ("Neptune", True, False),
        ("DocumentDB", True, False),
    ],
)
def test_unencrypted(name: str, unencrypted: bool, passes: bool) -> None:
    """Unencrypted clusters never pass; the others as the setting says."""
    assert (problem(name, "none", unencrypted=unencrypted) is None) is passes


@pytest.mark.parametrize(("name", "region"), [("RDS", HERE), ("DynamoDB", HERE), ("Neptune", JAKARTA)])
def test_unsupported_types_stay_outside(name: str, region: str) -> None:
    """Whatever their key."""
    assert problem(name, "customer", region=region) == eligible.TYPE.format(name)


@pytest.mark.parametrize(
    ("name", "kind", "way"),
    [
        ("S3", "", "direct"),
        ("DynamoDB", "advanced", "direct"),
        ("DynamoDB", "", "vault-only"),
        ("EBS", "", "copy"),
        ("Aurora", "", "copy"),
        ("RDS", "", "vault-only"),
        ("EKS", "", "vault-only"),
    ],
)
def test_ways_into_a_primary_vault(name: str, kind: str, way: str) -> None:
    """Each type takes the way that AWS names."""
    row = catalog.resource_type(name, kind)
    assert row is not None
    assert eligible.way(row, HERE) == way


@pytest.mark.parametrize(
    ("source", "target", "key", "by_rule", "reason"),
    [
        (STANDARD, STANDARD, False, True, None),
        (STANDARD, AIR_GAPPED, True, True, None),
        (AIR_GAPPED, AIR_GAPPED, True, False, None),
        (AIR_GAPPED, AIR_GAPPED, True, True, eligible.BY_RULE),
        (AIR_GAPPED, STANDARD, True, True, None),
        (AIR_GAPPED, STANDARD, False, False, eligible.OWN_KEY),
        (STANDARD, RESTORE_ACCESS, True, False, eligible.NO_TARGET),
    ],
)
def test_passages(source: str, target: str, key: bool, by_rule: bool, reason: str | None) -> None:
    """Which vaults a copy may go from and to."""
    end = End("v", target, "AVAILABLE", customer_key=key)
    assert eligible.passage_problem(source, end, by_rule=by_rule, rule_copies=False) == reason


def test_settings_and_states_count() -> None:
    """The setting opens copies by rules; a vault that is not ready takes none."""
    end = End("v", AIR_GAPPED, "AVAILABLE", customer_key=True)
    assert eligible.passage_problem(AIR_GAPPED, end, by_rule=True, rule_copies=True) is None
    creating = End("v", AIR_GAPPED, "CREATING", customer_key=True)
    assert eligible.passage_problem(STANDARD, creating, by_rule=False, rule_copies=False) == (
        eligible.NOT_READY.format("v")
    )
