"""The effective backup policy of an account: admitted, merged, judged; or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .admit import Source, admit, read_source
from .allowed import Voice
from .merge import Floor, merge
from .refusal import MALFORMED, Refusal
from .settings import USUAL, Settings, Terms
from .text import Member, Node, Object, Place, TextError
from .trace import Trace
from .validity import EffectiveError, errors

Kind = Literal["ROOT", "OU", "ACCOUNT"]


@dataclass(frozen=True, slots=True)
class Attached:
    """A policy as it hangs on a target: its text, or its document as data, or its text as it was read already.

    One of the three is needed. A text counts before a document: only it has places, repeated keys and the spelling of
    numbers. `node` is for a policy that is part of a larger text; its places are those of that text.
    """

    id: str
    document: Mapping[str, Any] | None = None
    text: str | None = None
    node: Node | None = None

    @property
    def source(self) -> Source:
        """What there is of it, the best first; raises `ValueError` if there is nothing."""
        for source in (self.text, self.node, self.document):
            if source is not None:
                return source
        raise ValueError(f"policy {self.id} has no document")


@dataclass(frozen=True, slots=True)
class Level:
    """The root, a unit or the account, with the policies that are attached there, in the order of attachment."""

    kind: Kind
    target: str
    policies: tuple[Attached, ...]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


@dataclass(frozen=True, slots=True)
class Effective:
    """The document that the account gets, with the trace of how it came about; `{}` where nothing is said."""

    document: dict[str, Any]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Refused:
    """Organizations does not admit a policy of the tree; the first refusal is the first in the tree and its text."""

    refusals: tuple[Refusal, ...]

    @property
    def policy(self) -> str:
        """The first policy that is refused."""
        return self.refusals[0].policy

    @property
    def code(self) -> str:
        """AWS's code for it."""
        return self.refusals[0].code

    @property
    def path(self) -> str:
        """Where in its document."""
        return self.refusals[0].path

    @property
    def reason(self) -> str:
        """Why."""
        return self.refusals[0].reason

    @property
    def place(self) -> Place | None:
        """Where in its text."""
        return self.refusals[0].place


@dataclass(frozen=True, slots=True)
class Invalid:
    """All policies are admitted and their merge cannot be put into effect: all of it is withheld.

    `document` is the merge; `published` is what DescribeEffectivePolicy gives out instead: the last good document.
    """

    errors: tuple[EffectiveError, ...]
    document: dict[str, Any]
    published: dict[str, Any]
    trace: Trace

    @property
    def contributing(self) -> tuple[str, ...]:
        """The policies that contribute to any error, sorted."""
        return tuple(sorted({policy for error in self.errors for policy in error.contributing}))


def evaluate(
    levels: Sequence[Level],
    *,
    now: datetime | None = None,
    partition: str | None = None,
    before: Mapping[str, Any] | None = None,
    settings: Settings = USUAL,
    stored: bool = False,
) -> Effective | Refused | Invalid:
    """What an account gets from the policies on its path, from the root down to itself.

    `now` (aware) is the moment by which schedules are judged; without it they are not held against a date.
    `partition` is the organization's, if resource patterns of another one are to be refused. `before` is the
    document that the account had. `stored` policies were admitted once and are not admitted again, as in AWS.
    """
    terms = Terms(now, partition, settings)
    refusals = [] if stored else [one for level in levels for policy in level.policies for one in _admit(policy, terms)]
    if refusals:
        return Refused(tuple(refusals))
    try:
        floors = [_floor(level) for level in levels]
    except _UnreadableError as error:
        return Refused((error.refusal,))
    plans, trace = merge(floors, settings)
    if settings.copy_target == "key":
        _fall_back(plans)
    document = {"plans": plans} if plans else {}
    wrong = errors(plans, trace, terms)
    return Invalid(wrong, document, dict(before or {}), trace) if wrong else Effective(document, trace)


class _UnreadableError(Exception):
    """A stored policy whose text is no JSON."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def _admit(policy: Attached, terms: Terms) -> tuple[Refusal, ...]:
    return admit(policy.source, policy=policy.id, now=terms.now, partition=terms.partition, settings=terms.settings)


def _floor(level: Level) -> Floor:
    voices = [Voice(policy.id, one.value, one.place) for policy in level.policies for one in _plans(policy)]
    return Floor(str(level), tuple(voices))


def _plans(policy: Attached) -> list[Member]:
    """The member `plans`; several where the key is written in two cases."""
    try:
        document = read_source(policy.source)
    except TextError as error:
        reason = f"this is no JSON: {error.message}"
        raise _UnreadableError(Refusal(policy.id, MALFORMED, "", reason, error.place)) from None
    return [one for one in document if one.name.lower() == "plans"] if isinstance(document, Object) else []


def _fall_back(plans: Mapping[str, Any]) -> None:
    """Give every copy action without a target its own key as the target (guide of 2021)."""
    copies = (
        item for plan in plans.values() for rule in plan.get("rules", {}).values()
        for item in rule.get("copy_actions", {}).items()
    )  # fmt: skip
    for key, copy in copies:
        copy.setdefault("target_backup_vault_arn", key.lower())
