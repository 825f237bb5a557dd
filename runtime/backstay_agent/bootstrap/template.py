"""The CloudFormation templates that stack sets put into accounts: one a role, the same for every account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.bootstrap.wish import AGENT_POLICY, Role, Wish, agent_role, permissions, principal, service_role
from backstay_agent.permissions import Partition

_ACCOUNT = "${AWS::AccountId}"
_NONE = {"Ref": "AWS::NoValue"}


@dataclass(frozen=True, slots=True)
class WantedSet:
    """A stack set as it should be."""

    name: str
    template: Mapping[str, Any]
    parameters: Mapping[str, str]


def wanted_sets(wish: Wish, partition: Partition, management: str) -> tuple[WantedSet, ...]:
    """The stack sets of a wish. One role each, so that an account that has the one already still gets the other."""
    agent = agent_role(wish, partition, _ACCOUNT, management)
    parameters = {
        "RoleName": agent.name,
        "RolePath": agent.path,
        "TrustedPrincipal": principal(wish, partition, management),
        "ExternalId": wish.external_id or "",
        "PermissionsBoundary": (wish.boundary or "").strip("/"),
    }
    template = _agent_template(wish, partition, agent.description)
    sets = [WantedSet(f"{wish.stack_sets}-agent-role", template, parameters)]
    if wish.service_role:
        name = f"{wish.stack_sets}-backup-service-role"
        sets.append(WantedSet(name, _service_template(service_role(partition)), {}))
    return tuple(sets)


def _agent_template(wish: Wish, partition: Partition, description: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Ref": "TrustedPrincipal"}},
        "Action": "sts:AssumeRole",
        "Condition": {
            "Fn::If": ["HasExternalId", {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}, _NONE],
        },
    }
    boundary = {"Fn::Sub": f"arn:{partition}:iam::{_ACCOUNT}:policy/${{PermissionsBoundary}}"}
    document = _substituted(permissions(wish, partition, _ACCOUNT))
    properties = {
        "RoleName": {"Ref": "RoleName"},
        "Path": {"Ref": "RolePath"},
        "Description": description,
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "PermissionsBoundary": {"Fn::If": ["HasBoundary", boundary, _NONE]},
        "Policies": [{"PolicyName": AGENT_POLICY, "PolicyDocument": document}],
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": description,
        "Parameters": {
            "RoleName": {"Type": "String"},
            "RolePath": {"Type": "String", "Default": "/"},
            "TrustedPrincipal": {"Type": "String", "Description": "ARN of whoever takes the role"},
            "ExternalId": {"Type": "String", "Default": ""},
            "PermissionsBoundary": {"Type": "String", "Default": "", "Description": "Path and name of a policy"},
        },
        "Conditions": {
            "HasExternalId": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExternalId"}, ""]}]},
            "HasBoundary": {"Fn::Not": [{"Fn::Equals": [{"Ref": "PermissionsBoundary"}, ""]}]},
        },
        "Resources": {"AgentRole": {"Type": "AWS::IAM::Role", "Properties": properties}},
    }


def _service_template(role: Role) -> dict[str, Any]:
    properties = {
        "RoleName": role.name,
        "Path": role.path,
        "Description": role.description,
        "AssumeRolePolicyDocument": role.trust,
        "ManagedPolicyArns": list(role.attach),
    }
    resource = {"Type": "AWS::IAM::Role", "DeletionPolicy": "Retain", "Properties": properties}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": role.description,
        "Resources": {"BackupServiceRole": resource},
    }


def _substituted(value: Any) -> Any:
    """A document with every text that names the account under `Fn::Sub`."""
    if isinstance(value, str):
        return {"Fn::Sub": value} if _ACCOUNT in value else value
    if isinstance(value, Mapping):
        return {key: _substituted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_substituted(item) for item in value]
    return value
