"""The keys and roles that an agent may have made in an account: as text that is equal where nothing but ids differs."""

from __future__ import annotations

import json
from typing import Any

from backstay_local import LocalAws

_GONE = ("PendingDeletion",)


def managed(local: LocalAws, account: str, region: str) -> dict[str, Any]:
    """Every customer's key, with its aliases or without any, and every role that bears a tag."""
    kms, iam = local.client("kms", account, region), local.client("iam", account, region)
    found = {"keys": _keys(kms), "roles": _roles(iam)}
    return {noun: items for noun, items in found.items() if items}


def _keys(kms: Any) -> list[list[Any]]:
    aliases: dict[str, list[str]] = {}
    for alias in kms.list_aliases()["Aliases"]:
        aliases.setdefault(alias.get("TargetKeyId", ""), []).append(alias["AliasName"])
    found = []
    for number in (row["KeyId"] for row in kms.list_keys()["Keys"]):
        about = kms.describe_key(KeyId=number)["KeyMetadata"]
        if about["KeyManager"] != "CUSTOMER" or about["KeyState"] in _GONE:
            continue
        tags = sorted((tag["TagKey"], tag["TagValue"]) for tag in kms.list_resource_tags(KeyId=number)["Tags"])
        policy = kms.get_key_policy(KeyId=number, PolicyName="default")["Policy"]
        found.append([sorted(aliases.get(number, [])), about["Description"], tags, json.loads(policy)])
    return sorted(found, key=json.dumps)


def _roles(iam: Any) -> list[list[Any]]:
    found = []
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        tags = sorted((tag["Key"], tag["Value"]) for tag in iam.list_role_tags(RoleName=name)["Tags"])
        if not tags:
            continue
        attached = [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
        written = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        said = role["Path"], role.get("Description", ""), role["AssumeRolePolicyDocument"]
        found.append([name, *said, tags, sorted(attached), written])
    return sorted(found, key=json.dumps)
