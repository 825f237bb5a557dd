"""Decides about the organization's backup policies: what is made, changed, attached, detached, and what has no room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backstay_agent.observed import Policies, is_ours
from backstay_agent.parts import BY_WORD
from backstay_agent.parts.noun import Wish
from backstay_agent.planner.decision import Decision, Setting, joined
from backstay_agent.planner.parts import decide_noun, of_noun
from backstay_agent.wanted import WantedPolicies
from backstay_contract.plan import CreatePart, Orphan

_POLICY, _ATTACHMENT = BY_WORD["backup-policy"], BY_WORD["backup-policy-attachment"]
_NOT_HERE = (
    "this build has no backup policies, and this one still makes plans where it is attached: "
    "compile with --target organizations to manage it, or detach it"
)


def decide_policies(at: Setting, wanted: WantedPolicies | None, found: Policies) -> Decision:
    """Everything about backup policies; a build without any leaves those of ours alone, and tells them."""
    if wanted is None:
        return Decision(orphans=tuple(_orphans(at, found)))
    wishes = of_noun(wanted.wishes)
    policies = _in_number(at, wanted, found, decide_noun(at, _POLICY, wishes[_POLICY.word], found.parts))
    refused = {conflict.name for conflict in policies.conflicts}
    attachments = [wish for wish in wishes[_ATTACHMENT.word].values() if wish.body["Policy"] not in refused]
    lost = [wish for wish in attachments if found.nodes.get(wish.body["Node"]) is None]
    placed = [_placed(wish, found) for wish in attachments if wish not in lost]
    fits, full = _with_room(at, wanted, found, placed)
    # A unit that has another name now is no reason to take its policies away: they stay until the build knows better.
    unsure = refused | {wish.body["Policy"] for wish in lost}
    names = {wish.name for wish in placed}
    sure = [part for part in found.parts if part.name in names or part.body.get("Policy") not in unsure]
    decided = decide_noun(at, _ATTACHMENT, {wish.name: wish for wish in fits}, sure)
    return joined([policies, decided, *(_no_unit(at, wish) for wish in lost), *full])


def _orphans(at: Setting, found: Policies) -> Iterator[Orphan]:
    for part in found.parts:
        if part.noun == _POLICY.word and is_ours(part.tags, at.organization):
            yield Orphan(**at.place(), kind=_POLICY.word, name=part.name, reason=_NOT_HERE)


def _placed(wish: Wish, found: Policies) -> Wish:
    """The wish with the id of its node."""
    return replace(wish, body={**wish.body, "Target": found.nodes[wish.body["Node"]]})


def _no_unit(at: Setting, wish: Wish) -> Decision:
    told = f"the organization has no unit {wish.body['Node']} any more; bring org.yaml up to date and compile again"
    return at.conflict(_ATTACHMENT.word, wish.name, told)


def _with_room(
    at: Setting, wanted: WantedPolicies, found: Policies, placed: Sequence[Wish]
) -> tuple[list[Wish], list[Decision]]:
    """What there is room for on its node, and what there is none for.

    What is detached makes room only afterwards, since a plan is given before another is taken away.
    """
    attached = {part.name for part in found.parts if part.noun == _ATTACHMENT.word}
    taken = Counter(found.taken)
    fits: list[Wish] = []
    full: list[Decision] = []
    for wish in sorted(placed, key=lambda one: (one.name not in attached, one.name)):
        node = wish.body["Node"]
        if wish.name not in attached and taken[node] >= wanted.per_node:
            told = f"{node} has {taken[node]} backup policies, and AWS allows {wanted.per_node}; detach one first"
            full.append(at.conflict(_ATTACHMENT.word, wish.name, told))
            continue
        taken[node] += wish.name not in attached
        fits.append(wish)
    return fits, full


def _in_number(at: Setting, wanted: WantedPolicies, found: Policies, decided: Decision) -> Decision:
    """Without the policies that are more than the organization may have."""
    made = [action for action in decided.actions if isinstance(action, CreatePart)]
    room = max(wanted.in_all - found.number, 0)
    if len(made) <= room:
        return decided
    told = f"the organization has {found.number} backup policies, and AWS allows {wanted.in_all}"
    kept = tuple(action for action in decided.actions if action not in made[room:])
    refused = [at.conflict(_POLICY.word, action.name, told) for action in made[room:]]
    return joined([replace(decided, actions=kept), *refused])
