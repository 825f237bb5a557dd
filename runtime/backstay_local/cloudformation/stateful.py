"""Resources that hold data, which backups of stacks find in them: buckets, tables, volumes, file systems, databases.

Source: CloudFormation template reference, pages of these types, read 2026-11. A change of what AWS changes in place is
made in place; a change of anything else makes a new resource.
"""

from __future__ import annotations

from collections.abc import Mapping

from backstay_local.world.world import partition_of

from .kind import Kind, Made, Place, Properties, mapped

Tags = Mapping[str, str]


def _listed(tags: Tags) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _moved(old: Properties, new: Properties, name: str = "Tags") -> tuple[list[str], list[dict[str, str]]]:
    """The tag keys that go, and the tags that come or change."""
    before, after = mapped(old.get(name)), mapped(new.get(name))
    fresh = {key: value for key, value in after.items() if before.get(key) != value}
    return sorted(before.keys() - after.keys()), _listed(fresh)


def _differ(old: Properties, new: Properties, *names: str) -> bool:
    return any(old.get(name) != new.get(name) for name in names)


def _bucket(place: Place, given: Properties) -> Made:
    name = given.get("BucketName") or place.fresh_name().replace("_", "-").lower()[-63:]
    where = None if place.region == "us-east-1" else {"LocationConstraint": place.region}
    place.call("s3", "CreateBucket", Bucket=name, CreateBucketConfiguration=where)
    return Made(
        name, {"Arn": f"arn:{partition_of(place.region)}:s3:::{name}", "DomainName": f"{name}.s3.amazonaws.com"}
    )


def _settle_bucket(place: Place, made: Made, given: Properties) -> None:
    _dress_bucket(place, made, {}, given)


def _dress_bucket(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    if _differ(old, new, "VersioningConfiguration"):
        versioning = new.get("VersioningConfiguration") or {"Status": "Suspended"}
        place.call("s3", "PutBucketVersioning", Bucket=made.id, VersioningConfiguration=versioning)
    if _differ(old, new, "Tags"):
        tags = _listed(mapped(new.get("Tags")))
        if tags:
            place.call("s3", "PutBucketTagging", Bucket=made.id, Tagging={"TagSet": tags})
        else:
            place.call("s3", "DeleteBucketTagging", Bucket=made.id)
    return made


def _delete_bucket(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("s3", "DeleteBucket", Bucket=made.id)


_CAPACITY = ("BillingMode", "ProvisionedThroughput")


def _table(place: Place, given: Properties) -> Made:
    named = {"TableName": place.fresh_name(), **given}
    answer = place.call("dynamodb", "CreateTable", **{key: value for key, value in named.items() if value})
    described = answer["TableDescription"]
    return Made(described["TableName"], {"Arn": described["TableArn"]})


def _change_table(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    if _differ(old, new, *_CAPACITY):
        place.call("dynamodb", "UpdateTable", TableName=made.id, **{name: new.get(name) for name in _CAPACITY})
    gone, fresh = _moved(old, new)
    if gone:
        place.call("dynamodb", "UntagResource", ResourceArn=made.attributes["Arn"], TagKeys=gone)
    if fresh:
        place.call("dynamodb", "TagResource", ResourceArn=made.attributes["Arn"], Tags=fresh)
    return made


def _delete_table(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("dynamodb", "DeleteTable", TableName=made.id)


_SHAPE = ("Size", "VolumeType", "Iops", "Throughput")


def _volume(place: Place, given: Properties) -> Made:
    tags = given.get("Tags")
    members = {name: value for name, value in given.items() if name != "Tags"}
    specified = [{"ResourceType": "volume", "Tags": tags}] if tags else None
    answer = place.call("ec2", "CreateVolume", **members, TagSpecifications=specified)
    return Made(answer["VolumeId"], {"VolumeId": answer["VolumeId"]})


def _change_volume(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    if _differ(old, new, *_SHAPE):
        place.call("ec2", "ModifyVolume", VolumeId=made.id, **{name: new.get(name) for name in _SHAPE})
    gone, fresh = _moved(old, new)
    if gone:
        place.call("ec2", "DeleteTags", Resources=[made.id], Tags=[{"Key": key} for key in gone])
    if fresh:
        place.call("ec2", "CreateTags", Resources=[made.id], Tags=fresh)
    return made


def _delete_volume(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("ec2", "DeleteVolume", VolumeId=made.id)


def _files(place: Place, given: Properties) -> Made:
    members = {"Tags" if name == "FileSystemTags" else name: value for name, value in given.items()}
    answer = place.call("efs", "CreateFileSystem", CreationToken=place.fresh_name()[-64:], **members)
    own = answer["FileSystemId"]
    return Made(own, {"Arn": answer["FileSystemArn"], "FileSystemId": own})


def _change_files(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    gone, fresh = _moved(old, new, "FileSystemTags")
    if gone:
        place.call("efs", "UntagResource", ResourceId=made.id, TagKeys=gone)
    if fresh:
        place.call("efs", "TagResource", ResourceId=made.id, Tags=fresh)
    return made


def _delete_files(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("efs", "DeleteFileSystem", FileSystemId=made.id)


_ALTERED = ("AllocatedStorage", "BackupRetentionPeriod", "DBInstanceClass", "MasterUserPassword", "MultiAZ")


def _database(place: Place, given: Properties) -> Made:
    named = {"DBInstanceIdentifier": place.fresh_name().replace("_", "-").lower()[-63:], **given}
    described = place.call("rds", "CreateDBInstance", **named)["DBInstance"]
    return Made(described["DBInstanceIdentifier"], {"DBInstanceArn": described["DBInstanceArn"]})


def _change_database(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    if _differ(old, new, *_ALTERED):
        altered = {name: new.get(name) for name in _ALTERED}
        place.call("rds", "ModifyDBInstance", DBInstanceIdentifier=made.id, ApplyImmediately=True, **altered)
    arn = made.attributes["DBInstanceArn"]
    gone, fresh = _moved(old, new)
    if gone:
        place.call("rds", "RemoveTagsFromResource", ResourceName=arn, TagKeys=gone)
    if fresh:
        place.call("rds", "AddTagsToResource", ResourceName=arn, Tags=fresh)
    return made


def _delete_database(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("rds", "DeleteDBInstance", DBInstanceIdentifier=made.id, SkipFinalSnapshot=True)


_TABLE = frozenset({"AttributeDefinitions", "KeySchema", "TableName"})
_VOLUME = frozenset({"AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId"})
_FILES = frozenset({"Encrypted", "KmsKeyId", "PerformanceMode"})
_DATABASE = frozenset({
    "DBInstanceIdentifier", "DBName", "Engine", "EngineVersion", "KmsKeyId", "MasterUsername", "StorageEncrypted",
})  # fmt: skip

KINDS = {
    "AWS::S3::Bucket": Kind(
        properties=frozenset({"BucketName", "Tags", "VersioningConfiguration"}),
        create=_bucket,
        settle=_settle_bucket,
        change=_dress_bucket,
        delete=_delete_bucket,
        fixed=frozenset({"BucketName"}),
        tags=("Tags", True),
    ),
    "AWS::DynamoDB::Table": Kind(
        properties=_TABLE | {*_CAPACITY, "Tags"},
        create=_table,
        change=_change_table,
        delete=_delete_table,
        fixed=_TABLE,
        tags=("Tags", True),
    ),
    "AWS::EC2::Volume": Kind(
        properties=_VOLUME | {*_SHAPE, "Tags"},
        create=_volume,
        change=_change_volume,
        delete=_delete_volume,
        fixed=_VOLUME,
        tags=("Tags", True),
    ),
    "AWS::EFS::FileSystem": Kind(
        properties=_FILES | {"FileSystemTags"},
        create=_files,
        change=_change_files,
        delete=_delete_files,
        fixed=_FILES,
        tags=("FileSystemTags", True),
    ),
    "AWS::RDS::DBInstance": Kind(
        properties=_DATABASE | {*_ALTERED, "Tags"},
        create=_database,
        change=_change_database,
        delete=_delete_database,
        fixed=_DATABASE,
        tags=("Tags", True),
    ),
}
"""What there is of each type."""
