"""Stacks and clusters to back up, and what they leave behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

DISK = {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": "us-east-1a", "Size": 1}}
KEYED = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": KEYED | {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]},
}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
KEY = {"Type": "AWS::KMS::Key", "Properties": {}}


class Ground:
    """One embedded AWS with a vault, in which composites are made."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.backup = site.backup
        site.vault("v1", EncryptionKeyArn=site.key())

    def stack(self, resources: Mapping[str, Any], name: str = "app", **more: Any) -> str:
        """Make a stack of resources; gives its id."""
        client = self.site.client("cloudformation")
        made = client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}), **more)
        [stack] = client.describe_stacks(StackName=made["StackId"])["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack
        return str(made["StackId"])

    def inner(self, resources: Mapping[str, Any], name: str = "inner") -> dict[str, Any]:
        """A nested stack of resources, for a template."""
        s3 = self.site.client("s3")
        s3.create_bucket(Bucket=f"templates-{name}")
        s3.put_object(Bucket=f"templates-{name}", Key="t.json", Body=json.dumps({"Resources": resources}))
        url = f"https://templates-{name}.s3.amazonaws.com/t.json"
        return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}

    def cluster(self, name: str = "fleet", volumes: int = 1) -> str:
        """Make a cluster with persistent volumes; gives its ARN."""
        role = f"arn:aws:iam::{self.site.account}:role/cluster"
        network = {"subnetIds": ["subnet-00000000000000000"]}
        made = self.site.client("eks").create_cluster(name=name, roleArn=role, resourcesVpcConfig=network)
        tags = [{"Key": f"kubernetes.io/cluster/{name}", "Value": "owned"}]
        for _ in range(volumes):
            self.site.volume(TagSpecifications=[{"ResourceType": "volume", "Tags": tags}])
        return str(made["cluster"]["arn"])

    def take(self, arn: str, **more: Any) -> dict[str, Any]:
        """Back a composite up; gives the parent job at its end."""
        job = self.site.start(arn, **more)
        self.site.settle()
        return dict(self.site.job(job))

    def parent(self, vault: str = "v1") -> dict[str, Any]:
        """The one composite recovery point of a vault."""
        [found] = [one for one in self.site.points(vault) if one["IsParent"]]
        return dict(found)

    def children(self, vault: str = "v1") -> dict[str, dict[str, Any]]:
        """What is nested in the one composite of a vault, by resource type."""
        found = self.backup.list_recovery_points_by_backup_vault(
            BackupVaultName=vault, ByParentRecoveryPointArn=self.parent(vault)["RecoveryPointArn"]
        )
        return {one["ResourceType"]: one for one in found["RecoveryPoints"]}

    def delete(self, point: Mapping[str, Any]) -> None:
        """Delete a recovery point of v1, and let it go."""
        self.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point["RecoveryPointArn"])
        self.site.settle()

    def free(self, point: Mapping[str, Any]) -> None:
        """Take a nested recovery point of v1 out of its composite."""
        self.backup.disassociate_recovery_point_from_parent(
            BackupVaultName="v1", RecoveryPointArn=point["RecoveryPointArn"]
        )


@pytest.fixture
def ground(site: Any) -> Ground:
    """An embedded AWS with a vault."""
    return Ground(site)


@pytest.fixture
def open_ground(open_site: Callable[..., Any]) -> Callable[..., Ground]:
    """Opens embedded AWSs of any kind, each with a vault."""
    return lambda **named: Ground(open_site(**named))
