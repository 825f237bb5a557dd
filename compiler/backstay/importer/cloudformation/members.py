"""Makes AWS bodies of placed values by the tables of members, whatever the dialect calls these."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from backstay.importer.bodies.selections import wrong_tests
from backstay.importer.bodies.shapes import Kind, Several, Shape
from backstay.importer.cloudformation.leaves import Sink, arn, flag, made_by, number, pattern, table, text
from backstay.importer.cloudformation.placed import Placed
from backstay.importer.found import Unknown

Spelling = Callable[[str, Shape | None], str]
"""A member's name in the dialect → AWS's name of it in requests; the structure tells where names mean several."""

Leaf = Callable[[Placed, Sink, str], Any]

# Members that need more care than their kind says.
SPECIAL: Mapping[str, Leaf] = {
    "DestinationBackupVaultArn": arn,
    "TargetLogicallyAirGappedBackupVaultArn": arn,
    "IncludeVaults": arn,
    "ExcludeVaults": arn,
    "ProtectedResourceArns": arn,
    "Resources": pattern,
    "NotResources": pattern,
    "EncryptionKeyArn": arn,
    "SNSTopicArn": arn,
    "FrameworkArns": made_by("framework"),
}
RENAMED: Mapping[str, str] = {"FrameworkArns": "FrameworkNames"}


@dataclass(frozen=True)
class Taker:
    """Takes structures apart by their shapes; `spelling` is the dialect's."""

    sink: Sink
    spelling: Spelling
    ignored: frozenset[str] = field(default_factory=frozenset)

    def structure(self, value: Placed, shape: Shape, at: str = "") -> Any:
        """A structure's members under AWS's names; undecided values stay, what AWS does not know is complained of."""
        if isinstance(value.value, Unknown):
            return value.value
        if not isinstance(value.value, Mapping):
            self.sink.wrong(value, at or "/body", f"{shape.title}, a structure with named members")
            return None
        body: dict[str, Any] = {}
        for source, member in value.value.items():
            name = self.spelling(source, shape)
            if member.value is None or name in shape.answers or source in self.ignored:
                continue
            if name not in shape.members:
                message = f"`{source}` is no member of {shape.title}; it is left out"
                self.sink.complain("unknown-member", message, member.key or member.span)
                continue
            self._member(body, name, member, shape.members[name], at)
        for name in shape.needed:
            if RENAMED.get(name, name) not in body:
                self.sink.complain("missing-member", f"{shape.title} has no `{name}`", value.span)
        for wrong in wrong_tests(shape, body):
            place = self.sink.places.get(f"{at}/{wrong.member}", value.span)
            self.sink.findings.append(wrong.finding(f"{self.sink.what}: ", place))
        return body

    def _member(self, body: dict[str, Any], name: str, member: Placed, kind: Kind, at: str) -> None:
        target = RENAMED.get(name, name)
        made = self._value(member, name, kind, f"{at}/{target}")
        if made is not None:
            body[target] = made
            self.sink.places[f"{at}/{target}"] = member.span

    def _value(self, value: Placed, name: str, kind: Kind, at: str) -> Any:
        if isinstance(value.value, Unknown):
            return value.value
        if isinstance(kind, Shape):
            return self.structure(_single(value), kind, at)
        if isinstance(kind, Several):
            items = _items(value)
            self.sink.places.update({f"{at}/{position}": item.span for position, item in items})
            made = [self.structure(item, kind.of, f"{at}/{position}") for position, item in items]
            return [one for one in made if one is not None]
        match kind:
            case "text":
                return SPECIAL.get(name, text)(value, self.sink, at)
            case "number":
                return number(value, self.sink, at)
            case "flag":
                return flag(value, self.sink, at)
            case "texts":
                return self._texts(value, SPECIAL.get(name, text), at)
            case "pairs":
                return table(value, self.sink, at)
            case "anything":
                return value.plain()
            case _:
                assert_never(kind)

    def _texts(self, value: Placed, item: Leaf, at: str) -> list[Any]:
        items = _items(value)
        self.sink.places.update({f"{at}/{position}": one.span for position, one in items})
        made = (item(one, self.sink, f"{at}/{position}") for position, one in items)
        return [one for one in made if one is not None]


def _items(value: Placed) -> list[tuple[int, Placed]]:
    """The items of a list that say something; a single value is a list of one."""
    items = value.value if isinstance(value.value, list) else [value]
    return [(position, item) for position, item in enumerate(items) if item.value is not None]


def _single(value: Placed) -> Placed:
    """The only item of a list, where a structure is wanted: some dialects write it so."""
    return value.value[0] if isinstance(value.value, list) and len(value.value) == 1 else value


def pascal(name: str) -> str:
    """`backup_vault_name` → `BackupVaultName`; `s3_bucket_name` → `S3BucketName`."""
    return re.sub(r"(?:^|_)([a-z0-9])", lambda match: match[1].upper(), name)
