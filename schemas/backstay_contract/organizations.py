"""`organizations/attachments.json`: the backup policies of a build, and the nodes of the tree that they go to."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.build.aws import FORMAT
from backstay_contract.organization import ORGANIZATION_ID


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Targets(_Part):
    """Nodes of the organization. Units have paths, not ids: the ids are looked up when policies are attached."""

    root: bool = False
    units: tuple[str, ...] = Field(default=(), description="paths such as `Workloads/Prod`")
    accounts: tuple[str, ...] = Field(default=(), description="account ids")


class BackupPolicy(_Part):
    """A policy of type BACKUP_POLICY: the input of `CreatePolicy`, its content in a file of its own."""

    name: str = Field(min_length=1, max_length=128)
    description: str = Field(max_length=512)
    document: str = Field(description="file of the content, exactly as to be sent; relative to this file")
    characters: int = Field(description="size of the content, as it counts against `limits.characters`")
    plans: tuple[str, ...] = Field(min_length=1, description="names of the plans in it")
    tags: dict[str, str] = Field(description="tags of the policy; they say whose it is")
    targets: Targets


class Attached(_Part):
    """Nodes to which the same policies are attached directly."""

    used: int = Field(description="number of policies attached, as it counts against `limits.attachments`")
    policies: tuple[str, ...]
    targets: Targets


class PolicyLimits(_Part):
    """What Organizations allows: policies on one node, characters of one policy, policies of the organization."""

    attachments: int
    characters: int
    policies: int


class Attachments(_Part):
    """`organizations/attachments.json`: policies with their targets, and the same once more by node."""

    format: Literal[1] = FORMAT
    organization: str = Field(pattern=ORGANIZATION_ID)
    limits: PolicyLimits
    policies: tuple[BackupPolicy, ...]
    attachments: tuple[Attached, ...]
