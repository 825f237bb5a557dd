"""The least that an organization's resource policy has to say for a member account to manage backup policies.

Source: Organizations user guide "Resource-based delegation policy examples" (backup policies), and "Actions, resources,
and condition keys for AWS Organizations"; read 2026-11. What is left out there: switching the policy type on and off
(off loses every attachment), and reading the tree, which a delegated administrator of any service may do anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay_agent import normal
from backstay_agent.bootstrap.wish import POLICY_TYPE
from backstay_aws import policy_document

_SIDS = ("BackstayManageBackupPolicies", "BackstayReadBackupPolicies", "BackstayTagBackupPolicies")


def statements(partition: str, organization: str, management: str, delegate: str) -> list[dict[str, Any]]:
    """Our statements."""
    here = f"arn:{partition}:organizations::{management}"
    policies = f"{here}:policy/{organization}/backup_policy/*"
    targets = [f"{here}:{kind}/{organization}/*" for kind in ("account", "ou", "root")]
    who = {"AWS": f"arn:{partition}:iam::{delegate}:root"}
    only = {"StringEquals": {"organizations:PolicyType": POLICY_TYPE}}
    manage, read, tag = _SIDS
    return [
        {
            "Sid": manage,
            "Effect": "Allow",
            "Principal": who,
            "Action": _named("AttachPolicy CreatePolicy DeletePolicy DetachPolicy UpdatePolicy"),
            "Resource": [*targets, policies],
            "Condition": only,
        },
        {
            "Sid": read,
            "Effect": "Allow",
            "Principal": who,
            "Action": _named(
                "DescribeEffectivePolicy DescribePolicy ListPolicies ListPoliciesForTarget ListTargetsForPolicy"
            ),
            "Resource": "*",
            "Condition": only,
        },
        {
            "Sid": tag,
            "Effect": "Allow",
            "Principal": who,
            "Action": _named("ListTagsForResource TagResource UntagResource"),
            "Resource": [policies],
        },
    ]


def merged(before: Mapping[str, Any] | None, ours: list[dict[str, Any]]) -> dict[str, Any]:
    """A policy with our statements in it; what others put there stays as it is."""
    theirs = [dict(one) for one in policy_document.statements(before or {}) if one.get("Sid") not in _SIDS]
    return {"Version": "2012-10-17"} | dict(before or {}) | {"Statement": [*theirs, *ours]}


def same(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Whether two policies say the same."""
    return before is not None and normal.policy(before) == normal.policy(after)


def _named(actions: str) -> list[str]:
    return [f"organizations:{action}" for action in actions.split()]
