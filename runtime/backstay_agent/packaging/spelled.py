"""Policies of the agent's table in the words of a CloudFormation template. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_Json = dict[str, Any]


def named(name: str, document: _Json) -> _Json:
    """An inline policy of a role."""
    return {"PolicyName": name, "PolicyDocument": document}


def joined(*documents: Mapping[str, Any]) -> _Json:
    """Policies as one, statements that say the same once, in CloudFormation's words."""
    statements: dict[str, _Json] = {}
    for document in documents:
        for statement in document["Statement"]:
            bare = {name: value for name, value in statement.items() if name != "Sid"}
            statements.setdefault(json.dumps(bare, sort_keys=True), bare)
    return {"Version": "2012-10-17", "Statement": [spelled(one) for one in statements.values()]}


def spelled(value: Any) -> Any:
    """A piece of a policy with the partition and account of wherever the stack stands."""
    match value:
        case str():
            told = value.replace("arn:aws:", "arn:${AWS::Partition}:")
            if told.endswith(".*.amazonaws.com"):  # where a key is used through a service, China's suffix differs
                told = told.removesuffix("amazonaws.com") + "${AWS::URLSuffix}"
            return {"Fn::Sub": told} if "${" in told else told
        case list():
            return [spelled(one) for one in value]
        case dict():
            return {name: spelled(one) for name, one in value.items()}
        case _:
            return value
