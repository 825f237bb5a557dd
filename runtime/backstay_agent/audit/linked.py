"""Joins what one place cannot know of itself: copies of its resources in other places, and the vaults there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from backstay_agent.controls.facts import WHOLE, Copied, CopyTo, Facts, Noun, Place, Vault

NOT_READ = "its account or Region was not read"
_NEEDED: tuple[Noun, ...] = ("vaults", "points")


def linked(facts: Facts) -> Facts:
    """The same facts, each place with the copies of its resources and the vaults that its plans copy to."""
    places = {(place.account, place.region): place for place in facts.places}
    copied, vaults = _copied(facts.places), {vault.arn: vault for place in facts.places for vault in place.vaults}
    return replace(facts, places=tuple(_linked(place, places, copied, vaults) for place in facts.places))


def _linked(
    place: Place,
    places: Mapping[tuple[str, str], Place],
    copied: Mapping[str, Sequence[Copied]],
    vaults: Mapping[str, Vault],
) -> Place:
    wanted = list(_destinations(place))
    direct = [rule.air_gapped for plan in place.plans for rule in plan.rules if rule.air_gapped]
    named = sorted({*(copy.vault_arn for copy in wanted), *direct})
    return replace(
        place,
        copied=tuple(one for resource in place.resources for one in copied.get(resource.arn, ())),
        reached={arn: vaults[arn] for arn in named if arn in vaults},
        unseen=dict(sorted((copy.vault_arn, why) for copy in wanted if (why := _unseen(copy, places)) is not None)),
    )


def _destinations(place: Place) -> Iterator[CopyTo]:
    return (copy for plan in place.plans for rule in plan.rules for copy in rule.copies)


def _unseen(copy: CopyTo, places: Mapping[tuple[str, str], Place]) -> str | None:
    there = places.get((copy.account, copy.region))
    if there is None:
        return NOT_READ
    return next((there.unread[noun] for noun in _NEEDED if noun in there.unread), None)


def _copied(places: Sequence[Place]) -> Mapping[str, Sequence[Copied]]:
    """The newest whole copy of each resource in each vault, by resource, in the order of the vaults."""
    newest: dict[tuple[str, str], datetime] = {}
    for place in places:
        for point in place.points:
            vault = place.vaults_by_name.get(point.vault)
            if point.copied_from is not None and point.status in WHOLE and vault is not None:
                key = point.resource, vault.arn
                newest[key] = max(newest.get(key, point.created), point.created)
    found: dict[str, list[Copied]] = {}
    for (resource, arn), moment in sorted(newest.items()):
        found.setdefault(resource, []).append(Copied(resource, arn, moment))
    return found
