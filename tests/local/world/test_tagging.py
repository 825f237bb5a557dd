"""The tagging API sees AWS Backup's own resources, and services that moto leaves out of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backstay_local.app import LocalAws


def tagged(aws: LocalAws, **members: Any) -> dict[str, dict[str, str]]:
    """Tags by ARN, as GetResources gives them."""
    pages = aws.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(**members)
    return {
        one["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]}
        for page in pages
        for one in page["ResourceTagMappingList"]
    }


def test_vaults_plans_and_points_are_found(planned: LocalAws) -> None:
    """By tag and by type; in their own account and Region only."""
    backup = planned.client("backup")
    planned.advance(timedelta(hours=6))
    point = backup.list_recovery_points_by_backup_vault(BackupVaultName="v1")["RecoveryPoints"][0]["RecoveryPointArn"]
    backup.tag_resource(ResourceArn=point, Tags={"keep": "yes"})
    vault = backup.describe_backup_vault(BackupVaultName="v1")["BackupVaultArn"]
    plan = backup.list_backup_plans()["BackupPlansList"][0]["BackupPlanArn"]
    assert tagged(planned) == {vault: {"team": "core"}, plan: {"Team": "core"}, point: {"keep": "yes"}}
    assert tagged(planned, ResourceTypeFilters=["backup:recovery-point"]) == {point: {"keep": "yes"}}
    assert set(tagged(planned, TagFilters=[{"Key": "team"}])) == {vault}
    assert set(tagged(planned, ResourcesPerPage=1)) == {vault, plan, point}
    keys = planned.client("resourcegroupstaggingapi").get_tag_keys()["TagKeys"]
    assert {"team", "Team", "keep"} <= set(keys)
    assert planned.client("resourcegroupstaggingapi", "210987654321").get_resources()["ResourceTagMappingList"] == []
    elsewhere = planned.client("resourcegroupstaggingapi", region="eu-west-1")
    assert elsewhere.get_resources()["ResourceTagMappingList"] == []


def test_they_are_tagged_through_it(planned: LocalAws) -> None:
    """TagResources and UntagResources reach AWS Backup, and say which ARN they could not tag."""
    backup, tagging = planned.client("backup"), planned.client("resourcegroupstaggingapi")
    vault = backup.describe_backup_vault(BackupVaultName="v1")["BackupVaultArn"]
    gone = vault.replace(":v1", ":gone")
    failed = tagging.tag_resources(ResourceARNList=[vault, gone], Tags={"stage": "prod"})["FailedResourcesMap"]
    assert set(failed) == {gone}
    assert backup.list_tags(ResourceArn=vault)["Tags"] == {"team": "core", "stage": "prod"}
    tagging.untag_resources(ResourceARNList=[vault], TagKeys=["team"])
    assert backup.list_tags(ResourceArn=vault)["Tags"] == {"stage": "prod"}


def test_services_that_take_no_part_are_found_all_the_same(aws: LocalAws) -> None:
    """Clusters of Redshift and EKS and databases of Timestream, with their tags, to be found and to be changed."""
    tags = [{"Key": "backup", "Value": "daily"}]
    cluster = aws.client("redshift").create_cluster(
        ClusterIdentifier="dwh", NodeType="ra3.large", MasterUsername="u", MasterUserPassword="Passw0rd1", Tags=tags
    )["Cluster"]
    database = aws.client("timestream-write").create_database(DatabaseName="series", Tags=tags)["Database"]["Arn"]
    kubernetes = aws.client("eks").create_cluster(
        name="apps",
        roleArn=f"arn:aws:iam::{aws.management_account}:role/eks",
        resourcesVpcConfig={},
        tags={"backup": "daily"},
    )["cluster"]["arn"]
    redshift = f"arn:aws:redshift:us-east-1:{aws.management_account}:cluster:dwh"
    found = tagged(aws, TagFilters=[{"Key": "backup", "Values": ["daily"]}])
    assert set(found) == {redshift, database, kubernetes}, cluster
    assert set(tagged(aws, ResourceTypeFilters=["eks:cluster"])) == {kubernetes}
    tagging = aws.client("resourcegroupstaggingapi")
    answer = tagging.tag_resources(ResourceARNList=sorted(found), Tags={"more": "yes"})
    assert answer["FailedResourcesMap"] == {}
    assert {tuple(sorted(one)) for one in tagged(aws).values()} == {("backup", "more")}
    tagging.untag_resources(ResourceARNList=sorted(found), TagKeys=["backup"])
    assert {tuple(sorted(one)) for one in tagged(aws).values()} == {("more",)}
