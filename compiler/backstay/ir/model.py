"""The whole model: shapes, accounts, waivers, requirements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backstay.ir.audit import Framework, Report, RestoreTest
from backstay.ir.managed import Key, Role
from backstay.ir.place import ACCOUNT, Where
from backstay.ir.plans import Plan, VaultRef
from backstay.ir.vaults import AirGappedVault, LegalHold, Tiering, Vault

if TYPE_CHECKING:
    from backstay.dsl.requirement import Require


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
    air_gapped_vaults: tuple[AirGappedVault, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    reports: tuple[Report, ...] = ()
    restore_tests: tuple[RestoreTest, ...] = ()
    legal_holds: tuple[LegalHold, ...] = ()
    tiering: tuple[Tiering, ...] = ()
    keys: tuple[Key, ...] = ()
    roles: tuple[Role, ...] = ()
    management: tuple[tuple[str, bool], ...] = ()
    management_where: Mapping[str, Where] = field(default_factory=dict)

    def vault(self, name: str) -> Vault | None:
        """The vault of that name that the policies declare here."""
        return next((vault for vault in self.vaults if vault.name == name), None)

    def destination(self, name: str) -> Vault | None:
        """The vault of that name that a copy may go to, an air-gapped one seen as what it is to a copy."""
        gapped = self.air_gapped(name)
        return self.vault(name) or (gapped.as_vault if gapped is not None else None)

    def air_gapped(self, name: str) -> AirGappedVault | None:
        """The air-gapped vault of that name that the policies declare here."""
        return next((vault for vault in self.air_gapped_vaults if vault.name == name), None)


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
class Unit:
    """An organizational unit; `path` like `Workloads/Prod`, empty for the root. `units`: paths, `accounts`: ids."""

    path: str
    parent: str | None
    units: tuple[str, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A `Require` as written; what it promises is proved elsewhere."""

    name: str
    node: Require
    where: Where


@dataclass(frozen=True, slots=True)
class Attachment:
    """A policy as the author attached it: the target's text and the accounts that it holds for."""

    policy: str
    target: str
    accounts: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Model:
    """The whole organization, resolved. `tree`: every unit, parents first."""

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
    requirements: tuple[Requirement, ...] = ()
    tree: tuple[Unit, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def vault_at(self, reference: VaultRef, account: str) -> Vault | None:
        """The declared vault that a reference from `account` points at, or None."""
        host = account if reference.account == ACCOUNT else reference.account
        for shape in self.shapes:
            if shape.region == reference.region and host in shape.accounts:
                return shape.vault(reference.name)
        return None

    def air_gapped_at(self, reference: VaultRef, account: str) -> AirGappedVault | None:
        """The declared air-gapped vault that a reference from `account` points at, or None."""
        host = account if reference.account == ACCOUNT else reference.account
        for shape in self.shapes:
            if shape.region == reference.region and host in shape.accounts:
                return shape.air_gapped(reference.name)
        return None
