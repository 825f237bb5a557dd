"""EC2 instances: image, type, network and settings; the disks are not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_aws.arns import partition_of
from backstay_aws.restore_testing import MARK
from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import at_home, tag_list, tags_of, texts
from .ebs import GIB

_ALIVE = ("pending", "running", "stopping", "stopped")


class EC2:
    """Instances that are not terminated."""

    type = "EC2"
    service = "ec2"
    arns = "arn:*:ec2:*:*:instance/*"
    holds_bytes = False

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The living instances of an account and Region."""
        client = outside.client("ec2", account, region)
        alive = [{"Name": "instance-state-name", "Values": list(_ALIVE)}]
        for page in client.get_paginator("describe_instances").paginate(Filters=alive):
            for reservation in page["Reservations"]:
                for instance in reservation["Instances"]:
                    yield _resource(instance, account, region)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The instance of that ARN, if it lives."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The instance's description and the sizes of its volumes; it must be running or stopped."""
        client = outside.client("ec2", resource.account, resource.region)
        [reservation] = client.describe_instances(InstanceIds=[resource.name])["Reservations"]
        [instance] = reservation["Instances"]
        state = instance["State"]["Name"]
        if state not in ("running", "stopped"):
            raise DataError(f"Instance {resource.name} is {state}; it must be running or stopped to be backed up.")
        attached = [{"Name": "attachment.instance-id", "Values": [resource.name]}]
        volumes = client.describe_volumes(Filters=attached)["Volumes"]
        description = {"Instance": plain(instance), "Volumes": plain(volumes)}
        return Capture(description, size=sum(volume["Size"] for volume in volumes) * GIB)

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """An instance of the same type in the same network."""
        was = description["Instance"]
        profile = was.get("IamInstanceProfile", {}).get("Arn", "")
        return texts(
            {
                "InstanceType": was["InstanceType"],
                "SubnetId": was.get("SubnetId"),
                "VpcId": was.get("VpcId"),
                "SecurityGroupIds": json.dumps(_groups(was)) if _groups(was) else None,
                "IamInstanceProfileName": profile.rpartition("/")[2],
                "Monitoring": json.dumps({"State": was.get("Monitoring", {}).get("State", "disabled")}),
                "Placement": json.dumps(was.get("Placement", {}), sort_keys=True),
            }
        )

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Start an instance of the image that the original was started from."""
        client = outside.client("ec2", wish.account, wish.region)
        [instance] = client.run_instances(**_members(held, wish))["Instances"]
        return f"arn:{partition_of(wish.region)}:ec2:{wish.region}:{wish.account}:instance/{instance['InstanceId']}"

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Terminate the instance."""
        outside.client("ec2", resource.account, resource.region).terminate_instances(InstanceIds=[resource.name])


def _resource(instance: Mapping[str, Any], account: str, region: str) -> Resource:
    arn = f"arn:{partition_of(region)}:ec2:{region}:{account}:instance/{instance['InstanceId']}"
    return Resource(arn, "EC2", account, region, instance["InstanceId"], tags_of(instance.get("Tags")))


def _groups(instance: Mapping[str, Any]) -> list[str]:
    """The security groups, which stand at the instance or at its network interfaces."""
    cards = [group for card in instance.get("NetworkInterfaces", ()) for group in card.get("Groups", ())]
    return sorted({group["GroupId"] for group in instance.get("SecurityGroups") or cards})


def _members(held: Held, wish: Wish) -> dict[str, Any]:
    """Members of RunInstances; the network of the original only where it exists, else the default one."""
    was = held.description["Instance"]
    home = at_home(held, wish)
    subnet = wish.get("SubnetId") or (was.get("SubnetId") if home else None)
    groups = json.loads(wish.get("SecurityGroupIds") or json.dumps(_groups(was) if home else []))
    members: dict[str, Any] = {
        "ImageId": was["ImageId"],
        "InstanceType": wish.get("InstanceType", was["InstanceType"]),
        "MinCount": 1,
        "MaxCount": 1,
    }
    if subnet:
        members["SubnetId"] = subnet
    if groups:
        members["SecurityGroupIds"] = groups
    if was.get("KeyName") and home:
        members["KeyName"] = was["KeyName"]
    if wish.flag("requireImdsV2"):
        members["MetadataOptions"] = {"HttpTokens": "required"}
    if wish.flag("DisableApiTermination"):
        members["DisableApiTermination"] = True
    if wish.tags:
        members["TagSpecifications"] = _labels(wish.tags)
    return members


def _labels(tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """The tags of an instance; the mark of a restore test goes to its volumes, too."""
    marks = {key: value for key, value in tags.items() if key.startswith(MARK)}
    each = {"instance": tags, "volume": marks}
    return [{"ResourceType": kind, "Tags": tag_list(own)} for kind, own in each.items() if own]
