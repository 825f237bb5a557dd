"""Shapes: what each class of accounts gets in each Region, worked out once for all of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backstay import ir
from backstay.resolve import pins, shared_forms
from backstay.resolve.chosen import Chooser
from backstay.resolve.classes import Class
from backstay.resolve.context import Context
from backstay.resolve.inherit import Effective, Heirs
from backstay.resolve.pieces import Piece
from backstay.resolve.plans import Planner
from backstay.resolve.settings import opt_ins
from backstay.resolve.vaults import Builder


@dataclass(slots=True)
class _Bucket:
    """Accounts that get the same in one Region."""

    region: str
    effective: Effective
    pinned: tuple[Piece, ...]
    accounts: list[str] = field(default_factory=list)


def shapes(
    classes: Sequence[Class], heirs: Heirs, stands: pins.Stands, context: Context, units: Mapping[str, str]
) -> tuple[ir.Shape, ...]:
    """Every shape that holds anything, by Region and first account."""
    chooser = Chooser(context)
    made = [_shape(bucket, context, chooser, units) for bucket in _buckets(classes, heirs, stands)]
    whole = [shape for shape in made if shape.plans or shape.vaults or shape.opt_in]
    return tuple(sorted(whole, key=lambda shape: (shape.region, shape.accounts)))


def _buckets(classes: Sequence[Class], heirs: Heirs, stands: pins.Stands) -> Iterator[_Bucket]:
    found: dict[Hashable, _Bucket] = {}
    hosts = {account for account, _ in stands.hosted}
    for number, group in enumerate(classes):
        guests = [member.id for member in group.members if member.id not in hosts]
        at_home = [member.id for member in group.members if member.id in hosts]
        for region in group.regions:
            regional = stands.regional.get((number, region), ())
            for accounts, pinned in _parties(guests, at_home, regional, region, stands):
                layers = group.active(region)
                name = region, tuple(layer.index for layer in layers), tuple(piece.key() for piece in pinned)
                bucket = found.get(name)
                if bucket is None:
                    bucket = found[name] = _Bucket(region, heirs.effective(layers), pinned)
                bucket.accounts += accounts
    yield from found.values()


def _parties(
    guests: list[str], at_home: list[str], regional: tuple[Piece, ...], region: str, stands: pins.Stands
) -> Iterator[tuple[list[str], tuple[Piece, ...]]]:
    """The accounts that host no pinned vault, and each that does, with the pinned vaults that stand there."""
    if guests:
        yield guests, regional
    for account in at_home:
        yield [account], regional + stands.hosted.get((account, region), ())


def _shape(bucket: _Bucket, context: Context, chooser: Chooser, units: Mapping[str, str]) -> ir.Shape:
    accounts = tuple(sorted(bucket.accounts))
    effective, region = bucket.effective, bucket.region
    settings = opt_ins(effective, context)
    for plan in effective.plans:
        context.findings.extend(shared_forms.warnings(plan, settings.values, context.sources))
    planner = Planner(context, chooser, effective, region)
    return ir.Shape(
        region=region,
        accounts=accounts,
        units=tuple(sorted({units[account] for account in accounts})),
        plans=tuple(planner.plan(piece) for piece in sorted(effective.plans, key=lambda piece: piece.name)),
        vaults=_vaults(bucket, accounts[0], context),
        opt_in=settings.rows(),
        opt_in_where=settings.where,
    )


def _vaults(bucket: _Bucket, account: str, context: Context) -> tuple[ir.Vault, ...]:
    """The vaults that stand here: those without pins, and the pinned ones of this place; each name once."""
    free = [p for p in bucket.effective.vaults if p.get("account") is None and p.get("region") is None]
    standing = dict.fromkeys([*free, *bucket.pinned])
    if bucket.pinned:
        context.findings.extend(pins.unlike(list(standing), (account, bucket.region), context.tree, context.sources))
    once: dict[str, Piece] = {}
    for piece in standing:
        once.setdefault(piece.name, piece)
    builder = Builder(context, bucket.region)
    return tuple(builder.vault(once[name]) for name in sorted(once))
