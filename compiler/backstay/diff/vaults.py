"""Compares the vaults of two shapes: their locks above all, since some of it can never be undone. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from backstay.diff.change import LOCKS_ONLY_TIGHTEN, Change, Direction, Kind

if TYPE_CHECKING:
    from backstay import ir
    from backstay_contract.findings import Span

_RANK = {None: 0, "governance": 1, "compliance": 2}


@dataclass(frozen=True, slots=True)
class Places:
    """Where two shapes hold: the accounts, and their Region."""

    accounts: tuple[str, ...]
    region: str
    now: date

    def change(
        self,
        kind: Kind,
        direction: Direction,
        what: str,
        who: str,
        place: Span | None,
        *,
        forever: bool = False,
        breaks: str | None = None,
    ) -> Change:
        """A change there."""
        regions = (self.region,)
        return Change(kind, direction, what, who, self.accounts, regions, place=place, forever=forever, breaks=breaks)


def compare(at: Places, old: ir.Shape, new: ir.Shape) -> Iterator[Change]:
    """Every difference between the vaults of two shapes."""
    before = {vault.name: vault for vault in old.vaults}
    after = {vault.name: vault for vault in new.vaults}
    renamed = {vault.moved: vault.name for vault in new.vaults if vault.moved is not None}
    for name in sorted(before.keys() - after.keys()):
        told = f"vault {renamed[name]} takes its place" if name in renamed else "it is in no policy any more"
        what = f"Gets no new backups: {told}; its recovery points and its lock stay as they are"
        yield at.change("vault", "changed", what, f"vault {name}", before[name].where.span)
    for name in sorted(after.keys() - before.keys()):
        yield at.change("vault", "gained", "A new vault", f"vault {name}", after[name].where.span)
        lock, earlier = after[name].lock, before.get(after[name].moved or "")
        known = earlier.lock if earlier is not None and looser(earlier.lock, lock) else None
        yield from _lock(at, name, known, lock, after[name].where.span)
    for name in sorted(before.keys() & after.keys()):
        yield from _vault(at, before[name], after[name])
    yield from _air_gapped(at, old, new)


def _vault(at: Places, before: ir.Vault, after: ir.Vault) -> Iterator[Change]:
    who = f"vault {after.name}"
    yield from _lock(at, after.name, before.lock, after.lock, after.where.span)
    if before.key_arn != after.key_arn:
        what = f"Key {_key(before.key_arn)} → {_key(after.key_arn)}, which AWS does for a new vault only"
        yield at.change("vault", "changed", what, who, after.where.field("key"))
    yield from _access(at, who, before.policy, after.policy, after.policy_where.span if after.policy_where else None)
    if _told(before) != _told(after):
        yield at.change("vault", _direction(_told(before), _told(after)), "Its notifications", who, after.where.span)


def _told(vault: ir.Vault | ir.AirGappedVault) -> tuple[str, tuple[str, ...]] | None:
    return None if vault.notifications is None else (vault.notifications.topic_arn, vault.notifications.events)


def _access(at: Places, who: str, before: Any, after: Any, place: Span | None) -> Iterator[Change]:
    old = {repr(one) for one in (before or {}).get("Statement", ())}
    new = {repr(one) for one in (after or {}).get("Statement", ())}
    gone, come = len(old - new), len(new - old)
    if gone or come:
        what = f"Its access policy: {gone} statement{'s' if gone != 1 else ''} gone, {come} new"
        yield at.change("vault", "lost" if gone and not come else "changed", what, who, place)


def _lock(at: Places, name: str, before: ir.Lock | None, after: ir.Lock | None, place: Span | None) -> Iterator[Change]:
    old, new = _facts(before), _facts(after)
    if old == new:
        return
    rose, lower = _loosening(before, after)
    higher = (new[1] or 0) > (old[1] or 0)
    direction: Direction = (
        "lost" if rose < 0 or (rose == 0 and lower) else "gained" if rose > 0 or higher else "changed"
    )
    what = f"{band(before)} → {band(after)}"
    forever = after is not None and after.mode == "compliance"
    if forever and after is not None:
        grace = after.grace or 0
        what += f", for ever from {at.now + timedelta(days=grace):%Y-%m-%d} on if it is applied today"
    if before is not None and before.mode == "compliance":
        what += "; AWS refuses it once the date of the present lock has come"
    said = after if after is not None else before
    breaks = LOCKS_ONLY_TIGHTEN if looser(before, after) else None
    where = said.where.span if said else place
    yield at.change("lock", direction, what, f"vault {name}", where, forever=forever, breaks=breaks)


def _facts(lock: ir.Lock | None) -> tuple[str | None, int | None, int | None]:
    return (None, None, None) if lock is None else (lock.mode, lock.minimum, lock.maximum)


def looser(before: ir.Lock | None, after: ir.Lock | None) -> bool:
    """Whether a lock has a weaker mode than another one, or a lower minimum."""
    rose, lower = _loosening(before, after)
    return rose < 0 or lower


def _loosening(before: ir.Lock | None, after: ir.Lock | None) -> tuple[int, bool]:
    """By how much the mode rises, and whether the minimum falls."""
    old, new = _facts(before), _facts(after)
    return _RANK[new[0]] - _RANK[old[0]], (new[1] or 0) < (old[1] or 0)


def band(lock: ir.Lock | None) -> str:
    """A lock in words: its mode, and what it asks of retention."""
    if lock is None:
        return "no lock"
    least, most = lock.minimum or 1, lock.maximum
    return f"{lock.mode}, {f'at least {least}' if most is None else f'{least} to {most}'} days"


def _air_gapped(at: Places, old: ir.Shape, new: ir.Shape) -> Iterator[Change]:
    before = {vault.name: vault for vault in old.air_gapped_vaults}
    after = {vault.name: vault for vault in new.air_gapped_vaults}
    for name in sorted(before.keys() | after.keys()):
        who, one, other = f"air-gapped vault {name}", before.get(name), after.get(name)
        if other is None and one is not None:
            what = "Is in no policy any more; it stays, and its recovery points with it"
            yield at.change("air-gapped-vault", "changed", what, who, one.where.span)
        elif one is None and other is not None:
            what = f"A new air-gapped vault, {other.minimum} to {other.maximum} days, for ever"
            yield at.change("air-gapped-vault", "gained", what, who, other.where.span, forever=True)
        elif one is not None and other is not None:
            if (one.minimum, one.maximum) != (other.minimum, other.maximum):
                bands = f"{one.minimum} to {one.maximum} days → {other.minimum} to {other.maximum} days"
                what = f"{bands}, which AWS never does"
                breaks = LOCKS_ONLY_TIGHTEN if other.minimum < one.minimum else None
                yield at.change("air-gapped-vault", "changed", what, who, other.where.span, breaks=breaks)
            place = other.policy_where.span if other.policy_where else None
            yield from _access(at, who, one.policy, other.policy, place)


def _direction(before: object, after: object) -> Direction:
    return "gained" if before is None else "lost" if after is None else "changed"


def _key(arn: str | None) -> str:
    return "of AWS Backup" if arn is None else arn
