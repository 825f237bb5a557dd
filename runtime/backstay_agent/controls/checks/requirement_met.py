"""Whether a resource really is protected as a `Require` of the policies asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstay_agent.controls import ages, requirement_sql
from backstay_agent.controls.control import Control, Verdict, failed, met, titled, unsure
from backstay_agent.controls.facts import LIVE, Duty, Place, Plan, Rule
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.required import UNSURE, Lacks, lacks, lasting, weight
from backstay_agent.controls.sql import Sql

_OPEN = "but whether that plan takes this resource depends on what AWS leaves open"


@dataclass(frozen=True, slots=True)
class _Candidate:
    plan: Plan
    rule: Rule
    sure: bool
    lacks: Lacks

    @property
    def told(self) -> str:
        return f"plan {self.plan.name}, rule {self.rule.name}"

    @property
    def said(self) -> str:
        return "; ".join(one.removeprefix(UNSURE) for one in self.lacks)


def check(duty: Duty, place: Place, _: Parameters, now: datetime) -> Verdict:
    """One rule of a plan that takes it does all that is asked; and what it made is there, as new and as tested."""
    verdict = _judged(duty, place, now)
    by = f" ({duty.origin})" if duty.origin else ""
    asked = f"“{duty.require}”{by}"
    if verdict.status == "NON_COMPLIANT" and not duty.sure:
        return unsure(f"{asked}, if it asks that of it, which depends on a tag that it lacks: {verdict.reason}")
    return Verdict(verdict.status, f"{asked}: {verdict.reason}")


def _judged(duty: Duty, place: Place, now: datetime) -> Verdict:
    candidates = list(_candidates(duty, place, now))
    sure = [one for one in candidates if one.sure]
    best = min(sure, key=lambda one: weight(one.lacks), default=None)
    missing = list(_missing(duty, place, now))
    if best is None or weight(best.lacks)[0]:
        maybe = min((one for one in candidates if not one.sure), key=lambda one: weight(one.lacks), default=None)
        if maybe is not None and not weight(maybe.lacks)[0] and not missing:
            return unsure(f"{maybe.told}, would do, {_OPEN}")
        if best is None:
            return failed("no rule of a backup plan takes it")
        return failed("; ".join((f"{best.told}, {best.said}", *missing)))
    if missing:
        return failed("; ".join(missing))
    return unsure(f"{best.told}, {best.said}") if best.lacks else met(f"{best.told}, does all that it asks")


def _candidates(duty: Duty, place: Place, now: datetime) -> Iterator[_Candidate]:
    resource = place.resources_by_arn.get(duty.resource)
    if resource is not None:
        for sure, plans in ((True, place.taking(resource)), (False, place.perhaps_taking(resource))):
            for plan in plans:
                yield from (_Candidate(plan, rule, sure, lacks(duty, rule, place, now)) for rule in plan.rules)


def _missing(duty: Duty, place: Place, now: datetime) -> Iterator[str]:
    """What the plans cannot tell: that a recovery point is there in time, and that restoring was tried."""
    if duty.rpo_seconds is not None:
        made = [one for one in place.whole.get(duty.resource, ()) if one.copied_from is None]
        newest = max((one.created for one in made), default=None)
        if newest is None:
            yield "it has no recovery point here"
        elif now - newest > timedelta(seconds=duty.rpo_seconds) and not any(one.status == LIVE for one in made):
            yield f"its latest recovery point was made {ages.ago(now - newest)} ago, not {lasting(duty.rpo_seconds)}"
    if duty.tested_days is not None:
        latest = place.restored.get(duty.resource)
        if latest is None or latest.completed is None:
            yield f"it was never restored, which is to be tried once in {duty.tested_days} days"
        elif now - latest.completed > timedelta(days=duty.tested_days):
            ago = ages.ago(now - latest.completed)
            yield f"it was last restored {ago} ago, which is to be tried once in {duty.tested_days} days"


def sql(_: Parameters) -> Sql:
    """The same: what rules lack once for each set of plans."""
    return requirement_sql.sql()


CONTROL = Control(
    name="requirement-met",
    short="requirement met",
    title=titled("protected as the policies require"),
    kind="duty",
    needs=frozenset({"resources", "plans", "vaults", "points", "restores"}),
    remedy="Apply the build again; if nothing differs from it, `backstay prove` says what the policies lack.",
    check=check,
    sql=sql,
    command="backstay apply BUILD --account {account}",
)
