"""Backups of clusters: the state that stays with its composite, the volumes that are their own, and restores."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

COPIES = "arn:aws:backup:us-east-1:123456789012:backup-vault:copies"
NEW = {"clusterName": "again", "newCluster": "true"}


@pytest.fixture
def cluster(ground: Any) -> Any:
    """A composite of a cluster with one persistent volume, kept for ten days."""
    ground.take(ground.cluster(), Lifecycle={"DeleteAfterDays": 10})
    return ground


def _restore(ground: Any, metadata: dict[str, str], point: str | None = None) -> str:
    arn = point or ground.parent()["RecoveryPointArn"]
    started = ground.backup.start_restore_job(RecoveryPointArn=arn, Metadata=metadata, IamRoleArn=ground.site.role())
    return str(started["RestoreJobId"])


def test_the_recovery_points_of_a_cluster_have_arns_of_their_own(cluster: Any) -> None:
    """Composite and state are named by cluster and time; the volume's is a snapshot as ever."""
    start = "arn:aws:backup:us-east-1:123456789012:recovery-point:"
    assert cluster.parent()["RecoveryPointArn"].startswith(f"{start}composite:eks/fleet-2026")
    assert cluster.children()["EKS"]["RecoveryPointArn"].startswith(f"{start}eks/fleet-2026")
    assert ":snapshot/snap-" in cluster.children()["EBS"]["RecoveryPointArn"]


def test_the_state_of_a_cluster_stays_with_its_composite(cluster: Any, refusal: Callable[..., Any]) -> None:
    """It is not deleted, disassociated or copied alone; it goes with the composite, once the volumes are out."""
    cluster.site.vault("copies", EncryptionKeyArn=cluster.site.key())
    state = cluster.children()["EKS"]
    assert "composite recovery point needs it" in refusal(lambda: cluster.delete(state))[1]
    assert "cannot be disassociated" in refusal(lambda: cluster.free(state))[1]
    copy = refusal(lambda: cluster.site.copy(state["RecoveryPointArn"], COPIES))
    assert (copy[0], "copied with its composite only" in copy[1]) == ("InvalidRequestException", True)
    assert "has nested recovery points" in refusal(lambda: cluster.delete(cluster.parent()))[1]
    cluster.free(cluster.children()["EBS"])
    cluster.delete(cluster.parent())
    assert [one["ResourceType"] for one in cluster.site.points()] == ["EBS"]


def test_a_cluster_ages_with_its_volumes(cluster: Any) -> None:
    """The composite and the state are there as long as the longest lived volume is."""
    volume = cluster.children()["EBS"]["RecoveryPointArn"]
    cluster.backup.update_recovery_point_lifecycle(
        BackupVaultName="v1", RecoveryPointArn=volume, Lifecycle={"DeleteAfterDays": 20}
    )
    cluster.site.advance(days=15)
    assert len(cluster.site.points()) == 3
    cluster.site.advance(days=6)
    assert cluster.site.points() == []


def test_a_composite_of_a_cluster_is_copied_with_its_state(cluster: Any) -> None:
    """State and volumes are copied; the copy of the composite is named as a composite."""
    cluster.site.vault("copies", EncryptionKeyArn=cluster.site.key())
    job = cluster.site.copy(cluster.parent()["RecoveryPointArn"], COPIES)
    assert (job["State"], job["ChildJobsInState"]) == ("COMPLETED", {"COMPLETED": 2})
    assert ":recovery-point:composite:eks/fleet-" in cluster.parent("copies")["RecoveryPointArn"]
    assert sorted(cluster.children("copies")) == ["EBS", "EKS"]


def test_a_cluster_is_restored_as_a_whole(cluster: Any) -> None:
    """A parent job with one for the state and one for each volume that the metadata name; it made the cluster."""
    metadata = cluster.backup.get_recovery_point_restore_metadata(
        BackupVaultName="v1", RecoveryPointArn=cluster.parent()["RecoveryPointArn"]
    )["RestoreMetadata"]
    volume = cluster.children()["EBS"]["RecoveryPointArn"]
    assert list(json.loads(metadata["nestedRestoreJobs"])) == [volume]
    job = _restore(cluster, metadata | NEW)
    cluster.site.settle()
    parent = cluster.backup.describe_restore_job(RestoreJobId=job)
    assert (parent["Status"], parent["IsParent"]) == ("COMPLETED", True)
    assert parent["CreatedResourceArn"].endswith(":cluster/again")
    children = cluster.backup.list_restore_jobs(ByParentJobId=job)["RestoreJobs"]
    assert sorted((one["ResourceType"], one["Status"], one["ParentJobId"]) for one in children) == [
        ("EBS", "COMPLETED", job),
        ("EKS", "COMPLETED", job),
    ]
    source = cluster.children()["EBS"]["ResourceArn"]
    [of_volume] = cluster.backup.list_restore_jobs_by_protected_resource(ResourceArn=source)["RestoreJobs"]
    described = cluster.backup.describe_restore_job(RestoreJobId=of_volume["RestoreJobId"])
    assert (of_volume["ParentJobId"], described["ParentJobId"]) == (job, job)


@pytest.mark.parametrize(
    ("metadata", "children"),
    [(NEW, ["EKS"]), ({**NEW, "nestedRestoreJobs": "{}"}, ["EKS"]), ({"clusterName": "fleet"}, ["EKS"])],
)
def test_volumes_that_nobody_names_are_not_restored(
    cluster: Any, metadata: dict[str, str], children: list[str]
) -> None:
    """A volume needs its zone, which only the caller knows."""
    job = _restore(cluster, metadata)
    cluster.site.settle()
    found = cluster.backup.list_restore_jobs(ByParentJobId=job)["RestoreJobs"]
    assert [(one["ResourceType"], one["Status"]) for one in found] == [(name, "COMPLETED") for name in children]


def test_a_nested_restore_that_fails_fails_the_whole(cluster: Any) -> None:
    """The message names how many failed, and why."""
    volume = cluster.children()["EBS"]["RecoveryPointArn"]
    wish = {volume: {"availabilityZone": "nowhere-1a"}}
    job = _restore(cluster, {"clusterName": "absent", "nestedrestorejobs": json.dumps(wish)})
    cluster.site.settle()
    ended = cluster.backup.describe_restore_job(RestoreJobId=job)
    assert (ended["Status"], "nested restore jobs failed." in ended["StatusMessage"]) == ("FAILED", True)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"newCluster": "true"}, "need clusterName"),
        ({**NEW, "nestedRestoreJobs": "volumes"}, "must be a JSON map"),
        ({**NEW, "nestedRestoreJobs": '{"arn:aws:ec2:us-east-1::snapshot/snap-0": "{}"}'}, "not a persistent volume"),
    ],
)
def test_restore_metadata_that_make_no_sense_are_refused(
    cluster: Any, refusal: Callable[..., Any], metadata: dict[str, str], words: str
) -> None:
    """Before any job is made."""
    code, message = refusal(lambda: _restore(cluster, metadata))
    assert (code, words in message) == ("InvalidParameterValueException", True)
    assert cluster.backup.list_restore_jobs()["RestoreJobs"] == []


def test_one_restore_into_a_cluster_waits_for_the_other(cluster: Any) -> None:
    """One at a time for each cluster; the second is PENDING until the first has ended."""
    jobs = [_restore(cluster, {"clusterName": "fleet"}) for _ in range(2)]
    cluster.site.advance(seconds=0.5)
    assert [cluster.backup.describe_restore_job(RestoreJobId=job)["Status"] for job in jobs] == ["RUNNING", "PENDING"]
    cluster.site.settle()
    assert {cluster.backup.describe_restore_job(RestoreJobId=job)["Status"] for job in jobs} == {"COMPLETED"}


def test_a_volume_is_restored_alone(cluster: Any) -> None:
    """As any other recovery point of a volume."""
    job = _restore(cluster, {"availabilityZone": "us-east-1b"}, cluster.children()["EBS"]["RecoveryPointArn"])
    cluster.site.settle()
    ended = cluster.backup.describe_restore_job(RestoreJobId=job)
    assert (ended["Status"], ended["IsParent"], "ParentJobId" in ended) == ("COMPLETED", False, False)
