"""Makes and mends one role in one account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.bootstrap.wish import AGENT_POLICY
from backstay_contract.bootstrap import CreateRole, UpdateRole


def create_role(aws: Aws, step: CreateRole) -> None:
    """Make a role with its policies; raises AwsProblem. One that came to be meanwhile gets what this one would have."""
    name, path = _split(step.role)
    boundary = {"PermissionsBoundary": step.boundary} if step.boundary else {}
    try:
        _iam(
            aws,
            step,
            "CreateRole",
            RoleName=name,
            Path=path,
            Description=step.description,
            AssumeRolePolicyDocument=json.dumps(step.trust),
            **boundary,
        )
    except AwsProblem as problem:
        if problem.code != "EntityAlreadyExists":
            raise
        _iam(aws, step, "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=json.dumps(step.trust))
    _equip(aws, step, name, step.permissions, step.attach)


def update_role(aws: Aws, step: UpdateRole) -> None:
    """Mend what is not as it should be; raises AwsProblem. What narrows a role comes before what widens it."""
    name, _ = _split(step.role)
    if step.trust is not None:
        _iam(aws, step, "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=json.dumps(step.trust))
    if step.boundary is not None:
        _iam(aws, step, "PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=step.boundary)
    _equip(aws, step, name, step.permissions, step.attach)
    if step.drop_boundary:
        _iam(aws, step, "DeleteRolePermissionsBoundary", RoleName=name)


def _equip(
    aws: Aws, step: CreateRole | UpdateRole, name: str, permissions: Mapping[str, Any] | None, attach: Iterable[str]
) -> None:
    if permissions is not None:
        document = json.dumps(permissions, separators=(",", ":"))
        _iam(aws, step, "PutRolePolicy", RoleName=name, PolicyName=AGENT_POLICY, PolicyDocument=document)
    for arn in attach:
        _iam(aws, step, "AttachRolePolicy", RoleName=name, PolicyArn=arn)


def _split(role: str) -> tuple[str, str]:
    """Name, and path from slash to slash."""
    path, _, name = role.rpartition("/")
    return name, f"/{path}/" if path else "/"


def _iam(aws: Aws, step: CreateRole | UpdateRole, operation: str, **members: Any) -> None:
    aws.call(step.account, step.region, "iam", operation, **members)
