"""Assertions about policies. A failure names what comes nearest, and the term or keyword that decides at its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backstay.dsl import Require, root, tag
from backstay.dsl.node import PolicyError
from backstay.prove.lacks import Judge, Lack, Need, need_of
from backstay.prove.nearest import nearest
from backstay.prove.tested import is_tested
from backstay.prove.text import because
from backstay.testing.message import Reason, drawn
from backstay.testing.protection import Protection, Serving
from backstay.testing.resource import type_of
from backstay.testing.wrong import unknown

if TYPE_CHECKING:
    from backstay import ir
    from backstay.dsl.duration import Days, Minutes
    from backstay.explain.resource import Taken
    from backstay.testing.org import Org
    from backstay.testing.resource import Resource

_OPEN = "AWS does not say whether a resource without the tag counts: a promise must hold either way"


@dataclass(frozen=True, slots=True)
class _Pinned:
    """Judges rules as `prove` does, and by what a test pins beside: the rule, its vault, vaults of copies."""

    judge: Judge
    rule: str | None
    into: str | None
    copied_to: tuple[str, ...]

    @property
    def need(self) -> Need:
        return self.judge.need

    def lacks(self, rule: ir.Rule) -> tuple[Lack, ...]:
        return (*self.judge.lacks(rule), *self._pins(rule))

    def _pins(self, rule: ir.Rule) -> Iterator[Lack]:
        if self.rule is not None and rule.name != self.rule:
            yield Lack(f"is not rule {self.rule}", rule.where.field("name"))
        vaults = {rule.vault, *([rule.air_gapped.name] if rule.air_gapped is not None else [])}
        if self.into is not None and self.into not in vaults:
            yield Lack(f"backs up into vault {rule.vault}, not {self.into}", rule.where.field("into"))
        for name in self.copied_to:
            if not any(one.destination.name == name and self._lands(one) for one in rule.copies):
                yield Lack(f"has no copy to vault {name}", rule.where.field("copies"))

    def _lands(self, copy: ir.Copy) -> bool:
        return not self.judge.copy_lacks(copy)


def assert_protected(
    resource: Resource,
    *,
    keep: Days | None = None,
    rpo: Minutes | Days | None = None,
    copy_to_other_region: bool | None = None,
    copy_to_other_account: bool | None = None,
    air_gapped: bool | None = None,
    locked: bool | None = None,
    immutable: bool | None = None,
    restore_tested_within: Days | None = None,
    by: str | None = None,
    rule: str | None = None,
    into: str | None = None,
    copied_to: str | tuple[str, ...] | list[str] = (),
) -> Serving:
    """One rule backs the resource up as asked; the keywords mean what they mean in `Require`. Gives that rule.

    `by`: name of the plan, `rule`: of the rule, `into`: of the vault, `copied_to`: of vaults that copies go to.
    Raises `AssertionError` with what comes nearest, `TypeError` for a bare number, `UnknownError` for an unknown plan.
    """
    __tracebackhide__ = True
    need = _asked(
        keep=keep,
        rpo=rpo,
        copy_to_other_region=copy_to_other_region,
        copy_to_other_account=copy_to_other_account,
        air_gapped=air_gapped,
        locked=locked,
        immutable=immutable,
        restore_tested_within=restore_tested_within,
    )
    org = resource.org
    row = type_of(resource.type)
    shape = org.shape(resource)
    if by is not None and by not in {plan.name for one in org.shapes for plan in one.plans}:
        raise unknown("plan", by, {plan.name for one in org.shapes for plan in one.plans})
    protection = org.protection(resource)
    if shape is None:
        raise AssertionError(drawn(org, "not-protected", f"{resource} is not protected", (), _reach(resource)))
    copies = (copied_to,) if isinstance(copied_to, str) else tuple(copied_to)
    pinned = _Pinned(Judge(org.model, shape, row, need, org.now), rule, into, copies)
    within = need.tested_within
    for one in protection.taken:
        if by not in (None, one.plan.name) or not _is_tested(resource, shape, one, within):
            continue
        for candidate in one.plan.rules:
            if not pinned.lacks(candidate):
                return Serving(one.plan, candidate, one.selection)
    raise AssertionError(_failure(resource, shape, protection, pinned, by))


def assert_unprotected(resource: Resource) -> None:
    """No plan takes the resource, whichever way AWS reads an absent tag. Raises `AssertionError` with the plan."""
    __tracebackhide__ = True
    protection = resource.org.protection(resource)
    taken = (*protection.taken, *protection.unsure)
    if taken:
        plans = ", ".join(sorted(one.plan.name for one in taken))
        reasons = [(_takes(one), one.selection.where.field("where")) for one in taken]
        notes = [] if protection.taken else [_OPEN]
        message = f"{resource} {'is' if protection.taken else 'may be'} backed up, by {plans}"
        raise AssertionError(drawn(resource.org, "protected", message, reasons, notes))


def assert_proved(org: Org, *names: str) -> None:
    """Every `Require`, or each of those named, holds for every resource that there could be.

    Raises `AssertionError` with what `backstay prove` says of the others, `UnknownError` for a name that none has.
    """
    __tracebackhide__ = True
    wrong = [one for one in org.prove(*names) if not one]
    if wrong:
        told = f"{len(wrong)} of {len(org.prove(*names))} promises are not proved"
        raise AssertionError("\n".join([told, *map(repr, wrong)]))


@lru_cache(maxsize=256)
def _asked(**wanted: Any) -> Need:
    """What is asked, read as a requirement: the same words, checked the same way. Raises `TypeError`."""
    __tracebackhide__ = True
    try:
        return need_of(Require("the test", every=tag("any") == "any", under=root(), **wanted))
    except PolicyError as wrong:
        raise TypeError(wrong.message) from None


def _is_tested(resource: Resource, shape: ir.Shape, one: Taken, within: timedelta | None) -> bool:
    if within is None:
        return True
    return is_tested(resource.org.model, shape, one.plan, resource.judged, within, resource.org.now)


def _failure(
    resource: Resource,
    shape: ir.Shape,
    protection: Protection,
    pinned: _Pinned,
    by: str | None,
) -> str:
    """Why nothing does: the nearest rule with what it lacks, or the nearest selection with the terms that fail."""
    org = resource.org
    plans = tuple(one for one in shape.plans if by in (None, one.name))
    if not plans:
        what = f"plan {by}" if by is not None else "any plan"
        return drawn(org, "not-protected", f"{resource} is not reached by {what}", (), _reach(resource))
    near = nearest(replace(shape, plans=plans), pinned, resource.witness)
    reasons: list[Reason] = list(because(near)) if near is not None else []
    notes = []
    sure = [one for one in protection.taken if by in (None, one.plan.name)]
    unsure = [one for one in protection.unsure if by in (None, one.plan.name)]
    if not sure and unsure:
        open_terms = [term for term in unsure[0].terms if term.holds is None]
        where = f"selection {unsure[0].selection.name} of plan {unsure[0].plan.name}"
        reasons = [(f"{where} asks for {term.text}; {term.has}", term.place) for term in open_terms] + reasons
        notes.append(_OPEN)
    if by is not None and protection.plans and not sure:
        notes.append(f"it is taken by {', '.join(protection.plans)}")
    message = f"{resource} is not protected as asked" if sure else f"{resource} is not protected"
    return drawn(org, "protected-too-little" if sure else "not-protected", message, reasons, notes)


def _takes(one: Taken) -> str:
    asked = " and ".join(term.text for term in one.terms) or "everything"
    return f"selection {one.selection.name} of plan {one.plan.name} takes {asked}"


def _reach(resource: Resource) -> list[str]:
    """What the account gets at all."""
    account = resource.account
    shape = account.shapes.get(resource.region)
    plans = sorted(plan.name for plan in shape.plans) if shape is not None else []
    what = f"plans {', '.join(plans)}" if plans else "no plan"
    return [f"{account} gets {what} in {resource.region}"]
