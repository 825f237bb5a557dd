"""The resolved model: what each shape of accounts gets in each Region, flat and explicit, with nothing left to infer.

An account's own id stands as `ACCOUNT` (the contract's placeholder) throughout, so that all accounts of a shape share
one model. Everything remembers where it was written: `Where.field("keep")` is the place of one keyword's value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import Selection
from backstay_contract.findings import Span

ACCOUNT = "$account"


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a construct: its call, the values of its keywords, and what brought it here.

    After `extends=`, the fields of one construct may stand in several files: `brought` names policy and target of
    those that another policy than `policy` said. `fields` also holds places inside a value: `tz` of a rule's schedule,
    and of a selection's condition one for each value of the AWS selection, by JSON pointer (`/Resources/0`).
    """

    span: Span | None
    fields: Mapping[str, Span] = field(default_factory=dict)
    policy: str = ""
    target: str = ""
    brought: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def field(self, name: str) -> Span | None:
        """The place of one keyword's value, or of the whole call if the keyword was not written."""
        return self.fields.get(name, self.span)

    def origin(self, name: str) -> tuple[str, str]:
        """The policy that said one keyword's value, and the target that brought it here."""
        return self.brought.get(name, (self.policy, self.target))


@dataclass(frozen=True, slots=True)
class VaultRef:
    """A vault as a copy's destination or a rule's target. `account` is twelve digits or `ACCOUNT`."""

    account: str
    region: str
    name: str
    arn: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy action; an omitted `keep` has already become the rule's."""

    destination: VaultRef
    lifecycle: Lifecycle
    where: Where


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with every default written out. Windows in minutes; `scheduled`: the author wrote a schedule."""

    name: str
    schedule: str
    timezone: str
    scheduled: bool
    vault: str
    start_window: int
    completion_window: int
    lifecycle: Lifecycle
    continuous: bool
    copies: tuple[Copy, ...]
    tags: tuple[tuple[str, str], ...]
    where: Where


@dataclass(frozen=True, slots=True)
class PlanSelection:
    """One AWS selection; one `Select` of the author may give several (`name`, `name-2`, …)."""

    name: str
    role_arn: str
    selection: Selection
    types: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Plan:
    """A backup plan. `types`: none named means that any type may be selected."""

    name: str
    rules: tuple[Rule, ...]
    selections: tuple[PlanSelection, ...]
    tags: tuple[tuple[str, str], ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Lock:
    """A vault lock; days. `acknowledged` is the author's reference to the decision."""

    mode: Literal["governance", "compliance"]
    minimum: int | None
    maximum: int | None
    grace: int | None
    acknowledged: str | None
    where: Where


@dataclass(frozen=True, slots=True)
class Notifications:
    """Events of a vault that go to a topic."""

    topic_arn: str
    events: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault in this account and Region. `key_arn` None: AWS's own key `aws/backup`. `policy`: an IAM document."""

    name: str
    key_arn: str | None
    tags: tuple[tuple[str, str], ...]
    lock: Lock | None
    policy: Mapping[str, Any] | None
    policy_where: Where | None
    notifications: Notifications | None
    pinned: bool
    where: Where


@dataclass(frozen=True, slots=True)
class Shape:
    """What a class of accounts gets in one Region. `accounts` share every byte of it but their own id."""

    region: str
    accounts: tuple[str, ...]
    units: tuple[str, ...]
    plans: tuple[Plan, ...]
    vaults: tuple[Vault, ...]
    opt_in: tuple[tuple[str, bool], ...]
    opt_in_where: Mapping[str, Where] = field(default_factory=dict)

    def vault(self, name: str) -> Vault | None:
        """The vault of that name that the policies declare here."""
        return next((vault for vault in self.vaults if vault.name == name), None)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver with its place; `on` is `policy`, `policy/plan`, `policy/plan/rule` or a vault's `policy/vault`."""

    rule: str
    on: str
    owner: str
    reason: str
    expires: str
    where: Where


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as the organization file has it."""

    id: str
    name: str
    unit: str
    tags: tuple[tuple[str, str], ...]
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """The whole organization, resolved."""

    organization: str
    management_account: str
    backup_account: str | None
    partition: str
    policies: tuple[str, ...]
    accounts: Mapping[str, AccountFacts]
    shapes: tuple[Shape, ...]
    global_settings: tuple[tuple[str, str], ...]
    global_where: Where | None
    waivers: tuple[Waiver, ...]

    def vault_at(self, reference: VaultRef, account: str) -> Vault | None:
        """The declared vault that a reference from `account` points at, or None."""
        host = account if reference.account == ACCOUNT else reference.account
        for shape in self.shapes:
            if shape.region == reference.region and host in shape.accounts:
                return shape.vault(reference.name)
        return None
