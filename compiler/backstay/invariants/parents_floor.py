"""No unit gets less than the policies above it give alone.

For each unit or account at which policies stand, the organization is resolved once more without those that stand there
or below. What its accounts would get then, they must get with them as well: backups as often and as long, in vaults
locked as strongly, with each copy; and each vault, whether a rule uses it or not, with a lock that is no looser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from backstay import ir
from backstay.diff.meaning import Shortfall, shortfalls, side
from backstay.diff.reasons import reason
from backstay.diff.vaults import band, looser
from backstay.diff.words import what
from backstay.invariants.invariant import Invariant, Policies
from backstay.prove.answer import STATUSES, VAULT, Answer, Nearest, Status, Witness
from backstay.prove.patterns import TooManyError
from backstay.prove.question import BEYOND, HANGS
from backstay.prove.search import LostError
from backstay.resolve import resolve
from backstay.resolve.targets import Level, level
from backstay.resolve.tree import grow

if TYPE_CHECKING:
    from backstay.resolve.tree import Tree
    from backstay_contract.findings import Span

NAME = "parents-floor"
_NOTHING = "no policy stands below another one, so there is nothing to refute"
_LOOSE = ("vault", "cold", "schedule")
"""What may differ without being less."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The answer for some accounts of one level."""

    status: Status
    accounts: tuple[str, ...]
    loss: tuple[Witness, Nearest] | None = None
    note: str = ""


def answer(policies: Policies, now: date) -> Answer:
    """Whether it holds everywhere; if not, a resource that loses something by a policy below."""
    tree = grow(policies.organization)
    stands = [(one, level(one.attach, tree)) for one in policies.loaded.policies if one.attach is not None]
    levels = sorted({at for _, at in stands if at.depth}, key=lambda at: (at.depth, str(at)))
    parts: list[_Part] = []
    for at in levels:
        above = [one for one, own in stands if not at.holds(own)]
        if above:
            parts += _level(policies, tree, at, [one.name for one in above], now)
    return _joined(parts)


def _joined(parts: Sequence[_Part]) -> Answer:
    where = ir.Where(None)
    if not parts:
        return Answer(NAME, "PROVED", where, 0, notes=(_NOTHING,))
    status = min((part.status for part in parts), key=STATUSES.index)
    worst = [part for part in parts if part.status == status]
    accounts = len({account for part in worst for account in part.accounts})
    notes = tuple(dict.fromkeys(part.note for part in parts if part.note))
    found = Answer(NAME, status, where, accounts, notes=notes)
    lost = next((part.loss for part in worst if part.loss is not None), None)
    return found if lost is None else found.shown(*lost)


def _lost(loss: Shortfall, actual: ir.Shape) -> tuple[Witness, Nearest]:
    """A resource with what the policies above alone give it, and why it is not what it gets."""
    said, place = reason(actual, loss, lost=True)
    near = Nearest(
        loss.offer.plan,
        loss.selection.name,
        loss.offer.rule.name,
        (
            (
                f"gives it more where the policies above stand alone: {what(loss, lost=True)}",
                loss.offer.rule.where.span,
            ),
            (f"does not come to it as they are: {said}", place),
        ),
    )
    return loss.witness, near


def _level(policies: Policies, tree: Tree, at: Level, above: Sequence[str], now: date) -> Iterator[_Part]:
    """The answers for the accounts of a level, a pair of shapes at a time."""
    members = {one.id for one in tree.members if at.holds(Level(one.path, one.id))}
    kept = tuple(one for one in policies.loaded.policies if one.attach is None or not at.holds(level(one.attach, tree)))
    alone = resolve(replace(policies.loaded, policies=kept, requirements=()), policies.organization).model
    if alone is None:
        note = f"the policies above {at} ({', '.join(sorted(set(above)))}) do not stand without those at it or below"
        yield _Part("UNKNOWN", tuple(sorted(members)), note=note)
        return
    actual = {(account, one.region): one for one in policies.model.shapes for account in one.accounts}
    for shape in alone.shapes:
        pairs: dict[int, tuple[ir.Shape | None, list[str]]] = {}
        for account in shape.accounts:
            if account in members:
                own = actual.get((account, shape.region))
                pairs.setdefault(id(own), (own, []))[1].append(account)
        for own, accounts in pairs.values():
            there = own or ir.Shape(shape.region, tuple(accounts), (), (), (), ())
            yield _pair(alone, shape, policies.model, there, tuple(accounts), now)
            yield from _vaults(policies.model, shape, there, tuple(accounts))


def _vaults(model: ir.Model, above: ir.Shape, actual: ir.Shape, accounts: tuple[str, ...]) -> Iterator[_Part]:
    """A refutation for each vault that the policies above alone would lock more strictly."""
    there = {one.name: one for one in _locked(actual)}
    there |= {one.moved: one for one in actual.vaults if one.moved is not None and one.moved not in there}
    for vault in _locked(above):
        own = there.get(vault.name)
        if own is not None and not looser(vault.lock, own.lock):
            continue
        yield _Part("COUNTEREXAMPLE", accounts, (_witness(model, vault, actual, accounts[0]), _looser(vault, own)))


def _looser(above: ir.Vault, own: ir.Vault | None) -> Nearest:
    """What the policies above alone give, and what there is."""
    if own is None:
        return Nearest(None, None, None, (("is there only where the policies above stand alone", above.where.span),))
    reasons = (
        (f"has more where the policies above stand alone: {band(above.lock)}", _place(above)),
        (f"has less as they are: {band(own.lock)}", _place(own)),
    )
    return Nearest(None, None, None, reasons)


def _locked(shape: ir.Shape) -> Iterator[ir.Vault]:
    """The vaults of a shape, air-gapped ones as what they are: locked for ever."""
    yield from shape.vaults
    yield from (one.as_vault for one in shape.air_gapped_vaults)


def _place(vault: ir.Vault) -> Span | None:
    return vault.lock.where.span if vault.lock is not None else vault.where.span


def _witness(model: ir.Model, vault: ir.Vault, shape: ir.Shape, account: str) -> Witness:
    facts = model.accounts[account]
    arn = f"arn:{model.partition}:backup:{shape.region}:{facts.id}:backup-vault:{vault.name}"
    return Witness(facts.id, facts.name, facts.unit, shape.region, VAULT, arn, {})


def _pair(
    above: ir.Model, shape: ir.Shape, model: ir.Model, actual: ir.Shape, accounts: tuple[str, ...], now: date
) -> _Part:
    floor = side(above, replace(shape, accounts=accounts), now)
    given = side(model, replace(actual, accounts=accounts), now)
    try:
        losses = {
            absent: next((one for one in shortfalls(floor, given, absent=absent) if one.aspect not in _LOOSE), None)
            for absent in (True, False)
        }
    except (TooManyError, LostError):
        return _Part("UNKNOWN", accounts, note=BEYOND)
    found = [one for one in losses.values() if one is not None]
    if not found:
        return _Part("PROVED", accounts)
    if len(found) == len(losses):
        return _Part("COUNTEREXAMPLE", accounts, _lost(found[0], actual))
    holds = next(absent for absent, one in losses.items() if one is None)
    return _Part("UNKNOWN", accounts, _lost(found[0], actual), HANGS[holds])


INVARIANT = Invariant(
    NAME, "No unit or account gets less than the policies above it would give it without those at it or below.", answer
)
