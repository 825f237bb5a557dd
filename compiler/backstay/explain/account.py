"""Which policies reach an account, and what keeps the others away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstay.dsl import Policy
from backstay.dsl.target import AccountRef, AccountTag, AllTargets, AnyTarget, NotTarget, Ou, Root, Target
from backstay.resolve.targets import holds, shown
from backstay.resolve.tree import Member
from backstay.source import Sources
from backstay_contract.findings import Span


@dataclass(frozen=True, slots=True)
class Reach:
    """A policy and an account. `because`: the parts of the target that decide, in words; `regions` None: all."""

    policy: str
    target: str
    holds: bool
    because: tuple[str, ...]
    regions: tuple[str, ...] | None
    extends: str | None
    place: Span | None


def reaches(policies: Sequence[Policy], member: Member, sources: Sources) -> tuple[Reach, ...]:
    """Every policy, those that reach the account first, in the order of the files."""
    found = [_reach(policy, member, sources) for policy in dict.fromkeys(policies) if policy.attach is not None]
    return tuple(sorted(found, key=lambda one: not one.holds))


def _reach(policy: Policy, member: Member, sources: Sources) -> Reach:
    target = policy.attach
    assert target is not None
    span, fields = sources.where(policy)
    truth = holds(target, member)
    because = tuple(dict.fromkeys(_deciding(target, member, truth)))
    regions = None if policy.regions is None else tuple(policy.regions)
    place = fields.get("attach", span)
    return Reach(policy.name, shown(target), truth, because, regions, policy.extends, place)


def _deciding(target: Target, member: Member, truth: bool) -> Iterator[str]:
    """The parts that make a target hold, or keep it from holding."""
    match target:
        case AllTargets():
            yield from _parts(target.items, member, truth)
        case AnyTarget():
            yield from _parts(target.items, member, truth)
        case NotTarget():
            yield from _deciding(target.item, member, not truth)
        case _:
            yield _fact(target, member)


def _parts(items: Sequence[Target], member: Member, truth: bool) -> Iterator[str]:
    for item in items:
        if holds(item, member) == truth:
            yield from _deciding(item, member, truth)


def _fact(target: Target, member: Member) -> str:
    match target:
        case Root():
            return "every account is below the root"
        case Ou():
            where = "/".join(member.path) or "the root"
            return f"the account is in {where}"
        case AccountRef():
            return f"the account is {member.name} ({member.id})"
        case AccountTag():
            value = member.tags.get(target.key)
            return f"its tag {target.key} is {value!r}" if value is not None else f"it has no tag {target.key}"
        case _:
            raise AssertionError(f"no comparison of a target: {target!r}")
