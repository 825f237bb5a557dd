"""Shapes: what each class of accounts gets in each Region, worked out once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from backstay import ir
from backstay.dsl.air_gapped import AirGappedVault
from backstay.resolve import keys, pins, settings, shared_forms
from backstay.resolve.audits import Auditor
from backstay.resolve.chosen import Chooser
from backstay.resolve.classes import Class
from backstay.resolve.context import Context
from backstay.resolve.here import Here
from backstay.resolve.holds import Keeper
from backstay.resolve.inherit import Effective, Heirs
from backstay.resolve.nouns import word
from backstay.resolve.pieces import Piece, name_of
from backstay.resolve.plans import Planner
from backstay.resolve.problem import problem
from backstay.resolve.restores import Tester
from backstay.resolve.roles import Roles, Use
from backstay.resolve.vaults import Builder
from backstay_contract.findings import Finding


@dataclass(slots=True)
class _Bucket:
    """Accounts that get the same in one Region."""

    region: str
    effective: Effective
    pinned: tuple[Piece, ...]
    roles: tuple[Use, ...]
    accounts: list[str] = field(default_factory=list)


def shapes(
    classes: Sequence[Class], heirs: Heirs, stands: pins.Stands, context: Context, units: Mapping[str, str]
) -> tuple[ir.Shape, ...]:
    """Every shape that holds anything, by Region and first account."""
    chooser = Chooser(context)
    roles = Roles(context, chooser)
    buckets = list(_buckets(classes, heirs, stands, roles))
    made = [_shape(bucket, context, chooser, units) for bucket in buckets]
    context.findings.extend(_lost(context))
    whole = [shape for shape in keys.with_keys(made, context.partition) if _holds_anything(shape)]
    return tuple(sorted(whole, key=lambda shape: (shape.region, shape.accounts)))


def _lost(context: Context) -> Iterator[Finding]:
    """A complaint for each construct that is left out of every place that its policy reaches."""
    for node in context.left_out.nowhere():
        what = f"{word(type(node))} `{name_of(node)}`"
        message = f"{what} names vaults that stand in none of the places that its policy reaches"
        help_ = "attach its policy to the accounts and Regions in which the vaults are pinned to stand"
        yield problem("stands-nowhere", message, context.sources.where(node)[0], help=help_)


def _holds_anything(shape: ir.Shape) -> bool:
    return any(getattr(shape, one.name) for one in fields(shape) if one.name not in ("region", "accounts", "units"))


def _buckets(classes: Sequence[Class], heirs: Heirs, stands: pins.Stands, roles: Roles) -> Iterator[_Bucket]:
    found: dict[Hashable, _Bucket] = {}
    hosts = {account for account, _ in stands.hosted}
    for number, group in enumerate(classes):
        guests = [member.id for member in group.members if member.id not in hosts]
        at_home = [member.id for member in group.members if member.id in hosts]
        home = next(iter(group.reached()), None)
        for region in group.regions:
            regional = stands.regional.get((number, region), ())
            for accounts, pinned in _parties(guests, at_home, regional, region, stands):
                layers = group.active(region)
                own = _roles(accounts, group, heirs, roles) if region == home else ()
                name = region, tuple(layer.index for layer in layers), tuple(piece.key() for piece in pinned), own
                bucket = found.get(name)
                if bucket is None:
                    bucket = found[name] = _Bucket(region, heirs.effective(layers), pinned, own)
                bucket.accounts += accounts
    yield from found.values()


def _roles(accounts: Sequence[str], group: Class, heirs: Heirs, roles: Roles) -> tuple[Use, ...]:
    """The managed roles of accounts of a class, from what holds in all of its Regions."""
    return roles.uses(
        Here(roles.context, heirs.effective(group.active(region)), region, tuple(accounts))
        for region in group.reached()
    )


def _parties(
    guests: list[str], at_home: list[str], regional: tuple[Piece, ...], region: str, stands: pins.Stands
) -> Iterator[tuple[list[str], tuple[Piece, ...]]]:
    """The accounts that host no pinned vault, and each that does, with the pinned vaults that stand there."""
    if guests:
        yield guests, regional
    for account in at_home:
        yield [account], regional + stands.hosted.get((account, region), ())


def _shape(
    bucket: _Bucket, context: Context, chooser: Chooser, units: Mapping[str, str]
) -> tuple[ir.Shape, tuple[keys.Asked, ...]]:
    """A shape, its managed keys left out, and those keys."""
    accounts = tuple(sorted(bucket.accounts))
    here = Here(context, bucket.effective, bucket.region, accounts)
    opt_in = settings.opt_ins(bucket.effective, context)
    for plan in bucket.effective.plans:
        context.findings.extend(shared_forms.warnings(plan, opt_in.values, context.sources))
    standing = _standing(bucket, accounts[0], context)
    nouns = _nouns(here, standing, chooser)
    management = settings.management(bucket.effective, context)
    shape = ir.Shape(
        region=bucket.region,
        accounts=accounts,
        units=tuple(sorted({units[account] for account in accounts})),
        opt_in=opt_in.rows(),
        opt_in_where=opt_in.where,
        roles=tuple(use.made(context.partition) for use in bucket.roles),
        management=management.rows(),
        management_where=management.where,
        **nouns,
    )
    return shape, keys.asked(standing, context)


def _nouns(here: Here, standing: Sequence[Piece], chooser: Chooser) -> dict[str, Any]:
    """The constructs of a shape by the names of its fields, each sorted by name."""
    planner, builder, auditor = Planner(here, chooser), Builder(here), Auditor(here)
    tester, keeper = Tester(here), Keeper(here)
    every = here.effective.things
    air_gapped = [piece for piece in standing if piece.kind is AirGappedVault]
    makers: tuple[tuple[str, Iterable[Piece], Callable[[Piece], object]], ...] = (
        ("plans", every["plans"], planner.plan),
        ("vaults", [piece for piece in standing if piece.kind is not AirGappedVault], builder.vault),
        ("air_gapped_vaults", air_gapped, builder.air_gapped),
        ("frameworks", every["frameworks"], auditor.framework),
        ("reports", every["reports"], auditor.report),
        ("restore_tests", every["restore_tests"], tester.test),
        ("legal_holds", every["legal_holds"], keeper.hold),
        ("tiering", every["tiering"], keeper.tiering),
    )
    return {field_: tuple(_made(pieces, make, here.context)) for field_, pieces, make in makers}


def _made(pieces: Iterable[Piece], make: Callable[[Piece], object], context: Context) -> Iterator[object]:
    """What pieces become, by name; those that become nothing here are noted."""
    for piece in sorted(pieces, key=lambda one: one.name):
        made = make(piece)
        if made is None:
            context.left_out.without[id(piece.first.node)] = piece.first.node
        else:
            context.left_out.somewhere.add(id(piece.first.node))
            yield made


def _standing(bucket: _Bucket, account: str, context: Context) -> tuple[Piece, ...]:
    """The vaults that stand here: those without pins, and the pinned ones of this place; each name once."""
    free = [p for p in bucket.effective.vaults if p.get("account") is None and p.get("region") is None]
    standing = dict.fromkeys([*free, *bucket.pinned])
    if bucket.pinned:
        context.findings.extend(pins.unlike(list(standing), (account, bucket.region), context.tree, context.sources))
    once: dict[str, Piece] = {}
    for piece in standing:
        once.setdefault(piece.name, piece)
    return tuple(once.values())
