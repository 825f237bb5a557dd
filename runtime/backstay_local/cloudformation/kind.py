"""A type of resource: how it is made, changed and deleted by the calls that anybody else would make."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay_local.wire.call import AwsError
from backstay_local.wire.model import Shape, operations

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that exists: what `Ref` gives, and what `Fn::GetAtt` gives by name."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is made, and for whom."""

    client: Callable[[str, str, str], Any]
    account: str
    region: str
    stack: str
    logical_id: str
    capabilities: tuple[str, ...] = ()
    """What the caller of the stack has acknowledged."""

    def call(self, service: str, operation: str, **members: Any) -> dict[str, Any]:
        """Ask a service; `AwsError` with its words when it refuses."""
        from botocore import xform_name
        from botocore.exceptions import ClientError, ParamValidationError

        shape = operations(service)[operation].input_shape
        given = {name: value for name, value in members.items() if value is not None}
        ask = getattr(self.client(service, self.account, self.region), xform_name(operation))
        try:
            answer: dict[str, Any] = ask(**_typed(shape, given))
        except ClientError as error:
            told = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise AwsError(told["Code"], told.get("Message", ""), status) from None
        except ParamValidationError as error:
            raise AwsError("InvalidRequest", " ".join(str(error).split())) from None
        return answer

    def fresh_name(self) -> str:
        """A name for what the template leaves without one."""
        return f"{self.stack}_{self.logical_id}_{uuid.uuid4().hex[:12]}".replace("-", "_")[-200:]


def _nothing(*_: Any) -> None:
    """There is nothing to do."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type. A change of what is `fixed` makes a new resource; `tags` is the property with tags, and whether a list.

    `settle` makes the calls that follow a creation: if one fails, the resource is there all the same.
    """

    properties: frozenset[str]
    create: Callable[[Place, Properties], Made]
    change: Callable[[Place, Made, Properties, Properties], Made | None]
    delete: Callable[[Place, Made, Properties], None]
    settle: Callable[[Place, Made, Properties], None] = _nothing
    fixed: frozenset[str] = frozenset()
    tags: tuple[str, bool] | None = None

    def check(self, properties: Properties) -> None:
        """Refuse properties that the type has not got."""
        for name in sorted(properties.keys() - self.properties):
            raise AwsError("ValidationError", f"Encountered unsupported property {name}")

    def with_tags(self, properties: Properties, tags: Mapping[str, str]) -> Properties:
        """The properties with a stack's tags, where the resource has none of that key."""
        if self.tags is None or not tags:
            return properties
        name, listed = self.tags
        if listed:
            own = properties.get(name, [])
            more = [{"Key": key, "Value": tags[key]} for key in sorted(tags.keys() - mapped(own).keys())]
            return {**properties, name: [*own, *more]}
        return {**properties, name: {**tags, **properties.get(name, {})}}


def text_of(document: Any) -> str | None:
    """A policy document as a call wants it: templates may have objects."""
    return document if document is None or isinstance(document, str) else json.dumps(document)


def mapped(tags: list[Mapping[str, str]] | None) -> dict[str, str]:
    """A list of tags as the Backup API wants it."""
    return {one["Key"]: one["Value"] for one in tags or []}


def retag(place: Place, arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Make the tags of a resource of AWS Backup what they shall be."""
    gone = sorted(before.keys() - after.keys())
    if gone:
        place.call("backup", "UntagResource", ResourceArn=arn, TagKeyList=gone)
    if after and dict(after) != dict(before):
        place.call("backup", "TagResource", ResourceArn=arn, Tags=dict(after))


def _typed(shape: Shape, value: Any) -> Any:
    """A value as the API's model wants it: templates may have numbers and truths as texts."""
    kind = shape.type_name if shape is not None else ""
    match kind, value:
        case "structure", Mapping():
            return {name: _typed(shape.members.get(name), item) for name, item in value.items()}
        case "map", Mapping():
            return {key: _typed(shape.value, item) for key, item in value.items()}
        case "list", list():
            return [_typed(shape.member, item) for item in value]
        case "integer" | "long", str() if value.removeprefix("-").isdecimal():
            return int(value)
        case "boolean", "true" | "false":
            return value == "true"
        case "string", bool():
            return str(value).lower()
        case "string", int() | float():
            return str(value)
    return value
