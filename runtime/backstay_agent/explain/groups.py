"""Actions told as one: those that differ in nothing but their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from backstay_agent.explain.drift import likeness
from backstay_agent.planner.selections import base_name
from backstay_agent.told import NOUNS, Sign, noun, sign
from backstay_contract.build import ACCOUNT_PLACEHOLDER
from backstay_contract.plan import Action, ChangePlan, CreateSelection, DeleteSelection, Effect


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that are one line to a reader; `replaced` go once each of them has taken their place."""

    actions: tuple[Action, ...]
    replaced: tuple[DeleteSelection, ...] = ()

    @property
    def every(self) -> tuple[Action, ...]:
        """All that is done."""
        return (*self.actions, *self.replaced)

    @property
    def sign(self) -> Sign:
        """What happens to the thing."""
        return "± replace" if self.replaced else sign(self.first)

    @property
    def effect(self) -> Effect:
        """The gravest effect of all."""
        return self.replaced[0].effect if self.replaced else self.first.effect

    @property
    def way(self) -> str | None:
        """How one thing takes another's place; None where none does."""
        if not self.replaced:
            return None
        told = "AWS cannot change a selection: the new one is created before the old one is deleted"
        if self.effect == "destructive":
            return f"{told}; what only the old one takes is not backed up any more"
        return f"{told}, so that all of it stays covered all the time"

    @property
    def first(self) -> Action:
        """The one that stands for them."""
        return self.actions[0]

    @property
    def what(self) -> str:
        """What is acted upon, in the number that there is."""
        return noun(self.first) if len(self.actions) == 1 else plural(noun(self.first))

    @property
    def changes(self) -> list[str]:
        """What is changed; where there are several, without what is each place's own."""
        return list(self.first.changes) if len(self.actions) == 1 else _shared(self.first)


def grouped(actions: Iterable[Action]) -> list[Group]:
    """Equal changes together, by noun; a selection that is created anew and the one that then goes are one thing."""
    every = list(actions)
    old = replacements(every)
    gone = {action.id for action in old.values()}

    def key(action: Action) -> tuple[str, ...]:
        return (*_likeness(action), old[action.id].effect if action.id in old else "")

    ordered = sorted((action for action in every if action.id not in gone), key=key)
    alike = (tuple(same) for _, same in groupby(ordered, key=key))
    return [Group(same, tuple(old[action.id] for action in same if action.id in old)) for same in alike]


def replacements(actions: Sequence[Action]) -> dict[str, DeleteSelection]:
    """The selections that go because another one of the same name takes their place, by the id of its creation."""
    created = {
        (action.account, action.region, action.plan_id, action.name): action.id
        for action in actions
        if isinstance(action, CreateSelection) and action.plan_id is not None
    }
    found: dict[str, DeleteSelection] = {}
    for action in actions:
        if isinstance(action, DeleteSelection):
            successor = created.get((action.account, action.region, action.plan_id, base_name(action.before)))
            if successor is not None:
                found.setdefault(successor, action)
    return found


def where(plan: ChangePlan, actions: Sequence[Action]) -> str:
    """The accounts and Regions of actions, by name where there is one account; not escaped."""
    accounts = sorted({action.account for action in actions})
    regions = sorted({action.region for action in actions})
    who = account_name(plan, accounts[0]) if len(accounts) == 1 else f"{len(accounts)} accounts"
    if len({(action.account, action.region) for action in actions}) == len(accounts) * len(regions):
        return f"{who}{', ' if len(accounts) == 1 else ' × '}{', '.join(regions)}"
    return f"{who}, {count(len(regions), 'Region')}"


def account_name(plan: ChangePlan, account: str) -> str:
    """An account as a person knows it, with its id; not escaped."""
    name = plan.names.get(account)
    return f"{name} ({account})" if name else account


def count(number: int, word: str) -> str:
    """A number of things."""
    return f"{number} {word if number == 1 else plural(word)}"


def plural(word: str) -> str:
    """Several of a thing."""
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return word if word.endswith("s") else f"{word}s"


def _likeness(action: Action) -> tuple[str, ...]:
    """What two actions share when they are told as one; an account's own id does not count as a difference."""
    return (
        f"{NOUNS.index(noun(action)):02}",
        noun(action),
        sign(action),
        action.name,
        action.effect,
        action.reason,
        *likeness(action),
        *_shared(action),
    )


def shared(texts: Iterable[str], account: str, region: str | None) -> list[str]:
    """Texts about a place, with placeholders for what is the place's own."""
    return [_without(text, account, region) for text in texts]


def _shared(action: Action) -> list[str]:
    """The changes without what is the place's own."""
    return shared(action.changes, action.account, action.region)


def _without(text: str, account: str, region: str | None) -> str:
    told = text.replace(account, ACCOUNT_PLACEHOLDER)
    return told.replace(f":{region}:", ":$region:") if region else told
