"""What somebody else knows of: resources of an inventory that AWS did not show to the audit. Pure.

The audit finds what has, or once had, a tag, and buckets; an inventory knows the others too. Whether they are still
there, and which plans would take them, nobody has looked up: so they are named, and not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from backstay_agent.controls.facts import Facts
from backstay_agent.observed import Unread
from backstay_contract.inventory import InventoryResource

_NAMED = 3


class InventoryError(ValueError):
    """A file that is no inventory; the message names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Unshown:
    """Resources that AWS did not show, by place; `elsewhere` counts those of places that were not looked into."""

    resources: int
    unread: tuple[Unread, ...]
    elsewhere: int


def rows(lines: Iterable[bytes]) -> Iterator[InventoryResource]:
    """The resources of an inventory in JSON Lines; raises InventoryError."""
    from pydantic import ValidationError

    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield InventoryResource.model_validate_json(line)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                where = ".".join(str(step) for step in first["loc"]) or "the line"
                raise InventoryError(f"{number}: {where}: {first['msg']}") from None


def unshown(facts: Facts, inventory: Iterable[InventoryResource]) -> Unshown:
    """What the inventory names in the places that were read, and AWS did not show there."""
    shown = {(place.account, place.region): {it.arn for it in place.resources} for place in facts.places}
    blind = {(place.account, place.region) for place in facts.places if "resources" in place.unread}
    missing: dict[tuple[str, str], list[str]] = {}
    elsewhere = 0
    for row in inventory:
        place = row.account, row.region
        if place not in shown:
            elsewhere += 1
        elif place not in blind and row.arn not in shown[place]:
            missing.setdefault(place, []).append(row.arn)
    unread = tuple(Unread(*place, _sentence(sorted(arns))) for place, arns in sorted(missing.items()))
    return Unshown(sum(map(len, missing.values())), unread, elsewhere)


def _sentence(arns: Sequence[str]) -> str:
    named = ", ".join(arns[:_NAMED]) + (f" and {len(arns) - _NAMED:,} more" if len(arns) > _NAMED else "")
    counted = "1 resource" if len(arns) == 1 else f"{len(arns):,} resources"
    return f"{counted} of the inventory that AWS did not show, gone or never tagged: {named}"
