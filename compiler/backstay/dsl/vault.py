"""Vaults, their locks, who may use them and who hears of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from backstay.dsl.duration import Days
from backstay.dsl.managed import Key
from backstay.dsl.node import Node, PolicyError, as_pairs, as_tuple, expect, expect_items, expect_moved, expect_name
from backstay.dsl.param import accept


@dataclass(frozen=True)
class Lock(Node):
    """Vault Lock. Made by `Lock.governance` or `Lock.compliance`: the mode is a word, never implied by a number."""

    mode: Literal["governance", "compliance"]
    min: Days | None = None
    max: Days | None = None
    grace: Days | None = None
    acknowledged: str | None = None

    @classmethod
    def governance(cls, min: Days | None = None, max: Days | None = None) -> Lock:  # noqa: A002
        """A lock that principals with the right permission can still change or remove."""
        return cls("governance", min, max)

    @classmethod
    def compliance(
        cls,
        min: Days | None = None,  # noqa: A002
        max: Days | None = None,  # noqa: A002
        *,
        grace: Days,
        acknowledged: str | None = None,
    ) -> Lock:
        """A lock that nobody, AWS included, can remove once `grace` has passed.

        `acknowledged` names the decision that it can never be undone (a change number, a minute); without it the
        linter fails.
        """
        return cls("compliance", min, max, grace, acknowledged)

    def check(self) -> None:
        """Bounds are durations; only compliance has a grace time, and it must."""
        if self.mode not in ("governance", "compliance"):
            raise PolicyError("use Lock.governance(…) or Lock.compliance(…)", field="mode")
        for name in ("min", "max", "grace"):
            if getattr(self, name) is not None:
                expect(getattr(self, name), Days, "a duration in days, such as days(35)", name)
        if (self.mode == "compliance") != (self.grace is not None):
            raise PolicyError("a compliance lock needs `grace`, a governance lock has none", field="grace")
        if self.acknowledged is not None:
            expect_name(self.acknowledged, "acknowledged")


@dataclass(frozen=True)
class CopyAdmission(Node):
    """Who may copy into a vault: an organization (`True`: the one that the policy is compiled for) or accounts."""

    organization: str | bool = False
    accounts: tuple[str, ...] = ()

    def check(self) -> None:
        """At least one of the two."""
        _check_who(self, "say who may copy")


@dataclass(frozen=True)
class CopyDeparture(Node):
    """Where copies out of a vault may go beside its own account: an organization (`True`: our own) or accounts."""

    organization: str | bool = False
    accounts: tuple[str, ...] = ()

    def check(self) -> None:
        """At least one of the two."""
        _check_who(self, "say where copies may go")


def _check_who(node: CopyAdmission | CopyDeparture, ask: str) -> None:
    as_tuple(node, "accounts")
    expect(node.organization, (bool, str), "True or an organization's id", "organization")
    expect_items(node.accounts, str, "account ids or names", "accounts")
    if not node.organization and not node.accounts:
        raise PolicyError(f"{ask}: `organization=True` or `accounts=[…]`", field="organization")


@dataclass(frozen=True)
class DeleteDenial(Node):
    """Nobody may delete recovery points, shorten them or change the policy, but for the named role ARNs."""

    except_: tuple[str, ...] = ()

    def check(self) -> None:
        """Role ARNs."""
        as_tuple(self, "except_")
        expect_items(self.except_, str, "role ARNs", "except_")


@dataclass(frozen=True)
class PolicyDocument(Node):
    """A vault access policy written by hand, kept as canonical JSON text."""

    text: str

    def check(self) -> None:
        """The text is a JSON object with statements."""
        document = json.loads(self.text)
        if not isinstance(document, dict) or "Statement" not in document:
            raise PolicyError("an access policy is a dictionary with `Statement`", field="document")


@dataclass(frozen=True)
class Access(Node):
    """A vault access policy, made of parts that `+` joins. Never derived silently."""

    parts: tuple[CopyAdmission | CopyDeparture | DeleteDenial | PolicyDocument, ...]

    @classmethod
    def allow_copies_from(cls, *, organization: str | bool = False, accounts: Sequence[str] = ()) -> Access:
        """Let an organization (`True`: our own) or some accounts copy recovery points into the vault."""
        return cls((CopyAdmission(organization, tuple(accounts)),))

    @classmethod
    def allow_copies_to(cls, *, organization: str | bool = False, accounts: Sequence[str] = ()) -> Access:
        """The source's side: forbid copies that leave for other accounts than those of an organization, or than some.

        AWS shows the condition behind it (`backup:CopyTargets`, `backup:CopyTargetOrgPaths`) in service control
        policies and does not say that it asks a vault's own policy too when a copy leaves it (guide "Creating backup
        copies across AWS accounts", read 2026-11): where it matters, say the same in a service control policy.
        """
        return cls((CopyDeparture(organization, tuple(accounts)),))

    @classmethod
    def deny_deletes(cls, except_: Sequence[str] = ()) -> Access:
        """Forbid deleting recovery points by hand to all but some roles (what Audit Manager looks for)."""
        return cls((DeleteDenial(tuple(except_)),))

    @classmethod
    def document(cls, document: Mapping[str, Any]) -> Access:
        """An IAM policy document as it stands."""
        if not isinstance(document, Mapping):
            raise PolicyError("an access policy is a dictionary", field="document")
        return cls((PolicyDocument(json.dumps(document, sort_keys=True)),))

    def __add__(self, other: Access) -> Access:
        if not isinstance(other, Access):
            raise PolicyError(f"access is joined with access, not with {other!r}")
        return Access(self.parts + other.parts)

    def check(self) -> None:
        """At least one part."""
        as_tuple(self, "parts")
        kinds = (CopyAdmission, CopyDeparture, DeleteDenial, PolicyDocument)
        expect_items(self.parts, kinds, "parts of a policy", "parts")


@dataclass(frozen=True)
class Notify(Node):
    """Which vault events go to which SNS topic; a topic's name stands for the one in the vault's account and Region."""

    topic: str
    on: list[str] | tuple[str, ...]

    def check(self) -> None:
        """A topic and at least one event."""
        as_tuple(self, "on")
        expect_name(self.topic, "topic")
        expect_items(self.on, str, "event names", "on")
        if not self.on:
            raise PolicyError("say which events: `on=[…]`", field="on")


@dataclass(frozen=True)
class Vault(Node):
    """A backup vault. Pinned by `account=` and/or `region=`; without pins there is one wherever the policy reaches.

    `moved` is the name that the vault had before: AWS cannot rename a vault, so the old one stays, with its lock, until
    its last recovery point is gone.
    """

    name: str
    key: str | Key | None = None
    lock: Lock | None = None
    access: Access | None = None
    notify: Notify | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None
    account: str | None = None
    region: str | None = None
    moved: str | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        accept(self, "key", (str, Key), "a key's alias or ARN, or made by Key")
        for name in ("account", "region"):
            if getattr(self, name) is not None:
                expect_name(getattr(self, name), name)
        expect_moved(self.name, self.moved)
        for name, kind in (("lock", Lock), ("access", Access), ("notify", Notify)):
            if getattr(self, name) is not None:
                expect(getattr(self, name), kind, f"made by {kind.__name__}", name)
        as_pairs(self, "tags")
