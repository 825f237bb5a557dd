"""Which resources are out of use: Audit Manager judges only active ones (running instances, volumes in use)."""

from __future__ import annotations

from backstay_aws.arns import partition_of
from backstay_local.backup.state import State


def idle(state: State, account: str, region: str) -> frozenset[str]:
    """The ARNs of the instances that do not run and of the volumes that are attached to none."""
    if not state.world.touched("ec2", account, region):
        return frozenset()
    return state.standing.ask(("idle", account, region), lambda: _idle(state, account, region))


def _idle(state: State, account: str, region: str) -> frozenset[str]:
    client = state.world.client("ec2", account, region)
    prefix = f"arn:{partition_of(region)}:ec2:{region}:{account}:"
    found = {
        f"{prefix}instance/{instance['InstanceId']}"
        for page in client.get_paginator("describe_instances").paginate()
        for reservation in page["Reservations"]
        for instance in reservation["Instances"]
        if instance["State"]["Name"] != "running"
    }
    loose = [{"Name": "status", "Values": ["available"]}]
    for page in client.get_paginator("describe_volumes").paginate(Filters=loose):
        found |= {f"{prefix}volume/{volume['VolumeId']}" for volume in page["Volumes"]}
    return frozenset(found)
