"""The order of an apply: what gives protection before what takes it away, and nothing before what it needs.

Three things come out: the sequence of the actions; for each the actions without which it must not be done (its needs,
across accounts: a plan that copies into a central vault needs that vault and its policy), so that a failure, or a lock
that nobody approved, holds back exactly what rests on it; and the actions that it lets go first, however they end.
No beginning of the sequence leaves anything less protected than before or after, except by an action that says of
itself that it is destructive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Literal

from backstay_agent.needs import Needs, VaultKey
from backstay_agent.parts import BY_WORD, NOUNS
from backstay_contract.plan import Action, CreatePart, DeletePart, PartNoun, UpdatePart

Phase = Literal["vaults", "plans", "selections", "locks", "removals"]
PHASES: tuple[Phase, ...] = ("vaults", "plans", "selections", "locks", "removals")
# One row a kind of action, in the order in which an account does them: kind, and the part of an apply it belongs to
# (None: that of the kind of thing, as `parts` has it).
ROWS: tuple[tuple[str, Phase | None], ...] = (
    ("update-global-settings", "vaults"),
    ("create-vault", "vaults"),
    ("tag-resource", "vaults"),
    ("put-vault-policy", "vaults"),
    ("put-vault-notifications", "vaults"),
    ("update-region-settings", "vaults"),
    ("create-plan", "plans"),
    ("update-plan", "plans"),
    ("create-selection", "selections"),
    ("create-part", None),
    ("update-part", None),
    ("put-vault-lock", "locks"),
    ("delete-part", "removals"),
    ("delete-selection", "removals"),
    ("delete-plan", "removals"),
    ("delete-vault-notifications", "removals"),
    ("delete-vault-policy", "removals"),
    ("delete-vault-lock", "removals"),
    ("delete-points", "removals"),
    ("delete-vault", "removals"),
)
_RANK: Mapping[str, int] = {kind: rank for rank, (kind, _) in enumerate(ROWS)}
_PHASE: Mapping[str, Phase | None] = dict(ROWS)
_NOUNS: tuple[PartNoun, ...] = tuple(noun.word for noun in NOUNS)


def phase(action: Action) -> Phase:
    """The part of an apply that an action belongs to."""
    if action.effect == "destructive":
        return "removals"
    if isinstance(action, CreatePart | UpdatePart):
        return BY_WORD[action.noun].phase
    own = _PHASE[action.kind]
    assert own is not None, action.kind
    return own


def arrange(actions: Iterable[Action], locked: Collection[VaultKey] = ()) -> tuple[Action, ...]:
    """The actions in their order, each with the ids of those that it rests on.

    `locked`: the vaults (account, Region, name) that are locked now; what leaves one of them for a vault that this plan
    locks goes after that lock.
    """
    every = sorted(actions, key=_position)
    needs = Needs(every, {action.id for action in every if phase(action) == "removals"}, locked)
    resting = [action.model_copy(update={"after_actions": needs.of(action)}) for action in every]
    return _sorted(resting, waits(resting))


def waits(actions: Sequence[Action]) -> dict[str, frozenset[str]]:
    """For each action the ids of those that go first if they can, but need not succeed (it has no need of them).

    A lock comes after all that is done to the plans which write into its vault, wherever they are, and an update of a
    plan before its new selections. What is torn down goes after every plan.
    """
    needs = Needs(actions, {action.id for action in actions if phase(action) == "removals"})
    hard = {action.id: set(action.after_actions) for action in actions}
    known = hard.keys()
    found: dict[str, frozenset[str]] = {}
    for action in actions:
        first = (needs.goes_after(action) - hard[action.id] - {action.id}) & known
        found[action.id] = frozenset(one for one in sorted(first) if not _reaches(one, action.id, hard, found))
    return found


def _reaches(start: str, goal: str, hard: Mapping[str, Collection[str]], soft: Mapping[str, Collection[str]]) -> bool:
    """Whether an action must itself come after another one."""
    seen, left = {start}, [start]
    while left:
        one = left.pop()
        if one == goal:
            return True
        more = {*hard.get(one, ()), *soft.get(one, ())} - seen
        seen |= more
        left.extend(more)
    return False


def _sorted(actions: Sequence[Action], soft: Mapping[str, Collection[str]]) -> tuple[Action, ...]:
    """Every action after those that it rests on or waits for, else by its position."""
    by_id = {action.id: action for action in actions}
    left = {action.id: ({*action.after_actions} & by_id.keys()) | set(soft[action.id]) for action in actions}
    after: dict[str, list[str]] = {}
    for identity, before in left.items():
        for one in before:
            after.setdefault(one, []).append(identity)
    ready = [(_position(by_id[identity]), identity) for identity, before in left.items() if not before]
    heapify(ready)
    ordered = []
    while ready:
        _, identity = heappop(ready)
        ordered.append(by_id[identity])
        for following in after.get(identity, ()):
            left[following].discard(identity)
            if not left[following]:
                heappush(ready, (_position(by_id[following]), following))
    if len(ordered) != len(actions):
        raise AssertionError("actions rest on one another in a circle")
    return tuple(ordered)


def _position(action: Action) -> tuple[int, tuple[int, int], str, str, str, str]:
    return PHASES.index(phase(action)), _rank(action), action.account, action.region, action.name, action.id


def _rank(action: Action) -> tuple[int, int]:
    """Parts on which vaults rest come before them, others after all that backs up; removals go backwards."""
    match action:
        case CreatePart() | UpdatePart():
            return -1 if phase(action) == "vaults" else _RANK[action.kind], _NOUNS.index(action.noun)
        case DeletePart():
            last = BY_WORD[action.noun].phase == "vaults"
            return _RANK["delete-vault" if last else action.kind], -_NOUNS.index(action.noun)
        case _:
            return _RANK[action.kind], 0
