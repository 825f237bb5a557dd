"""`AWS::IAM::Role`, `AWS::KMS::Key` and `AWS::KMS::Alias`: what backups need around them.

Source: CloudFormation template reference, pages of these types, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping

from .kind import Kind, Made, Place, Properties, mapped, text_of


def _role(place: Place, given: Properties) -> Made:
    answer = place.call(
        "iam",
        "CreateRole",
        RoleName=given.get("RoleName") or place.fresh_name()[-64:],
        Path=given.get("Path"),
        Description=given.get("Description"),
        AssumeRolePolicyDocument=text_of(given.get("AssumeRolePolicyDocument")),
        MaxSessionDuration=given.get("MaxSessionDuration"),
        PermissionsBoundary=given.get("PermissionsBoundary"),
        Tags=given.get("Tags"),
    )["Role"]
    return Made(answer["RoleName"], {"Arn": answer["Arn"], "RoleId": answer["RoleId"]})


def _empower(place: Place, made: Made, given: Properties) -> None:
    _permit(place, made.id, {}, given)


def _permit(place: Place, name: str, old: Properties, new: Properties) -> None:
    """Make the policies of a role what they shall be."""
    before, after = (set(one.get("ManagedPolicyArns", [])) for one in (old, new))
    for arn in sorted(before - after):
        place.call("iam", "DetachRolePolicy", RoleName=name, PolicyArn=arn)
    for arn in sorted(after - before):
        place.call("iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
    was, is_now = (_inline(one) for one in (old, new))
    for policy in sorted(was.keys() - is_now.keys()):
        place.call("iam", "DeleteRolePolicy", RoleName=name, PolicyName=policy)
    for policy, document in sorted(is_now.items()):
        if was.get(policy) != document:
            place.call("iam", "PutRolePolicy", RoleName=name, PolicyName=policy, PolicyDocument=document)


def _inline(given: Properties) -> dict[str, str | None]:
    return {one["PolicyName"]: text_of(one["PolicyDocument"]) for one in given.get("Policies", [])}


def _change_role(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    trust = text_of(new.get("AssumeRolePolicyDocument"))
    place.call("iam", "UpdateAssumeRolePolicy", RoleName=made.id, PolicyDocument=trust)
    duration = new.get("MaxSessionDuration")
    place.call(
        "iam", "UpdateRole", RoleName=made.id, Description=new.get("Description", ""), MaxSessionDuration=duration
    )
    boundary = new.get("PermissionsBoundary")
    if boundary:
        place.call("iam", "PutRolePermissionsBoundary", RoleName=made.id, PermissionsBoundary=boundary)
    elif old.get("PermissionsBoundary"):
        place.call("iam", "DeleteRolePermissionsBoundary", RoleName=made.id)
    _permit(place, made.id, old, new)
    before, after = mapped(old.get("Tags")), mapped(new.get("Tags"))
    if gone := sorted(before.keys() - after.keys()):
        place.call("iam", "UntagRole", RoleName=made.id, TagKeys=gone)
    if after and after != before:
        place.call("iam", "TagRole", RoleName=made.id, Tags=new["Tags"])
    return made


def _delete_role(place: Place, made: Made, given: Properties) -> None:
    _permit(place, made.id, given, {})
    place.call("iam", "DeleteRole", RoleName=made.id)


def _key(place: Place, given: Properties) -> Made:
    answer = place.call(
        "kms",
        "CreateKey",
        Description=given.get("Description"),
        Policy=text_of(given.get("KeyPolicy")),
        KeySpec=given.get("KeySpec"),
        KeyUsage=given.get("KeyUsage"),
        MultiRegion=given.get("MultiRegion"),
        Tags=_key_tags(given) or None,
    )["KeyMetadata"]
    return Made(answer["KeyId"], {"Arn": answer["Arn"], "KeyId": answer["KeyId"]})


def _key_tags(given: Properties) -> list[Mapping[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in mapped(given.get("Tags")).items()]


def _settle_key(place: Place, made: Made, given: Properties) -> None:
    _switch(place, made, {}, given)


def _switch(place: Place, made: Made, old: Properties, new: Properties) -> None:
    """Make rotation and state of a key what they shall be."""
    before, after = (one.get("EnableKeyRotation") in (True, "true") for one in (old, new))
    if before != after:
        place.call("kms", "EnableKeyRotation" if after else "DisableKeyRotation", KeyId=made.id)
    off_before, off_after = (one.get("Enabled") in (False, "false") for one in (old, new))
    if off_before != off_after:
        place.call("kms", "DisableKey" if off_after else "EnableKey", KeyId=made.id)


def _change_key(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    if old.get("KeyPolicy") != new.get("KeyPolicy"):
        policy = text_of(new.get("KeyPolicy"))
        place.call("kms", "PutKeyPolicy", KeyId=made.id, PolicyName="default", Policy=policy)
    if old.get("Description") != new.get("Description"):
        place.call("kms", "UpdateKeyDescription", KeyId=made.id, Description=new.get("Description", ""))
    _switch(place, made, old, new)
    if gone := sorted(mapped(old.get("Tags")).keys() - mapped(new.get("Tags")).keys()):
        place.call("kms", "UntagResource", KeyId=made.id, TagKeys=gone)
    if _key_tags(new) and _key_tags(new) != _key_tags(old):
        place.call("kms", "TagResource", KeyId=made.id, Tags=_key_tags(new))
    return made


def _delete_key(place: Place, made: Made, given: Properties) -> None:
    window = given.get("PendingWindowInDays")
    place.call("kms", "ScheduleKeyDeletion", KeyId=made.id, PendingWindowInDays=window)


def _alias(place: Place, given: Properties) -> Made:
    name = given.get("AliasName")
    place.call("kms", "CreateAlias", AliasName=name, TargetKeyId=given.get("TargetKeyId"))
    return Made(str(name))


def _change_alias(place: Place, made: Made, old: Properties, new: Properties) -> Made:  # noqa: ARG001
    place.call("kms", "UpdateAlias", AliasName=made.id, TargetKeyId=new.get("TargetKeyId"))
    return made


def _delete_alias(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("kms", "DeleteAlias", AliasName=made.id)


KINDS = {
    "AWS::IAM::Role": Kind(
        properties=frozenset({
            "AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "MaxSessionDuration", "Path",
            "PermissionsBoundary", "Policies", "RoleName", "Tags",
        }),
        create=_role,
        settle=_empower,
        change=_change_role,
        delete=_delete_role,
        fixed=frozenset({"Path", "RoleName"}),
        tags=("Tags", True),
    ),
    "AWS::KMS::Key": Kind(
        properties=frozenset({
            "Description", "EnableKeyRotation", "Enabled", "KeyPolicy", "KeySpec", "KeyUsage", "MultiRegion",
            "PendingWindowInDays", "Tags",
        }),
        create=_key,
        settle=_settle_key,
        change=_change_key,
        delete=_delete_key,
        fixed=frozenset({"KeySpec", "KeyUsage", "MultiRegion"}),
        tags=("Tags", True),
    ),
    "AWS::KMS::Alias": Kind(
        properties=frozenset({"AliasName", "TargetKeyId"}),
        create=_alias,
        change=_change_alias,
        delete=_delete_alias,
        fixed=frozenset({"AliasName"}),
    ),
}  # fmt: skip
"""What there is of each type. A deleted key is one that waits for its deletion."""
