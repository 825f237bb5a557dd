"""AWS's own IAM policies, made in an account when it first names them: loading all of them everywhere takes seconds."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from .substrate import backends

_NAMED = re.compile(rb"arn(?::|%3A)(aws[a-z-]*)(?::|%3A)iam(?::|%3A){2}aws(?::|%3A)policy((?:[\w+=,.@/-]|%2F)+)")


def provide(account: str, body: bytes) -> None:
    """Make the AWS managed policies that a request to IAM names, so far as AWS has them (call it inside)."""
    from moto.iam.models import AWSManagedPolicy

    for partition, path in _NAMED.findall(body):
        backend = backends("iam")[account][partition.decode()]
        name = path.decode().replace("%2F", "/").rpartition("/")[2]
        known = _all().get(name)
        if known is not None:
            policy = AWSManagedPolicy.from_data(name, account, backend.region_name, known)
            if policy.arn not in backend.managed_policies:
                backend.aws_managed_policies.append(policy)
                backend.managed_policies[policy.arn] = policy


@cache
def _all() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return found
