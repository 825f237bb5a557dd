"""Managed KMS keys and IAM roles as Terraform resources."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.emit.terraform.labels import label
from backstay.emit.terraform.vaults import KEPT
from backstay.emit.terraform.within import KEY, ROLE, Resource, Within, alias_label, attachment
from backstay_contract import build


def managed(within: Within) -> Iterator[Resource]:
    """Every key and role that the policy asks to be managed."""
    for key in within.shape.keys:
        yield from _key(within, key)
    for role in within.shape.roles:
        yield from _role(within, role)


def _key(within: Within, key: build.Key) -> Iterator[Resource]:
    own = alias_label(key.alias_name)
    policy, documents = within.document("key", own, "policy", key.policy)
    body = {
        "description": within.text(key.description),
        **policy,
        **within.tags(key.tags),
        **within.principals(key.policy),
        **KEPT,
    }
    yield Resource(KEY, own, body, documents)
    yield Resource(
        "aws_kms_alias", own, {"name": within.text(key.alias_name), "target_key_id": f"${{{KEY}.{own}.key_id}}"}
    )


def _role(within: Within, role: build.Role) -> Iterator[Resource]:
    own = label(role.role_name)
    trust, documents = within.document("trust", own, "assume_role_policy", role.assume_role_policy_document)
    body = {
        "name": within.text(role.role_name),
        "path": within.text(role.path),
        "description": within.text(role.description),
        **trust,
        **within.tags(role.tags),
    }
    yield Resource(ROLE, own, body, documents)
    holder = {"role": f"${{{ROLE}.{own}.name}}"}
    for name in sorted(role.policies):
        inner = label(role.role_name, name)
        policy, documents = within.document("rights", inner, "policy", role.policies[name])
        yield Resource("aws_iam_role_policy", inner, {"name": within.text(name), **holder, **policy}, documents)
    for arn in role.managed_policy_arns:
        attached = {"policy_arn": within.text(arn), **holder}
        yield Resource("aws_iam_role_policy_attachment", attachment(role, arn), attached)
