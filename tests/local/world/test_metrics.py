"""CloudWatch metrics of AWS Backup: counted out of the jobs when somebody looks, at the times of the world's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backstay_local.app import LocalAws
from backstay_local.backup import Settings

SPACE, DAY = "AWS/Backup", 86400


def sums(aws: LocalAws, metric: str, **dimensions: str) -> dict[datetime, float]:
    """The sums of five minutes of the last five days."""
    now = aws.clock.now()
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace=SPACE,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(days=5),
        EndTime=now,
        Period=300,
        Statistics=["Sum"],
    )["Datapoints"]
    assert {one["Unit"] for one in found} <= {"Count"}
    return {one["Timestamp"].astimezone(UTC): one["Sum"] for one in found}


def test_jobs_are_counted_in_five_minutes_of_our_clock(planned: LocalAws) -> None:
    """Each day's two jobs stand where they ended, by vault and by type, under every state that they went through."""
    planned.advance(timedelta(days=3))
    for metric in ("Created", "Pending", "Running", "Completed"):
        found = sums(planned, f"NumberOfBackupJobs{metric}", BackupVaultName="v1")
        days = [time for time in found if time.date() >= datetime(2026, 11, 22, tzinfo=UTC).date()]
        assert len(days) == 3, metric
        assert set(found.values()) == {2.0}
    assert [time.day for time in sums(planned, "NumberOfRecoveryPointsCompleted", ResourceType="S3")] == [22, 23, 24]
    assert sums(planned, "NumberOfBackupJobsFailed", BackupVaultName="v1") == {}
    assert sums(planned, "NumberOfBackupJobsCompleted", BackupVaultName="other") == {}
    assert sums(planned, "NumberOfBackupJobsCompleted") == {}


def test_copies_restores_and_ends_are_counted(planned: LocalAws) -> None:
    """Copy jobs count for the destination's vault, restores for the vault restored from, failures as such."""
    backup = planned.client("backup")
    planned.advance(timedelta(hours=6))
    point = backup.list_recovery_points_by_backup_vault(BackupVaultName="v1")["RecoveryPoints"][0]
    backup.create_backup_vault(BackupVaultName="v2")
    backup.start_copy_job(
        RecoveryPointArn=point["RecoveryPointArn"],
        SourceBackupVaultName="v1",
        DestinationBackupVaultArn=point["BackupVaultArn"].replace(":v1", ":v2"),
        IamRoleArn=point["IamRoleArn"],
    )
    backup.start_restore_job(RecoveryPointArn=point["RecoveryPointArn"], Metadata={"DestinationBucketName": "gone"})
    planned.advance(timedelta(days=2))
    assert list(sums(planned, "NumberOfCopyJobsCompleted", BackupVaultName="v2").values()) == [1.0]
    assert list(sums(planned, "NumberOfRecoveryPointsCompleted", BackupVaultName="v2").values()) == [1.0]
    restores = {
        metric: sum(sums(planned, f"NumberOfRestoreJobs{metric}", BackupVaultName="v1").values())
        for metric in ("Pending", "Running", "Completed", "Failed")
    }
    assert restores["Pending"] == restores["Completed"] + restores["Failed"] == 1.0
    assert sum(sums(planned, "NumberOfRecoveryPointsDeleting", BackupVaultName="v1").values()) == 2.0


def test_what_is_zero_is_not_listed(planned: LocalAws) -> None:
    """ListMetrics has what has data, with its dimensions; queries of GetMetricData and other namespaces go on."""
    cloudwatch = planned.client("cloudwatch")
    assert cloudwatch.list_metrics(Namespace=SPACE)["Metrics"] == []
    planned.advance(timedelta(days=1))
    listed = cloudwatch.list_metrics(Namespace=SPACE)["Metrics"]
    found = {(one["MetricName"], *((d["Name"], d["Value"]) for d in one["Dimensions"])) for one in listed}
    assert ("NumberOfBackupJobsCompleted", ("BackupVaultName", "v1")) in found
    assert ("NumberOfBackupJobsCompleted", ("ResourceType", "S3")) in found
    assert not [name for name, *_ in found if name.endswith(("Failed", "Expired", "Cold"))]
    cloudwatch.put_metric_data(Namespace="Own", MetricData=[{"MetricName": "m", "Value": 1.0}])
    assert [one["MetricName"] for one in cloudwatch.list_metrics(Namespace="Own")["Metrics"]] == ["m"]
    everything = cloudwatch.list_metrics()["Metrics"]
    assert len([one for one in everything if one["Namespace"] == SPACE]) == len(listed)
    now = planned.clock.now()
    metric = {
        "Namespace": SPACE,
        "MetricName": "NumberOfBackupJobsCompleted",
        "Dimensions": [{"Name": "ResourceType", "Value": "S3"}],
    }
    query: dict[str, Any] = {"Id": "a", "MetricStat": {"Metric": metric, "Period": DAY, "Stat": "Sum"}}
    [result] = cloudwatch.get_metric_data(MetricDataQueries=[query], StartTime=now - timedelta(days=1), EndTime=now)[
        "MetricDataResults"
    ]
    assert result["Values"] == [2.0]
    assert planned.client("cloudwatch", region="eu-west-1").list_metrics(Namespace=SPACE)["Metrics"] == []
    assert planned.client("cloudwatch", "210987654321").list_metrics(Namespace=SPACE)["Metrics"] == []


@pytest.mark.parametrize("dimensions", [("VaultName",), ("BackupVaultName", "ResourceType")])
def test_the_dimensions_are_a_setting(dimensions: tuple[str, ...]) -> None:
    """AWS does not write the keys down: whoever knows better says so."""
    with LocalAws(settings=Settings(metric_dimensions=(dimensions,))) as aws:
        backup = aws.client("backup")
        vault = backup.create_backup_vault(BackupVaultName="v1")["BackupVaultArn"]
        role = aws.client("iam").create_role(
            RoleName="r",
            AssumeRolePolicyDocument='{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
            ' "Principal": {"Service": "backup.amazonaws.com"}}]}',
        )["Role"]["Arn"]
        backup.start_backup_job(BackupVaultName="v1", ResourceArn="arn:aws:s3:::no", IamRoleArn=role)
        aws.advance(timedelta(minutes=5))
        listed = aws.client("cloudwatch").list_metrics(Namespace=SPACE, MetricName="NumberOfBackupJobsFailed")[
            "Metrics"
        ]
        assert [tuple(one["Name"] for one in metric["Dimensions"]) for metric in listed] == [dimensions]
        assert vault
