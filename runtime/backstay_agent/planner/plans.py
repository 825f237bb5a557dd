"""Decides about backup plans. A plan is known by its name, once in an account and Region."""

from __future__ import annotations

from collections.abc import Sequence

from backstay_agent.observed import Place, Plan, is_ours
from backstay_agent.planner import words
from backstay_agent.planner.contested import foreign
from backstay_agent.planner.decision import Decision, Setting, act, joined
from backstay_agent.planner.locked import Locks
from backstay_agent.planner.losses import plan_losses
from backstay_agent.planner.selections import decide_selections, delete_selections, is_wanted
from backstay_agent.planner.tags import decide_tags, owned
from backstay_agent.wanted import Wanted, WantedPlan
from backstay_contract.plan import Action, CreatePlan, DeletePlan, Orphan, UpdatePlan


def decide_plans(at: Setting, wanted: Wanted, place: Place, locks: Locks) -> Decision:
    """Everything about the plans of one place, with their selections. `locks`: of its vaults, now and afterwards."""
    kept = {plan.id for name in wanted.plans for plan in _found(at, wanted, place, name)}
    wishes = [
        _decide(at, wish, _found(at, wanted, place, name), place.generations.get(name, 0), locks)
        for name, wish in sorted(wanted.plans.items())
    ]
    left = [plan for plan in place.plans if plan.id not in kept and is_ours(plan.tags, at.organization)]
    return joined([*wishes, *(_unwanted(at, plan) for plan in left)])


def _found(at: Setting, wanted: Wanted, place: Place, name: str) -> list[Plan]:
    """The plans of a name; where there is none, those of ours of the name that it had before."""
    named = [plan for plan in place.plans if plan.name == name]
    before = wanted.before.get(name)
    if named or before is None or before in wanted.plans:
        return named
    return [plan for plan in place.plans if plan.name == before and is_ours(plan.tags, at.organization)]


def _decide(at: Setting, wish: WantedPlan, found: Sequence[Plan], generation: int, locks: Locks) -> Decision:
    ours = sorted((plan for plan in found if is_ours(plan.tags, at.organization)), key=_age)
    if ours:
        kept = next((plan for plan in ours if plan.body == wish.body), ours[0])
        spare = [plan for plan in ours if plan is not kept]
        return joined([_adjust(at, wish, kept, locks), *(_spare(at, plan, wish, kept, locks) for plan in spare)])
    if found:
        return _take_over(at, wish, found, locks)
    tags = owned(at, wish.tags)
    token = at.token("plan", generation, wish.body, tags)
    create = CreatePlan(
        **at.place(),
        id=at.id("plan", wish.body),
        name=wish.name,
        reason="the policy wants it and it does not exist",
        changes=words.new_plan(wish.body),
        after=dict(wish.body),
        tags=tags,
        token=token,
    )
    return act([create, *decide_selections(at, wish, None, token)])


def _adjust(at: Setting, wish: WantedPlan, found: Plan, locks: Locks) -> Decision:
    updates: list[Action] = []
    if found.body != wish.body:
        losses = plan_losses(found.body, wish.body, at.now, locks.unlocks)
        updates.append(
            UpdatePlan(
                **at.place(),
                id=at.id("update", found.id, found.body, wish.body),
                name=wish.name,
                reason=_why(wish, found, losses),
                effect="destructive" if losses else "reversible",
                changes=words.plan_changes(found.body, wish.body),
                plan_id=found.id,
                before=dict(found.body),
                after=dict(wish.body),
            )
        )
    tags = decide_tags(at, wish.name, found.arn, wish.tags, found.tags)
    return joined([tags, act([*updates, *decide_selections(at, wish, found, found.id)])])


def _why(wish: WantedPlan, found: Plan, losses: Sequence[str]) -> str:
    if losses:
        return f"the policy protects less: {', '.join(losses)}"
    if found.name != wish.name:
        return f"the plan was called {found.name} before"
    return "the plan differs from the policy"


def _take_over(at: Setting, wish: WantedPlan, found: Sequence[Plan], locks: Locks) -> Decision:
    """A plan of the wanted name that is not ours: taken over if it is just what is wanted, or if asked to."""
    equal = [plan for plan in sorted(found, key=_age) if _is_equal(plan, wish)]
    if equal:
        return _adjust(at, wish, equal[0], locks)
    if at.adopt and len(found) == 1:
        return _adjust(at, wish, found[0], locks)
    told = "a plan of this name exists" if len(found) == 1 else f"{len(found)} plans of this name exist"
    advice = "hand it over with --adopt, or choose another name" if len(found) == 1 else "choose another name"
    reason = f"{told} that Backstay did not make, and not as the policy says; {advice}"
    others = (foreign(at, one.name, one.arn, one.tags, wish.tags) for one in found)
    return at.conflict("plan", wish.name, "; ".join([reason, *dict.fromkeys(filter(None, others))]))


def _is_equal(plan: Plan, wish: WantedPlan) -> bool:
    bodies = list(plan.selections)
    for wanted in wish.selections:
        match = next((selection for selection in bodies if is_wanted(selection.body, wanted)), None)
        if match is None:
            return False
        bodies.remove(match)
    return plan.body == wish.body and not bodies


def _spare(at: Setting, plan: Plan, wish: WantedPlan, kept: Plan, locks: Locks) -> Decision:
    """A second plan goes; its selections are a loss unless the one that is kept does as much, now and then."""
    loses = any(plan_losses(plan.body, body, at.now, locks.unlocks) for body in (kept.body, wish.body))
    selections = delete_selections(at, plan, plan.selections, () if loses else wish.selections)
    return act([*selections, _delete(at, plan, "a second plan of ours with the same name")])


def _unwanted(at: Setting, plan: Plan) -> Decision:
    if not at.named:
        reason = "the build names nothing in this account and Region any more; it still makes backups"
        return Decision(orphans=(Orphan(**at.place(), kind="plan", name=plan.name, reason=reason),))
    return act(delete_plan(at, plan, "not in any policy any more"))


def delete_plan(at: Setting, plan: Plan, reason: str) -> list[Action]:
    """A plan goes, after its selections."""
    return [*delete_selections(at, plan, plan.selections, (), "its plan goes"), _delete(at, plan, reason)]


def _delete(at: Setting, plan: Plan, reason: str) -> DeletePlan:
    return DeletePlan(
        **at.place(),
        id=at.id("noplan", plan.id),
        name=plan.name,
        reason=reason,
        plan_id=plan.id,
        before=dict(plan.body),
    )


def _age(plan: Plan) -> tuple[str, str]:
    return plan.created.isoformat(), plan.id
