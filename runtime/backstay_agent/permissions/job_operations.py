"""Which operations of AWS the commands call that start jobs: back up, copy, restore, test a restore."""

from __future__ import annotations


def named(**services: str) -> frozenset[str]:
    """`service:Operation` of every operation, services in botocore's names."""
    return frozenset(f"{service}:{operation}" for service, names in services.items() for operation in names.split())


# Who the caller is; and the way into the accounts.
OWN = named(sts="GetCallerIdentity")
CALLER = OWN | named(sts="AssumeRole")
# What `describe` knows how to look up.
_DESCRIBED = named(
    cloudformation="DescribeStacks",
    dynamodb="DescribeTable",
    ec2="DescribeInstances DescribeVolumes",
    efs="DescribeFileSystems",
    eks="DescribeCluster",
    fsx="DescribeFileSystems DescribeVolumes",
    rds="DescribeDBClusters DescribeDBInstances",
    redshift="DescribeClusters",
    s3="HeadBucket",
)
# What is asked where the tagging API knows too little.
FOUND = named(
    rds="DescribeDBClusters DescribeDBInstances",
    resourcegroupstaggingapi="GetResources",
    s3="ListBuckets",
)
_SURROUNDINGS = FOUND | _DESCRIBED | named(backup="DescribeRegionSettings ListProtectedResources")
# Copies look at both vaults, at keys, and at what lies at the destination: their ways depend on it.
_COPIES = named(
    backup="""
        DescribeBackupVault DescribeCopyJob DescribeRecoveryPoint ListCopyJobs ListRecoveryPointsByBackupVault
        StartCopyJob
    """,
    kms="DescribeKey ListAliases",
)
# Tags of recovery points stand in three places.
_POINT_TAGS = named(backup="ListTags", ec2="DescribeTags", resourcegroupstaggingapi="GetResources")

BACKUP = (
    CALLER | _SURROUNDINGS | _COPIES | named(backup="DescribeBackupJob ListBackupJobs ListBackupVaults StartBackupJob")
)
COPY = CALLER | _COPIES | _POINT_TAGS | named(backup="ListBackupVaults")
_VERIFIED = named(dynamodb="Scan", s3="GetObject ListObjectVersions ListObjectsV2")
RESTORE = (
    CALLER
    | _DESCRIBED
    | named(
        backup="""
            DescribeRecoveryPoint DescribeRestoreJob GetRecoveryPointRestoreMetadata ListBackupVaults StartRestoreJob
        """
    )
    | _VERIFIED
)
# A restore test deletes what it made, and nothing else: names and tags bind these permissions.
_CLEANED = named(
    dynamodb="DeleteTable",
    ec2="DeleteVolume TerminateInstances",
    efs="DeleteFileSystem",
    fsx="DeleteFileSystem DeleteVolume",
    rds="DeleteDBCluster DeleteDBInstance",
    s3="DeleteBucket DeleteObjects",
)
RESTORE_TEST = (
    CALLER
    | _DESCRIBED
    | _POINT_TAGS
    | _VERIFIED
    | _CLEANED
    | named(
        backup="""
            DescribeRecoveryPoint DescribeRestoreJob GetRecoveryPointRestoreMetadata GetRestoreTestingPlan
            ListBackupVaults ListProtectedResources ListRecoveryPointsByResource ListRestoreJobs
            PutRestoreValidationResult StartRestoreJob
        """,
        ec2="DescribeAvailabilityZones",
        resourcegroupstaggingapi="TagResources",
    )
)
