"""Actions told as one: those that differ in nothing but their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from backstay_agent.told import NOUNS, noun, sign
from backstay_contract.build import ACCOUNT_PLACEHOLDER
from backstay_contract.plan import Action, ChangePlan


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that are one line to a reader."""

    actions: tuple[Action, ...]

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
    """Equal changes together, by noun."""
    ordered = sorted(actions, key=_likeness)
    return [Group(tuple(same)) for _, same in groupby(ordered, key=_likeness)]


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
    return f"{word[:-1]}ies" if word.endswith("y") else word if word.endswith("s") else f"{word}s"


def _likeness(action: Action) -> tuple[str, ...]:
    """What two actions share when they are told as one; an account's own id does not count as a difference."""
    return (
        f"{NOUNS.index(noun(action)):02}",
        noun(action),
        sign(action),
        action.name,
        action.effect,
        action.reason,
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
