"""Resources that were declared, because no service here has them: one driver, and a row for each type."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from backstay_aws import arns
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource
from backstay_local.world.declared import SERVICE, Declared

from .driver import texts


@dataclass(frozen=True, slots=True)
class Kind:
    """A type that can be declared: the form of its ARNs, and the place of a restored one."""

    type: str
    service: str
    resource: str
    """Pattern of the resource part of its ARNs."""
    restored: Callable[[str, Wish], str]
    """The resource part of the ARN of a restored one, from that of the original and the metadata."""
    target: str | None = None
    """The metadata key that names the restored one, where the caller chooses the name."""
    overwrites: bool = False
    """Whether a restore may go into a resource that is there (SAP HANA: saphana-restore, developer guide)."""


def _upper(digits: int) -> str:
    return secrets.token_hex(digits)[:digits].upper()


def _needed(wish: Wish, key: str) -> str:
    value = wish.get(key)
    if not value:
        raise DataError(f"The restore metadata need {key}.")
    return value


def _on_gateway(original: str, wish: Wish) -> str:
    asked = arns.parse(wish.get("gatewayArn", "") or "")
    gateway = asked.resource if asked is not None else original.partition("/volume/")[0]
    return f"{gateway}/volume/vol-{_upper(17)}"


def _database(_: str, wish: Wish) -> str:
    target = arns.parse(_needed(wish, "TargetDatabaseArn"))
    if target is None or not target.resource.startswith("HANA/"):
        raise DataError("TargetDatabaseArn is not the ARN of an SAP HANA database.")
    return target.resource


_ROWS = (
    Kind("Storage Gateway", "storagegateway", "gateway/*/volume/*", _on_gateway),
    Kind(
        "DocumentDB",
        "rds",
        "cluster:*",
        lambda _, wish: f"cluster:{_needed(wish, 'DBClusterIdentifier')}",
        target="DBClusterIdentifier",
    ),
    Kind("VirtualMachine", "backup-gateway", "vm/*", lambda _, __: f"vm/vm-{_upper(17)}"),
    Kind("SAP HANA on Amazon EC2", "ssm-sap", "HANA/*", _database, target="TargetDatabaseArn", overwrites=True),
    Kind("Redshift Serverless", "redshift-serverless", "namespace/*", lambda _, __: f"namespace/{uuid.uuid4()}"),
    Kind(  # the volumes of ONTAP file systems; moto has the file systems only
        "FSx",
        "fsx",
        "volume/*",
        lambda original, _: f"{original.rpartition('/')[0]}/fsvol-{secrets.token_hex(9)[:17]}",
    ),
)
KINDS: Mapping[str, Kind] = {kind.type: kind for kind in _ROWS}
"""The types that can be declared, by their names."""


def declared(arn: str, kind: str, tags: Mapping[str, str], description: Mapping[str, Any], size: int) -> Declared:
    """A declaration that is fit for the register; `DataError` when the type or the ARN cannot be declared."""
    row, parsed = KINDS.get(kind), arns.parse(arn)
    if row is None:
        raise DataError(f"Resources of type {kind} cannot be declared; these can: {', '.join(KINDS)}.")
    if parsed is None or not fnmatchcase(arn, _pattern(row)):
        raise DataError(f"{arn} is not the ARN of a resource of type {kind}.")
    if not (len(parsed.account) == 12 and parsed.account.isdigit() and parsed.region):
        raise DataError(f"{arn} names no account and Region.")
    return Declared(arn, kind, parsed.account, parsed.region, dict(tags), dict(description), size)


class Declarations:
    """The declared resources of one type."""

    service = SERVICE
    holds_bytes = False

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self.type = kind.type
        self.arns = _pattern(kind)

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The declared resources of the type in an account and Region."""
        for one in outside.declared.of(account, region):
            if one.type == self.type:
                yield _resource(one)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The declared resource of that ARN, if it is of the type."""
        one = outside.declared.get(arn)
        mine = one is not None and (one.type, one.account, one.region) == (self.type, account, region)
        return _resource(one) if one is not None and mine else None

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """What was declared of the resource; its size is the declared one."""
        one = outside.declared.get(resource.arn)
        if one is None:
            raise DataError(f"Resource {resource.arn} is not declared any more.")
        return Capture({"Arn": one.arn, "Description": one.description, "SizeInBytes": one.size}, size=one.size)

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """The members of the description, and what names the original."""
        members = {name: _spelled(value) for name, value in description["Description"].items()}
        if self._kind.target:
            arn = description["Arn"]
            members[self._kind.target] = arn if self._kind.overwrites else _name(arn)
        return texts(members)

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Declare another resource with the same description, but for what the metadata say of it."""
        was = held.description
        original = arns.parse(was["Arn"])
        if original is None:
            raise DataError(f"The backup names no resource: {was['Arn']}.")
        resource = self._kind.restored(original.resource, wish)
        place = replace(original, region=wish.region, account=wish.account, partition=arns.partition_of(wish.region))
        arn = str(replace(place, resource=resource))
        there = outside.declared.get(arn)
        if (there is not None and not self._kind.overwrites) or _taken(outside, arn, wish):
            raise DataError(f"The restored resource cannot be made: {arn} exists already.")
        description = {name: _wished(wish, name, value) for name, value in was["Description"].items()}
        tags = dict(there.tags) | dict(wish.tags) if there is not None else dict(wish.tags)
        outside.declared.put(declared(arn, self.type, tags, description, was["SizeInBytes"]))
        return arn

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Withdraw the declaration."""
        outside.declared.remove(resource.arn)


def _pattern(kind: Kind) -> str:
    return f"arn:*:{kind.service}:*:*:{kind.resource}"


def _name(arn: str) -> str:
    return arn.split(":", 5)[5].replace(":", "/").rpartition("/")[2]


def _resource(one: Declared) -> Resource:
    return Resource(one.arn, one.type, one.account, one.region, _name(one.arn), one.tags)


def _taken(outside: Outside, arn: str, wish: Wish) -> bool:
    """Whether a cluster of a relational engine has the name already: those share one space of names."""
    if ":rds:" not in arn:
        return False
    client = outside.client("rds", wish.account, wish.region)
    return any(cluster["DBClusterArn"] == arn for cluster in client.describe_db_clusters()["DBClusters"])


def _spelled(value: Any) -> Any:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def _wished(wish: Wish, name: str, value: Any) -> Any:
    """A member of the description as the metadata want it, else as it was."""
    asked = wish.get(name)
    if asked is None or asked == texts({name: _spelled(value)}).get(name):
        return value
    try:
        return json.loads(asked) if not isinstance(value, str) else asked
    except ValueError:
        return asked
