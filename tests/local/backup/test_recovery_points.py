"""Recovery points: how they age, change and go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backstay_local.backup import Settings


def test_expiry_after_40_days(site: Any) -> None:
    """A point that is kept 40 days is there a minute before, and gone, with its bytes, a minute after."""
    site.vault()
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 40})
    [kept] = site.points()
    assert kept["CalculatedLifecycle"]["DeleteAt"] - kept["CreationDate"] == timedelta(days=40)
    site.aws.advance(kept["CalculatedLifecycle"]["DeleteAt"] - site.aws.clock.now() - timedelta(minutes=1))
    assert [one["RecoveryPointArn"] for one in site.points()] == [point]
    site.advance(minutes=2)
    assert site.points() == []
    assert not list((site.aws.folder / "data").rglob("manifests/*"))
    assert site.backup.list_protected_resources()["Results"] == []


def test_expiry_within_8_hours(open_site: Any) -> None:
    """With AWS's own spread a point goes at some moment of the 8 hours after its end, not before."""
    site = open_site(settings=Settings(expiry_spread=timedelta(hours=8)))
    site.vault()
    for number in range(4):
        site.take(site.bucket(f"bucket-{number}"), Lifecycle={"DeleteAfterDays": 1})
    site.advance(hours=23, minutes=50)
    assert len(site.points()) == 4
    site.advance(hours=8, minutes=11)
    assert site.points() == []


def test_for_ever(site: Any) -> None:
    """Without a lifecycle a point stays."""
    site.vault()
    site.take(site.bucket("bucket-one"))
    site.advance(days=4000)
    [point] = site.points()
    assert not {"Lifecycle", "CalculatedLifecycle"} & {key for key in point if point[key]}


def test_cold_storage(site: Any) -> None:
    """A type with cold storage goes there on its day, one without ignores it; cold points cannot be copied."""
    site.vault()
    site.vault("second")
    efs = site.client("efs").create_file_system(CreationToken="t")["FileSystemArn"]
    lifecycle = {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 100}
    cold, warm = site.take(efs, Lifecycle=lifecycle), site.take(site.bucket("bucket-one"), Lifecycle=lifecycle)
    site.advance(days=11)

    def storage(arn: str) -> str:
        found = site.backup.describe_recovery_point(BackupVaultName="v1", RecoveryPointArn=arn)
        return str(found["StorageClass"])

    assert (storage(cold), storage(warm)) == ("COLD", "WARM")
    site.advance(days=90)
    assert site.points() == []


def test_volumes_go_cold_only_on_request(site: Any) -> None:
    """EBS snapshots are archived only with OptInToArchiveForSupportedResources."""
    site.vault()
    lifecycle = {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 100}
    plain = site.take(site.volume(), Lifecycle=lifecycle)
    archived = site.take(site.volume(), Lifecycle={**lifecycle, "OptInToArchiveForSupportedResources": True})
    site.advance(days=11)
    classes = [
        site.backup.describe_recovery_point(BackupVaultName="v1", RecoveryPointArn=arn)["StorageClass"]
        for arn in (plain, archived)
    ]
    assert classes == ["WARM", "COLD"]


def test_update_of_the_lifecycle(site: Any, refusal: Any) -> None:
    """An update replaces the whole lifecycle, -1/-1 removes it, and the dates follow."""
    site.vault()
    efs = site.client("efs").create_file_system(CreationToken="t")["FileSystemArn"]
    where = {"BackupVaultName": "v1", "RecoveryPointArn": site.take(efs, Lifecycle={"DeleteAfterDays": 10})}
    update = site.backup.update_recovery_point_lifecycle
    changed = update(**where, Lifecycle={"MoveToColdStorageAfterDays": 5, "DeleteAfterDays": 95})
    assert changed["Lifecycle"] == {"MoveToColdStorageAfterDays": 5, "DeleteAfterDays": 95}
    span = changed["CalculatedLifecycle"]["DeleteAt"] - changed["CalculatedLifecycle"]["MoveToColdStorageAt"]
    assert span == timedelta(days=90)
    assert update(**where, Lifecycle={"DeleteAfterDays": 20})["Lifecycle"] == {"DeleteAfterDays": 20}
    for bad in ({"DeleteAfterDays": 0}, {"MoveToColdStorageAfterDays": 5, "DeleteAfterDays": 94}):
        assert refusal(lambda bad=bad: update(**where, Lifecycle=bad))[0] == "InvalidParameterValueException"
    assert "DeleteAfterDays" not in update(
        **where, Lifecycle={"MoveToColdStorageAfterDays": -1, "DeleteAfterDays": -1}
    ).get("Lifecycle", {})
    site.advance(days=30)
    assert len(site.points()) == 1
    early = {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 400}
    assert refusal(lambda: update(**where, Lifecycle=early))[0] == "InvalidParameterValueException"


def test_deletion(site: Any, refusal: Any) -> None:
    """A deleted point is DELETING, then gone; one that does not exist is not found."""
    site.vault()
    where = {"BackupVaultName": "v1", "RecoveryPointArn": site.take(site.bucket("bucket-one"))}
    site.backup.delete_recovery_point(**where)
    assert site.backup.describe_recovery_point(**where)["Status"] == "DELETING"
    site.settle()
    assert refusal(lambda: site.backup.describe_recovery_point(**where))[0] == "ResourceNotFoundException"
    assert refusal(lambda: site.backup.delete_recovery_point(**where))[0] == "ResourceNotFoundException"


def test_a_point_in_use_stays(site: Any, refusal: Any) -> None:
    """While a copy works on a point it cannot be deleted."""
    site.vault()
    site.vault("second")
    point = site.take(site.bucket("bucket-one"))
    site.backup.start_copy_job(
        RecoveryPointArn=point,
        SourceBackupVaultName="v1",
        DestinationBackupVaultArn=f"arn:aws:backup:us-east-1:{site.account}:backup-vault:second",
        IamRoleArn=site.role(),
    )
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point}
    assert refusal(lambda: site.backup.delete_recovery_point(**where))[0] == "InvalidResourceStateException"
    site.settle()
    site.backup.delete_recovery_point(**where)


def test_role_gone_before_expiry(site: Any) -> None:
    """When the role of a point is gone at its end, the point stays as EXPIRED until someone deletes it."""
    site.vault()
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 1})
    site.client("iam").delete_role(RoleName="AWSBackupRole")
    site.advance(days=2)
    [kept] = site.points()
    [by_resource] = site.backup.list_recovery_points_by_resource(ResourceArn="arn:aws:s3:::bucket-one")[
        "RecoveryPoints"
    ]
    described = site.backup.describe_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    for one in (kept, by_resource, described):
        assert (one["Status"], "AWSBackupRole" in one["StatusMessage"]) == ("EXPIRED", True)
    site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    site.settle()
    assert site.points() == []


def test_who_owns_the_key(site: Any) -> None:
    """The list of a resource's points says for each whether its key is the customer's, or one that AWS owns."""
    key = site.key()
    site.vault(EncryptionKeyArn=key)
    owned = site.air_gapped()
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 30})
    assert site.copy(point, owned)["State"] == "COMPLETED"
    found = site.backup.list_recovery_points_by_resource(ResourceArn="arn:aws:s3:::bucket-one")["RecoveryPoints"]
    keys = {one["BackupVaultName"]: (one["EncryptionKeyType"], one.get("EncryptionKeyArn")) for one in found}
    assert keys == {"v1": ("CUSTOMER_MANAGED_KMS_KEY", key), "lag": ("AWS_OWNED_KMS_KEY", None)}


def test_filters_and_lists(site: Any) -> None:
    """Points are listed newest first, by vault, by resource, by type, by plan and by date, in pages of any size."""
    site.vault()
    one, two = site.bucket("bucket-one"), site.volume()
    arns = []
    for arn in (one, two, one):
        arns.append(site.take(arn))
        site.advance(hours=1)
    assert [point["RecoveryPointArn"] for point in site.points()] == arns[::-1]
    by_resource = site.backup.list_recovery_points_by_resource(ResourceArn=one)["RecoveryPoints"]
    assert [point["RecoveryPointArn"] for point in by_resource] == [arns[2], arns[0]]
    middle = site.points()[1]["CreationDate"]
    expected: list[tuple[dict[str, Any], list[int]]] = [
        ({"ByResourceArn": two}, [1]),
        ({"ByResourceType": "S3"}, [2, 0]),
        ({"ByBackupPlanId": "none"}, []),
        ({"ByCreatedBefore": middle}, [0]),
        ({"ByCreatedAfter": middle}, [2]),
    ]
    for filters, numbers in expected:
        pages = site.backup.get_paginator("list_recovery_points_by_backup_vault").paginate(
            BackupVaultName="v1", PaginationConfig={"PageSize": 1}, **filters
        )
        found = [point["RecoveryPointArn"] for page in pages for point in page["RecoveryPoints"]]
        assert found == [arns[number] for number in numbers]


def test_points_of_an_unchanged_bucket(site: Any) -> None:
    """Two backups of an unchanged bucket are independent: one may go, the other restores; with both all bytes go."""
    site.vault()
    arn = site.bucket("bucket-one", objects={"file": b"body"})
    points = [site.take(arn), site.take(arn)]
    for number, point in enumerate(points):
        name = f"bucket-new-{number}"
        site.backup.start_restore_job(
            RecoveryPointArn=points[-1], Metadata={"DestinationBucketName": name, "NewBucket": "true"}
        )
        site.settle()
        assert site.client("s3").get_object(Bucket=name, Key="file")["Body"].read() == b"body"
        site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
        site.settle()
    assert not list((site.aws.folder / "data").rglob("manifests/*"))


def test_a_changed_bucket_is_read_again(site: Any) -> None:
    """A change between two backups is in the second."""
    site.vault()
    arn = site.bucket("bucket-one", objects={"file": b"old"})
    old = site.take(arn)
    site.client("s3").put_object(Bucket="bucket-one", Key="file", Body=b"newer")
    new = site.take(arn)
    assert [point["BackupSizeInBytes"] for point in site.points()] == [5, 3]
    assert [point["RecoveryPointArn"] for point in site.points()] == [new, old]


def test_protected_resources(site: Any, refusal: Any) -> None:
    """A resource is protected from its first recovery point on, in its vault and its account."""
    site.vault()
    site.vault("v2")
    one, two = site.bucket("bucket-one"), site.volume()
    assert refusal(lambda: site.backup.describe_protected_resource(ResourceArn=one))[0] == "ResourceNotFoundException"
    site.take(one)
    last = site.take(one, vault="v2")
    site.take(two)
    found = site.backup.describe_protected_resource(ResourceArn=one)
    assert (found["ResourceType"], found["LastRecoveryPointArn"]) == ("S3", last)
    assert {row["ResourceArn"] for row in site.backup.list_protected_resources()["Results"]} == {one, two}
    by_vault = site.backup.list_protected_resources_by_backup_vault(BackupVaultName="v2")["Results"]
    assert [row["ResourceArn"] for row in by_vault] == [one]


def test_filters_by_time_cut_to_the_millisecond_on_every_page(site: Any, rule: Any) -> None:
    """ByCreatedBefore and ByCreatedAfter leave out the moments themselves, and pages within them miss nothing."""
    site.vault()
    site.volume()
    site.plan(rule("hourly", "cron(0 * ? * * *)"))
    site.advance(hours=12)
    created = sorted(point["CreationDate"] for point in site.points())
    listed = site.backup.get_paginator("list_recovery_points_by_backup_vault").paginate
    jobs = site.backup.get_paginator("list_backup_jobs").paginate
    for low, high in ((0, 11), (3, 4), (3, 9), (5, 7)):
        span = {"ByCreatedAfter": created[low], "ByCreatedBefore": created[high]}
        for size in (1, 2, 1000):
            pages = listed(BackupVaultName="v1", **span, PaginationConfig={"PageSize": size})
            found = [point["CreationDate"] for page in pages for point in page["RecoveryPoints"]]
            assert found == created[low + 1 : high][::-1]
        pages = jobs(**span, PaginationConfig={"PageSize": 2})
        assert [job["CreationDate"] for page in pages for job in page["BackupJobs"]] == created[low + 1 : high][::-1]
    resource = site.points()[0]["ResourceArn"]
    assert (
        len([one for page in listed(BackupVaultName="v1", ByResourceArn=resource) for one in page["RecoveryPoints"]])
        == 12
    )
    counted = site.backup.describe_backup_vault(BackupVaultName="v1")["NumberOfRecoveryPoints"]
    site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=site.points()[0]["RecoveryPointArn"])
    site.settle()
    assert (counted, site.backup.describe_backup_vault(BackupVaultName="v1")["NumberOfRecoveryPoints"]) == (12, 11)


def test_what_is_being_deleted_cannot_be_deleted_again(site: Any, refusal: Any) -> None:
    """AWS Backup "is already performing an action" on it: InvalidResourceStateException."""
    site.vault()
    where = {"BackupVaultName": "v1", "RecoveryPointArn": site.take(site.bucket("bucket-one"))}
    site.backup.delete_recovery_point(**where)
    assert refusal(lambda: site.backup.delete_recovery_point(**where))[0] == "InvalidResourceStateException"


def test_pages_of_the_points_of_a_database(site: Any, refusal: Any) -> None:
    """Amazon RDS wants pages of 20 or more; other services take one of one."""
    ask = site.backup.list_recovery_points_by_resource
    database = f"arn:aws:rds:us-east-1:{site.account}:db:db"
    assert refusal(lambda: ask(ResourceArn=database, MaxResults=19))[0] == "InvalidParameterValueException"
    for arn, size in ((database, 20), ("arn:aws:s3:::bucket-one", 1)):
        assert ask(ResourceArn=arn, MaxResults=size)["RecoveryPoints"] == []


def test_a_copy_is_no_newer_backup(site: Any) -> None:
    """LastBackupTime and its vault are those of the last backup; where there are only copies, of the newest of them."""
    site.vault()
    near, far = site.vault("v2"), site.vault("v1", region="eu-west-1")
    bucket = site.bucket("bucket-one")
    point = site.take(bucket)
    before = site.backup.describe_protected_resource(ResourceArn=bucket)
    site.advance(days=1)
    for target in (near, far):
        assert site.copy(point, target)["State"] == "COMPLETED"
    assert site.backup.describe_protected_resource(ResourceArn=bucket) | {"ResponseMetadata": 0} == (
        before | {"ResponseMetadata": 0}
    )
    abroad = site.client("backup", region="eu-west-1").describe_protected_resource(ResourceArn=bucket)
    assert (abroad["LastBackupVaultArn"], abroad["LastBackupTime"]) == (far, site.points()[0]["CreationDate"])
