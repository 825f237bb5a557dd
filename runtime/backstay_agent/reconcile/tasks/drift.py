"""Drift: what differs between the build and AWS; with leave to, the reversible part of it is put right.

Whatever takes protection away, and whatever can never be undone, is never done here: it is told, with the ids to
approve. Two agents that put the same right do it with the same tokens, and each looks once more before it complains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from backstay_agent.execute import Execution, Outcome
from backstay_agent.journal import Journal, path_of
from backstay_agent.observe import observe
from backstay_agent.planner import plan_changes
from backstay_agent.reconcile.findings import Ending, Result, Sample, Trouble, Unseen, state_of
from backstay_agent.reconcile.safe import Parted, part
from backstay_agent.reconcile.tasks.context import Context, counted
from backstay_agent.told import noun, sign, spelt, title
from backstay_contract.plan import Action, ChangePlan, CreatePart, DeletePart, Scope, UpdatePart


def run(context: Context) -> Result:
    """Look, put right what may be, look again if anything was done, and tell what is left."""
    plan = _plan(context)
    parted = part(plan)
    outcomes: Sequence[Outcome] = ()
    if context.apply == "reversible" and parted.safe.actions:
        outcomes = _apply(context, parted)
        plan = _plan(context)
    return tell(plan, outcomes, _failures(outcomes))


def _plan(context: Context) -> ChangePlan:
    scope = Scope(folder=context.folder)
    return plan_changes(context.build, observe(context.build, context.aws, scope), scope)


def _apply(context: Context, parted: Parted) -> Sequence[Outcome]:
    plan = parted.safe
    with Journal(path_of(plan.id, context.journal), plan.id) as journal:
        return Execution(plan, context.aws, journal, (), lambda _: None).run(context.workers)


def _failures(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Why an action was not done, by its id."""
    return {one.action.id: one.reason or one.status for one in outcomes if one.status != "done"}


def tell(plan: ChangePlan, outcomes: Sequence[Outcome], failures: Mapping[str, str]) -> Result:
    """What a plan and what was done of it come to. Pure. `failures` says by id why an action was not done."""
    unseen = tuple(Unseen(it.account, it.region, it.error) for it in plan.unreadable)
    done = [one for one in outcomes if one.status == "done"]
    return Result(
        "drift",
        datetime.fromisoformat(plan.at),
        _ending(plan),
        _sentence(plan, done),
        tuple(_troubles(plan, failures)),
        unseen=unseen,
        samples=tuple(_samples(plan, outcomes)),
    )


def _ending(plan: ChangePlan) -> Ending:
    if any(action.effect != "reversible" for action in plan.actions):
        return "refused"
    if any(it.named for it in plan.unreadable):
        return "partly"
    return "findings" if plan.actions or plan.conflicts or plan.missing else "clean"


def _sentence(plan: ChangePlan, done: Sequence[Outcome]) -> str:
    parts = [f"{counted(len(done), 'action')} done"] if done else []
    waiting = sum(action.effect != "reversible" for action in plan.actions)
    if plan.actions:
        parts.append(f"{counted(len(plan.actions), 'action')} to do")
    if waiting:
        parts.append(f"{waiting} of them only with an approval")
    for number, word in ((len(plan.conflicts), "conflict"), (len(plan.missing), "missing prerequisite")):
        if number:
            parts.append(counted(number, word))
    named = sum(it.named for it in plan.unreadable)
    if named:
        parts.append(f"{counted(named, 'place')} not readable")
    return ", ".join(parts) or f"AWS is what the build says, in {counted(plan.accounts, 'account')}"


def _troubles(plan: ChangePlan, failures: Mapping[str, str]) -> Iterator[Trouble]:
    for action in plan.actions:
        yield _action(action, failures.get(action.id))
    for conflict in plan.conflicts:
        yield Trouble(
            f"drift/conflict/{conflict.account}/{conflict.region}/{conflict.kind}/{conflict.name}",
            "warning",
            f"conflict: {spelt(conflict.kind)} {conflict.name} is left alone",
            conflict.account,
            conflict.region,
            (conflict.reason,),
            state_of(conflict.reason),
        )
    for contested in plan.contested:
        yield Trouble(
            f"drift/contested/{contested.account}/{contested.region}/{contested.kind}/{contested.name}",
            "notice",
            f"managed by others, too: {contested.kind} {contested.name}",
            contested.account,
            contested.region,
            (contested.reason,),
            repeat=False,
        )
    for missing in plan.missing:
        yield Trouble(
            f"drift/missing/{missing.account}/{missing.region}/{missing.kind}/{missing.name}",
            "warning",
            f"{missing.kind} is missing, so nothing can be written there: {missing.needed_by} needs it",
            missing.account,
            missing.region,
            (missing.name,),
        )
    for orphan in plan.orphans:
        yield Trouble(
            f"drift/orphan/{orphan.account}/{orphan.region}/{orphan.kind}/{orphan.name}",
            "notice",
            f"orphan: {spelt(orphan.kind)} {orphan.name} is in no policy any more",
            orphan.account,
            orphan.region,
            (orphan.reason,),
            repeat=False,
        )
    for unread in plan.unreadable:
        if unread.named:
            key = f"drift/unreadable/{unread.account}/{unread.region or '*'}"
            title = "the account cannot be read"
            yield Trouble(key, "warning", title, unread.account, unread.region, (unread.error,))


def _action(action: Action, failure: str | None) -> Trouble:
    kind = f"{action.kind}/{action.noun}" if isinstance(action, CreatePart | UpdatePart | DeletePart) else action.kind
    key = f"drift/{kind}/{action.account}/{action.region}/{title(action)}"
    what = f"{sign(action).split()[-1]} {noun(action)} {title(action)}"
    lines = (action.reason, *action.changes)
    state = state_of(action.id, action.effect, list(action.changes))
    place = action.account, action.region
    match action.effect:
        case "irreversible":
            command = f"backstay apply BUILD --approve {action.id}"
            told = f"waits for an approval, since it can never be undone: {what}"
            return Trouble(key, "critical", told, *place, lines, state, command)
        case "destructive":
            told = f"waits for an apply, since it takes protection away: {what}"
            return Trouble(key, "warning", told, *place, lines, state, "backstay apply BUILD")
        case "reversible":
            if failure is None:
                return Trouble(key, "warning", f"differs from the policy: {what}", *place, lines, state)
            return Trouble(key, "warning", f"could not be put right: {what}", *place, (*lines, failure), state)


def _samples(plan: ChangePlan, outcomes: Sequence[Outcome]) -> Iterator[Sample]:
    for effect in ("reversible", "destructive", "irreversible"):
        number = sum(action.effect == effect for action in plan.actions)
        yield Sample("backstay_drift_actions", number, (effect,))
    yield Sample("backstay_drift_conflicts", len(plan.conflicts))
    yield Sample("backstay_drift_missing_prerequisites", len(plan.missing))
    yield Sample("backstay_drift_orphans", len(plan.orphans))
    for one in outcomes:
        yield Sample("backstay_actions_total", 1, (one.action.kind, one.status))
