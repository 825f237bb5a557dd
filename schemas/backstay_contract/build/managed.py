"""KMS keys and IAM roles that Backstay is asked to manage."""

from __future__ import annotations

from typing import Any

from backstay_contract.build.aws import Aws


class Key(Aws):
    """A customer managed key and its alias: the inputs of `CreateKey` and `CreateAlias`, the policy unfolded."""

    alias_name: str
    description: str
    policy: dict[str, Any]
    tags: dict[str, str] = {}


class Role(Aws):
    """The input of `CreateRole`, the policies to attach (ARNs) and those written into the role, by name."""

    role_name: str
    path: str
    description: str
    assume_role_policy_document: dict[str, Any]
    managed_policy_arns: tuple[str, ...] = ()
    policies: dict[str, dict[str, Any]] = {}
    tags: dict[str, str] = {}
