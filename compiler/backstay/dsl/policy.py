"""Policies: what holds for a set of accounts; and the exceptions to what the linter says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstay.dsl.air_gapped import AirGappedVault
from backstay.dsl.declared import Declared
from backstay.dsl.framework import Framework
from backstay.dsl.hold import LegalHold, expect_date
from backstay.dsl.node import Node, PolicyError, as_tuple, expect, expect_items, expect_name
from backstay.dsl.param import expect_value
from backstay.dsl.plan import Plan
from backstay.dsl.report import Report
from backstay.dsl.restore import RestoreTest
from backstay.dsl.target import Target
from backstay.dsl.tiering import Tiering
from backstay.dsl.vault import Vault


@dataclass(frozen=True)
class Settings(Node):
    """AWS Backup settings: of the whole organization (the three with True or False), and of accounts by resource type.

    `opt_in` switches types on or off, `full_management` whether AWS Backup manages their backups fully (DynamoDB, EFS).
    """

    cross_account_copies: bool | None = None
    opt_in: Mapping[str, bool] | tuple[tuple[str, bool], ...] | None = None
    full_management: Mapping[str, bool] | tuple[tuple[str, bool], ...] | None = None
    delegated_administrator: bool | None = None
    multi_party_approval: bool | None = None

    def check(self) -> None:
        """Booleans."""
        for name in ("cross_account_copies", "delegated_administrator", "multi_party_approval"):
            if getattr(self, name) is not None:
                expect(getattr(self, name), bool, "True or False", name)
        for name in ("opt_in", "full_management"):
            _as_switches(self, name)


def _as_switches(node: Settings, name: str) -> None:
    """Check a dictionary of resource types to True or False, and keep it sorted."""
    value = getattr(node, name)
    if value is None:
        return
    switches = dict(value) if isinstance(value, tuple) else value
    if not isinstance(switches, dict) or not all(
        isinstance(k, str) and isinstance(v, bool) for k, v in switches.items()
    ):
        raise PolicyError(f"`{name}` must be a dictionary of resource types to True or False", field=name)
    object.__setattr__(node, name, tuple(sorted(switches.items())))


@dataclass(frozen=True)
class Waiver(Node):
    """An exception as data: silences one rule's finding on one thing until a date."""

    rule: str
    on: str
    owner: str
    reason: str
    expires: str

    def check(self) -> None:
        """All members are there, the date is a date."""
        for name in ("rule", "on", "owner", "reason", "expires"):
            expect_name(getattr(self, name), name)
        expect_date(self.expires, "expires")


@dataclass(frozen=True)
class Policy(Declared):
    """What holds for the accounts of `attach`: plans, vaults, frameworks, reports, restore tests, settings.

    `extends` names the inherited policy that this one overrides field by field; `final` freezes fields against any
    change from below (`"plans.gold.rules.daily.keep"`); `regions` intersects with the accounts' Regions. `params` gives
    values to parameters (`param("retention")`) of every policy that reaches the same accounts.
    """

    name: str
    attach: Target | None = None
    plans: list[Plan] | tuple[Plan, ...] = ()
    vaults: Sequence[Vault | AirGappedVault] = ()
    frameworks: list[Framework] | tuple[Framework, ...] = ()
    reports: list[Report] | tuple[Report, ...] = ()
    restore_tests: list[RestoreTest] | tuple[RestoreTest, ...] = ()
    legal_holds: list[LegalHold] | tuple[LegalHold, ...] = ()
    tiering: list[Tiering] | tuple[Tiering, ...] = ()
    settings: Settings | None = None
    regions: list[str] | tuple[str, ...] | None = None
    extends: str | None = None
    final: list[str] | tuple[str, ...] = ()
    params: Mapping[str, Any] | tuple[tuple[str, Any], ...] | None = None
    waivers: list[Waiver] | tuple[Waiver, ...] = ()

    def check(self) -> None:
        """Parts are of their kinds, and the policy is attached to something."""
        expect_name(self.name)
        for name, kind, what in (
            ("plans", Plan, "plans"),
            ("vaults", (Vault, AirGappedVault), "vaults"),
            ("frameworks", Framework, "frameworks"),
            ("reports", Report, "reports"),
            ("restore_tests", RestoreTest, "restore tests"),
            ("legal_holds", LegalHold, "legal holds"),
            ("tiering", Tiering, "tiering configurations"),
            ("final", str, "names of fields"),
            ("waivers", Waiver, "waivers"),
            ("regions", str, "Regions"),
        ):
            as_tuple(self, name)
            if getattr(self, name) is not None:
                expect_items(getattr(self, name), kind, what, name)
        if self.attach is None:
            raise PolicyError(f"policy `{self.name}` is attached to nothing", help='add `attach=root()` or `ou("…")`')
        expect(self.attach, Target, 'a target, such as ou("Workloads/Prod")', "attach")
        if self.settings is not None:
            expect(self.settings, Settings, "made by Settings", "settings")
        if self.extends is not None:
            expect_name(self.extends, "extends")
        _as_params(self)


def _as_params(policy: Policy) -> None:
    """Check the values of parameters, and keep them sorted by name."""
    if policy.params is None:
        return
    params = dict(policy.params) if isinstance(policy.params, tuple) else policy.params
    if not isinstance(params, dict):
        raise PolicyError("`params` must be a dictionary of names to values", field="params")
    for name, value in params.items():
        expect_name(name, "params")
        expect_value(value, "params")
    object.__setattr__(policy, "params", tuple(sorted(params.items(), key=lambda item: item[0])))
