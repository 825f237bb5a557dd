"""What the agent has to know of one kind of thing in order to plan and apply it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from backstay_agent.observed import Part
from backstay_agent.parts.steps import Steps
from backstay_agent.told import spelt
from backstay_contract.plan import Effect, PartNoun

Body = Mapping[str, Any]
Reference = tuple[PartNoun, str]
"""A thing of the same account by its kind and name."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A thing as the build wants it; `body` in normal form."""

    noun: PartNoun
    name: str
    body: Body
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """Where to look, and for what; `first`: the Region of an account in which what has no Region is looked for."""

    organization: str
    account: str
    region: str
    wishes: Mapping[str, Wish]
    first: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done to one thing: `body` is what it is to be, `before` what it is, `key` what AWS knows it by."""

    account: str
    region: str
    name: str
    body: Body
    before: Body = field(default_factory=dict)
    key: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    token: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a difference comes to: its effect, or why AWS does not let it be made, or that the thing is made anew."""

    effect: Effect = "reversible"
    conflict: str | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """What becomes of a thing of ours that no policy names any more; `kept`: why it is left and told.

    `everywhere`: other accounts may use it, so it stays until all of them can be read. `told`: what to know.
    """

    effect: Effect = "reversible"
    kept: str | None = None
    everywhere: bool = False
    told: tuple[str, ...] = ()


def _anything(_before: Body, _after: Body) -> Change:
    return Change()


def _gone(_part: Part) -> Removal:
    return Removal()


def _nothing(_body: Body) -> Iterator[Reference]:
    return iter(())


def _no_one(_body: Body) -> Iterator[str]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Noun:
    """One kind of thing. Every function is pure; what calls AWS is a coroutine of steps.

    `wishes`: from the document of a shape, the account filled in. `read`: what is ours and what has a wanted name.
    `change`: what AWS can do about a difference of two bodies. `unsaid`: members that keep what they have where the
    build says nothing of them. `rests_on`: what must be there before. `phase`: the part of an apply in which it is
    made or changed. `within`: the kind of thing that holds it, whose tags say whose it is. `many`: AWS takes several of
    a name.
    """

    word: PartNoun
    shape: str
    wishes: Callable[[Body], Iterable[Wish]]
    read: Callable[[Look], Steps[list[Part]]]
    create: Callable[[Task], Steps[None]]
    update: Callable[[Task], Steps[None]]
    delete: Callable[[Task], Steps[None]]
    creation: Effect = "reversible"
    change: Callable[[Body, Body], Change] = _anything
    removal: Callable[[Part], Removal] = _gone
    unsaid: tuple[str, ...] = ()
    rests_on: Callable[[Body], Iterable[Reference]] = _nothing
    phase: Literal["vaults", "plans", "selections"] = "plans"
    within: PartNoun | None = None
    told: Callable[[Body], tuple[str, ...]] = lambda _body: ()
    """What a person should know before it is made."""
    many: bool = False
    roles: Callable[[Body], Iterable[str]] = _no_one
    """ARNs of the roles that it needs."""
    keys: Callable[[Body], Iterable[str]] = _no_one
    """References of the KMS keys that it needs."""
    topics: Callable[[Body], Iterable[str]] = _no_one
    """ARNs of the topics that it needs."""
    made: Callable[[str, str, Body], str | None] = lambda _account, _region, _body: None
    """The ARN that its makers know beforehand, by account, Region and body."""

    index: str = ""
    """How the tagging API calls the type that bears the tags (`backup:framework`); empty: it knows no such things."""

    @property
    def of_organization(self) -> bool:
        """Whether it belongs to the organization, not to an account in a Region."""
        return not self.shape

    @property
    def title(self) -> str:
        """The word as a person reads it."""
        return spelt(self.word)
