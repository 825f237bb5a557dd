"""Managed keys: for every `Key("alias/x", manage=True)` of a vault that stands in a place, the key and who may use it.

Who may is worked out from all shapes at once, since plans of other Regions and accounts copy into a vault too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from backstay import ir
from backstay.dsl.managed import Key
from backstay.resolve import places
from backstay.resolve.context import Context
from backstay.resolve.documents import Admitted, admitted
from backstay.resolve.key_policy import Users, policy
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem, second
from backstay_aws import arns

SERVICE_LINKED = "aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
"""AWS Backup's own role, wanted in the destination of copies (developer guide, cross-account backup, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A managed key of a shape: the vaults that are encrypted with it, and whom their access policies admit."""

    alias: str
    vaults: frozenset[str]
    admitted: Admitted
    where: ir.Where


def asked(vaults: Sequence[Piece], context: Context) -> tuple[Asked, ...]:
    """The managed keys of the vaults of one place, by alias. An alias both managed and not managed is a complaint."""
    using: dict[str, list[Piece]] = {}
    for piece in vaults:
        key = piece.get("key")
        if key is not None:
            using.setdefault(key.alias if isinstance(key, Key) else key, []).append(piece)
    found = (_asked(alias, pieces, context) for alias, pieces in sorted(using.items()))
    return tuple(one for one in found if one is not None)


def _asked(alias: str, pieces: Sequence[Piece], context: Context) -> Asked | None:
    named = [piece for piece in pieces if isinstance(piece.get("key"), Key)]
    for piece in named[1:]:
        if piece.get("key").manage != named[0].get("key").manage:
            message = f"key `{alias}` is named managed and not managed for the same accounts"
            others = second(places.of_field(named[0], "key", context.sources), "and here")
            span = places.of_field(piece, "key", context.sources)
            context.findings.append(problem("managed-or-not", message, span, others=others))
    managed = next((piece for piece in named if piece.get("key").manage), None)
    if managed is None:
        return None
    where = places.of_value(managed, "key", context.sources)
    parts = [part for piece in pieces if piece.get("access") is not None for part in piece.get("access").parts]
    return Asked(alias, frozenset(piece.name for piece in pieces), admitted(parts, context), where)


@dataclass(frozen=True, slots=True)
class _Writer:
    """A plan of a shape that writes into a vault: with what roles, and how it names the vault's account."""

    shape: ir.Shape
    account: str
    roles: tuple[str, ...]


_Writers = Mapping[tuple[str, str], Sequence[_Writer]]


def with_keys(made: Sequence[tuple[ir.Shape, Sequence[Asked]]], partition: str) -> Iterator[ir.Shape]:
    """The shapes with their managed keys."""
    writers = _writers(shape for shape, _ in made) if any(wanted for _, wanted in made) else {}
    for shape, wanted in made:
        keys = tuple(_key(shape, one, writers, partition) for one in wanted)
        yield replace(shape, keys=keys) if keys else shape


def _writers(shapes: Iterable[ir.Shape]) -> _Writers:
    """Who writes into a vault, by the vault's Region and name."""
    found: dict[tuple[str, str], list[_Writer]] = {}
    for shape in shapes:
        for plan in shape.plans:
            roles = tuple(selection.role_arn for selection in plan.selections)
            for account, region, name in set(_targets(shape, plan)):
                found.setdefault((region, name), []).append(_Writer(shape, account, roles))
    return found


def _targets(shape: ir.Shape, plan: ir.Plan) -> Iterator[tuple[str, str, str]]:
    """The vaults that a plan writes into: account, Region, name."""
    for rule in plan.rules:
        yield ir.ACCOUNT, shape.region, rule.vault
        for reference in (*(copy.destination for copy in rule.copies), rule.air_gapped):
            if reference is not None:
                yield reference.account, reference.region, reference.name


def _key(shape: ir.Shape, one: Asked, writers: _Writers, partition: str) -> ir.Key:
    users = Users(
        roles=tuple(sorted(set(_roles(shape, one, writers, partition)))),
        organizations=one.admitted.organizations,
        accounts=tuple(sorted({*one.admitted.accounts, *_destinations(shape, one)} - set(_alone(shape)))),
    )
    return ir.Key(one.alias, policy(users, shape.region, partition), one.where)


def _roles(shape: ir.Shape, one: Asked, writers: _Writers, partition: str) -> Iterator[str]:
    """The roles of these accounts that write into the key's vaults, from whatever Region, or restore from them here.

    Where other accounts may copy into one, AWS Backup's own role receives what they send.
    """
    own = frozenset(shape.accounts)
    for writer in (writer for name in one.vaults for writer in writers.get((shape.region, name), ())):
        if writer.account in (ir.ACCOUNT, *_alone(shape)) and _same_accounts(shape, own, writer.shape):
            yield from writer.roles
    yield from (selection.role_arn for test in shape.restore_tests for selection in test.selections)
    if one.admitted.organizations or one.admitted.accounts:
        yield arns.role(partition, ir.ACCOUNT, SERVICE_LINKED)


def _same_accounts(shape: ir.Shape, own: frozenset[str], other: ir.Shape) -> bool:
    """Whether two shapes have an account in common; two of one Region never have."""
    return other is shape or (other.region != shape.region and not own.isdisjoint(other.accounts))


def _destinations(shape: ir.Shape, one: Asked) -> Iterable[str]:
    """The accounts to which rules here copy what the key encrypts."""
    return {
        copy.destination.account
        for plan in shape.plans
        for rule in plan.rules
        if rule.vault in one.vaults or (rule.air_gapped is not None and rule.air_gapped.name in one.vaults)
        for copy in rule.copies
        if copy.destination.account != ir.ACCOUNT
    }


def _alone(shape: ir.Shape) -> tuple[str, ...]:
    """The account of a shape of one account: what names it by its id, names these accounts."""
    return shape.accounts if len(shape.accounts) == 1 else ()
