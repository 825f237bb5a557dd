"""Decides about everything that `parts` knows, in one way for all kinds: what to make, to change, to remove, to leave.

A thing is known by its name. One of a wanted name that is not ours is taken over if it is just what is wanted, or if
asked to; else it is left alone and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from backstay_agent.observed import Part, Place, is_ours
from backstay_agent.parts import BY_WORD, NOUNS
from backstay_agent.parts.noun import Body, Noun, Reference, Wish
from backstay_agent.planner.decision import Decision, Setting, act, joined
from backstay_agent.planner.differences import differences
from backstay_agent.planner.tags import owned
from backstay_agent.wanted import Wanted
from backstay_contract.plan import CreatePart, DeletePart, Effect, Orphan, UpdatePart

_FOREIGN = "that Backstay did not make, and it is not what the policy says; hand it over with --adopt"
Wishes = Mapping[str, Wish]


def decide_parts(at: Setting, wanted: Wanted, place: Place, makes: Callable[[str], bool]) -> Decision:
    """Everything about the parts of one place; `makes` says of a role whether the build makes it in some Region."""
    decided: list[Decision] = []
    refused: set[Reference] = set()
    for noun in NOUNS:
        wishes = wanted.parts.get(noun.word, {})
        if noun.within is not None:  # nothing is put into what is left alone
            wishes = {name: wish for name, wish in wishes.items() if refused.isdisjoint(noun.rests_on(wish.body))}
        decision = decide_noun(at, noun, wishes, place.parts, makes)
        refused.update((noun.word, conflict.name) for conflict in decision.conflicts)
        decided.append(decision)
    return joined(decided)


def decide_noun(
    at: Setting, noun: Noun, wishes: Wishes, parts: Sequence[Part], makes: Callable[[str], bool] = lambda _arn: False
) -> Decision:
    """Everything about one kind; `parts` may have others beside."""
    found: dict[str, list[Part]] = {}
    for part in parts:
        if part.noun == noun.word:
            found.setdefault(part.name, []).append(part)
    wanted = [_decide(at, noun, wish, found.get(name, []), parts) for name, wish in sorted(wishes.items())]
    left = [part for name, same in sorted(found.items()) if name not in wishes for part in same]
    ours = [part for part in left if is_ours(part.tags, at.organization) and not part.leaving and not makes(part.key)]
    return joined([*wanted, *(_unwanted(at, noun, part) for part in ours)])


def _decide(at: Setting, noun: Noun, wish: Wish, found: Sequence[Part], around: Sequence[Part]) -> Decision:
    if noun.many:
        return _decide_many(at, noun, wish, found)
    if not found:
        return act([_create(at, noun, wish, 0)])
    part = found[0]
    if part.leaving:
        return at.conflict(noun.word, wish.name, "AWS is still deleting the one that was there; apply again later")
    body = _completed(noun, part.body, wish.body)
    ours = at.adopt or is_ours(part.tags, at.organization)
    if not ours and (part.body != body or _has_more(noun, part, around)):
        return at.conflict(noun.word, wish.name, f"a {noun.title} of this name exists {_FOREIGN}")
    return _adjust(at, noun, wish, part, body)


def _decide_many(at: Setting, noun: Noun, wish: Wish, found: Sequence[Part]) -> Decision:
    """AWS takes several of a name, and lets none be changed: a new one is made, then the old ones of ours go."""
    ours = [part for part in found if is_ours(part.tags, at.organization) and not part.leaving]
    kept = next((part for part in ours if part.body == _completed(noun, part.body, wish.body)), None)
    gone = [delete_part(at, noun, part, "a new one takes its place") for part in ours if part is not kept]
    if kept is None:
        over = sum(part.leaving for part in found)
        changes = differences(ours[0].body, wish.body) if ours else ()
        return act([_create(at, noun, wish, over, changes), *gone])
    return joined([_adjust(at, noun, wish, kept, kept.body), act(gone)])


def _completed(noun: Noun, found: Body, wanted: Body) -> Body:
    """What is wanted, with what the build leaves unsaid as it is."""
    unsaid = {name: found[name] for name in noun.unsaid if name in found and name not in wanted}
    return {**wanted, **unsaid} if unsaid else wanted


def _has_more(noun: Noun, part: Part, around: Sequence[Part]) -> bool:
    """Whether a thing that is not ours holds others that nobody wants: they would be ours with it, and go."""
    inner = [other.word for other in NOUNS if other.within == noun.word]
    return any(one.noun in inner and one.held_by == part.name and not one.wanted for one in around)


def _create(at: Setting, noun: Noun, wish: Wish, generation: int, changes: Sequence[str] = ()) -> CreatePart:
    tags = owned(at, wish.tags) if noun.within is None else {}
    return CreatePart(
        **at.place(),
        id=at.id(noun.word, wish.name, wish.body),
        noun=noun.word,
        name=wish.name,
        reason="the policy says something else" if changes else "the policy wants it and it does not exist",
        effect=noun.creation,
        changes=tuple(changes) or noun.told(wish.body),
        after=dict(wish.body),
        tags=tags,
        token=at.token(noun.word, generation, wish.name, wish.body, tags),
    )


def _adjust(at: Setting, noun: Noun, wish: Wish, part: Part, body: Body) -> Decision:
    tags = {} if noun.within is not None else _differing(part.tags, owned(at, wish.tags))
    same = part.body == body
    if same and not tags:
        return Decision()
    effect: Effect = "reversible"
    if not same:
        change = noun.change(part.body, body)
        if change.conflict is not None:
            return at.conflict(noun.word, wish.name, change.conflict)
        effect = change.effect
    ours = noun.within is not None or is_ours(part.tags, at.organization)
    update = UpdatePart(
        **at.place(),
        id=at.id(f"change-{noun.word}", part.key, part.body, body, tags),
        noun=noun.word,
        name=wish.name,
        reason=_why(same=same, ours=ours),
        effect=effect,
        changes=(*differences(part.body, body), *(f"tag {key} = {value}" for key, value in tags.items())),
        key=part.key,
        before=dict(part.body),
        after=dict(body),
        tags=tags,
    )
    return act([update])


def _why(*, same: bool, ours: bool) -> str:
    if not ours:
        return "it is taken over: from now on Backstay manages it"
    return "the tags differ from the policy" if same else "it differs from the policy"


def _differing(found: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in sorted(wanted.items()) if found.get(key) != value}


def _unwanted(at: Setting, noun: Noun, part: Part) -> Decision:
    removal = noun.removal(part)
    kept = removal.kept
    if not at.named:
        kept = "the build names nothing in this account and Region any more"
    elif kept is not None:
        kept = f"not in any policy any more, but {kept}"
    elif removal.everywhere and not at.complete:
        kept = "not in any policy any more; it stays until every account can be read, since one might copy into it"
    if kept is not None:
        return Decision(orphans=(Orphan(**at.place(), kind=noun.word, name=part.name, reason=kept),))
    return act([delete_part(at, noun, part, "not in any policy any more")])


def delete_part(at: Setting, noun: Noun, part: Part, reason: str) -> DeletePart:
    """The removal of a part, with the effect that its kind says."""
    removal = noun.removal(part)
    return DeletePart(
        **at.place(),
        id=at.id(f"no{noun.word}", part.key),
        noun=noun.word,
        name=part.name,
        reason=reason,
        effect=removal.effect,
        changes=removal.told,
        key=part.key,
        before=dict(part.body),
    )


def of_noun(wishes: Iterable[Wish]) -> dict[str, dict[str, Wish]]:
    """Wishes by kind and name."""
    found: dict[str, dict[str, Wish]] = {noun: {} for noun in BY_WORD}
    for wish in wishes:
        found[wish.noun][wish.name] = wish
    return found
