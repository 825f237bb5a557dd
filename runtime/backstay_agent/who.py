"""Asks CloudTrail who wrote last what a plan would change: one paged question for each place and operation.

`LookupEvents` is answered twice a second in an account and Region (CloudTrail API reference, read 2026-11-29), so a
place is asked one thing at a time, only about what differs there, and never without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.side_by_side import side_by_side
from backstay_agent.writers import Write, is_about, last_writer, read_write, row_of, selection_names
from backstay_contract.plan import Action, ChangePlan, Drift

WORKERS = 16
_PAGE = 50  # the most that a page holds
PAGES = 20
"""Pages that are read for one operation in one place; what is older is told as not known."""
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What CloudTrail told of a place. `cut`: why some of it was not read, by operation; `refused`: why all was not."""

    writes: tuple[Write, ...]
    cut: dict[str, str]
    refused: str | None = None


def tell_who(plan: ChangePlan, aws: Aws, tick: Tick | None = None) -> ChangePlan:
    """The plan, with who wrote last on each action about which there is something to tell, even that nobody knows."""
    asked: dict[tuple[str, str], list[Action]] = {}
    for action in plan.actions:
        if row_of(action) is not None:
            asked.setdefault((action.account, action.region), []).append(action)
    found: dict[str, Drift] = {}
    places = sorted(asked)
    role = aws.endpoint.role_name
    answers = side_by_side(places, lambda account, region: _of_place(aws, asked[account, region], role), WORKERS)
    for done, (_, drifts) in enumerate(answers, 1):
        found |= drifts
        if tick:
            tick(done, len(places))
    return told_again(plan, found)


def told_again(plan: ChangePlan, found: dict[str, Drift]) -> ChangePlan:
    """The plan with what is known of who wrote last, by the ids of its actions."""
    actions = tuple(
        action.model_copy(update={"drift": found[action.id]}) if action.id in found else action
        for action in plan.actions
    )
    return plan.model_copy(update={"actions": actions})


def _of_place(aws: Aws, actions: Sequence[Action], role: str) -> dict[str, Drift]:
    heard = _listen(aws, actions)
    if heard.refused is not None:
        return {action.id: Drift(cause="unknown", reason=heard.refused) for action in actions}
    names = selection_names(heard.writes) | _plan_names(aws, actions, heard.writes)
    told = {}
    for action in actions:
        row = row_of(action)
        cut = next((heard.cut[name] for name in row.operations if name in heard.cut), None) if row else None
        drift = last_writer(action, heard.writes, names, role, cut)
        if drift is not None:
            told[action.id] = drift
    return told


def _listen(aws: Aws, actions: Sequence[Action]) -> _Heard:
    writes: list[Write] = []
    cut: dict[str, str] = {}
    operations = sorted({name for action in actions if (row := row_of(action)) for name in row.operations})
    for operation in operations:
        about = [action for action in actions if (row := row_of(action)) and operation in row.operations]
        try:
            heard, whole = _events(aws, about, operation)
            writes += heard
            if not whole:
                cut[operation] = f"CloudTrail has more than {PAGES * _PAGE} events of {operation} there"
        except AwsProblem as problem:
            return _Heard((), {}, f"{problem.code} while asking CloudTrail: {problem.message}")
    return _Heard(tuple(writes), cut)


def _events(aws: Aws, about: Sequence[Action], operation: str) -> tuple[list[Write], bool]:
    """Events of an operation, newest first, as far back as is needed; and whether that is all that there is to know."""
    place = about[0].account, about[0].region
    attribute = [{"AttributeKey": "EventName", "AttributeValue": operation}]
    found: list[Write] = []
    pages = aws.answers(*place, "cloudtrail", "LookupEvents", LookupAttributes=attribute, MaxResults=_PAGE)
    for number, page in enumerate(pages, 1):
        found += filter(None, map(read_write, page.get("Events", ())))
        if _enough(about, found):
            return found, True
        if number == PAGES:
            return found, not page.get("NextToken")
    return found, True


def _enough(about: Iterable[Action], found: Sequence[Write]) -> bool:
    """Whether the newest event about each action has been seen; which plans the deleted ones were shows only later."""
    names = selection_names(found)
    return all(any(is_about(action, write, names) for write in found) for action in about)


def _plan_names(aws: Aws, actions: Sequence[Action], writes: Iterable[Write]) -> dict[str, str]:
    """The names of deleted plans by id, where somebody deleted any and one is to be created."""
    account, region = actions[0].account, actions[0].region
    if not any(action.kind == "create-plan" for action in actions):
        return {}
    if not any(write.operation == "DeleteBackupPlan" for write in writes):
        return {}
    try:
        listed = aws.pages(account, region, "backup", "ListBackupPlans", "BackupPlansList", IncludeDeleted=True)
        return {item["BackupPlanId"]: item["BackupPlanName"] for item in listed}
    except AwsProblem:
        return {}
