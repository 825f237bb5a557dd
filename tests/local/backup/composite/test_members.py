"""Composites and what is nested in them: neither can go before its time, and the last one takes the composite along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings

from .conftest import DISK, TABLE


@pytest.fixture
def kept(ground: Any) -> Any:
    """A composite of a stack with a volume, kept for ten days."""
    ground.take(ground.stack({"Disk": DISK}), Lifecycle={"DeleteAfterDays": 10})
    return ground


def _days(point: dict[str, Any]) -> Any:
    return point.get("Lifecycle", {}).get("DeleteAfterDays")


def test_a_composite_cannot_be_deleted_while_anything_is_nested_in_it(kept: Any, refusal: Callable[..., Any]) -> None:
    """The refusal says why; with the last nested recovery point the composite goes by itself."""
    code, words = refusal(lambda: kept.delete(kept.parent()))
    assert (code, "it has nested recovery points" in words) == ("InvalidRequestException", True)
    kept.delete(kept.children()["EBS"])
    assert kept.parent()["Status"] == "PARTIAL"
    kept.delete(kept.children()["CloudFormation"])
    assert kept.site.points() == []


def test_a_freed_recovery_point_stays_when_the_composite_goes(kept: Any, refusal: Callable[..., Any]) -> None:
    """Disassociated, it has no parent and no name in the stack; it cannot be disassociated twice."""
    disk, template = (kept.children()[name] for name in ("EBS", "CloudFormation"))
    kept.free(disk)
    [free] = [one for one in kept.site.points() if one["ResourceType"] == "EBS"]
    assert "ParentRecoveryPointArn" not in free
    assert "CompositeMemberIdentifier" not in free
    assert (kept.parent()["Status"], list(kept.children())) == ("PARTIAL", ["CloudFormation"])
    assert "is not nested" in refusal(lambda: kept.free(disk))[1]
    kept.free(template)
    kept.site.settle()
    assert sorted(one["ResourceType"] for one in kept.site.points()) == ["CloudFormation", "EBS"]
    assert not any(one["IsParent"] for one in kept.site.points())


def test_an_empty_composite_can_be_set_to_stay(open_ground: Callable[..., Any]) -> None:
    """It is deleted by hand then, or by its lifecycle."""
    ground = open_ground(settings=Settings(empty_composite="stays"))
    arn = ground.stack({"Disk": DISK})
    for _ in range(2):
        ground.take(arn, Lifecycle={"DeleteAfterDays": 10})
        for child in ground.children().values():
            ground.free(child)
        ground.site.settle()
        assert ground.parent()["Status"] == "PARTIAL"
        if _ == 0:
            ground.delete(ground.parent())
    ground.site.advance(days=11)
    assert ground.site.points() == []


def test_a_composite_has_the_longest_lifecycle_of_what_is_nested(kept: Any) -> None:
    """A change of one nested recovery point moves it, a change of the composite changes all that is nested."""

    def change(point: dict[str, Any], days: int) -> None:
        kept.backup.update_recovery_point_lifecycle(
            BackupVaultName="v1", RecoveryPointArn=point["RecoveryPointArn"], Lifecycle={"DeleteAfterDays": days}
        )

    change(kept.children()["EBS"], 30)
    assert _days(kept.parent()) == 30
    change(kept.children()["EBS"], 3)
    assert _days(kept.parent()) == 10
    change(kept.parent(), 20)
    assert [_days(one) for one in kept.children().values()] == [20, 20]
    assert _days(kept.parent()) == 20


def test_each_nested_recovery_point_ages_by_itself(kept: Any) -> None:
    """When the shorter lived is over the composite is partial, and when the last is over it is gone."""
    disk = kept.children()["EBS"]["RecoveryPointArn"]
    kept.backup.update_recovery_point_lifecycle(
        BackupVaultName="v1", RecoveryPointArn=disk, Lifecycle={"DeleteAfterDays": 20}
    )
    kept.site.advance(days=11)
    assert (kept.parent()["Status"], list(kept.children())) == ("PARTIAL", ["EBS"])
    kept.site.advance(days=10)
    assert kept.site.points() == []


def test_a_legal_hold_on_a_nested_recovery_point_keeps_the_composite(kept: Any, refusal: Callable[..., Any]) -> None:
    """What is held outlives its lifecycle, its composite with it; after the release both are gone."""
    disk = kept.children()["EBS"]
    day = disk["CreationDate"]
    hold = kept.backup.create_legal_hold(
        Title="case",
        Description="of the volume",
        RecoveryPointSelection={
            "ResourceIdentifiers": [disk["ResourceArn"]],
            "DateRange": {"FromDate": day - timedelta(hours=1), "ToDate": day + timedelta(seconds=1)},
        },
    )["LegalHoldId"]
    assert "legal hold" in refusal(lambda: kept.delete(disk))[1]
    kept.site.advance(days=11)
    assert list(kept.children()) == ["EBS"]
    kept.backup.cancel_legal_hold(LegalHoldId=hold, CancelDescription="over")
    kept.site.settle()
    assert kept.site.points() == []


def test_vault_lock_keeps_what_is_nested(kept: Any, refusal: Callable[..., Any]) -> None:
    """As everything else in a locked vault, until its lifecycle is over."""
    kept.backup.put_backup_vault_lock_configuration(BackupVaultName="v1", MinRetentionDays=1)
    assert "Vault Lock" in refusal(lambda: kept.delete(kept.children()["EBS"]))[1]
    kept.site.advance(days=11)
    assert kept.site.points() == []


def test_a_lock_refuses_the_backup_as_a_whole(ground: Any) -> None:
    """A retention outside of the lock fails the parent, and no nested job is made."""
    ground.backup.put_backup_vault_lock_configuration(BackupVaultName="v1", MinRetentionDays=30)
    job = ground.take(ground.stack({"Orders": TABLE}), Lifecycle={"DeleteAfterDays": 10})
    assert (job["State"], job["NumberOfChildJobs"]) == ("FAILED", 0)
