"""Policies: what holds for a set of accounts; and the exceptions to what the linter says of them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from backstay.dsl.node import Node, PolicyError, as_tuple, expect, expect_items, expect_name
from backstay.dsl.plan import Plan
from backstay.dsl.target import Target
from backstay.dsl.vault import Vault

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Settings(Node):
    """AWS Backup settings: cross-account copies (of the whole organization) and opt-ins by resource type."""

    cross_account_copies: bool | None = None
    opt_in: Mapping[str, bool] | tuple[tuple[str, bool], ...] | None = None

    def check(self) -> None:
        """Booleans."""
        if self.cross_account_copies is not None:
            expect(self.cross_account_copies, bool, "True or False", "cross_account_copies")
        if self.opt_in is None:
            return
        opt_in = dict(self.opt_in) if isinstance(self.opt_in, tuple) else self.opt_in
        if not isinstance(opt_in, dict) or not all(isinstance(v, bool) for v in opt_in.values()):
            raise PolicyError("`opt_in` must be a dictionary of resource types to True or False", field="opt_in")
        object.__setattr__(self, "opt_in", tuple(sorted(opt_in.items())))


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
        try:
            if not _DATE.fullmatch(self.expires):
                raise ValueError
            datetime.date.fromisoformat(self.expires)
        except ValueError:
            raise PolicyError(f'{self.expires!r} is no date; write it like "2027-03-31"', field="expires") from None


@dataclass(frozen=True)
class Policy(Node):
    """What holds for the accounts of `attach`: plans, vaults, settings.

    `extends` names the inherited policy that this one overrides field by field; `final` freezes fields against any
    change from below (`"plans.gold.rules.daily.keep"`); `regions` intersects with the accounts' Regions.
    """

    name: str
    attach: Target | None = None
    plans: list[Plan] | tuple[Plan, ...] = ()
    vaults: list[Vault] | tuple[Vault, ...] = ()
    settings: Settings | None = None
    regions: list[str] | tuple[str, ...] | None = None
    extends: str | None = None
    final: list[str] | tuple[str, ...] = ()
    waivers: list[Waiver] | tuple[Waiver, ...] = ()

    made: ClassVar[list[Policy] | None] = None  # the loader's process puts a list here, to tell of policies not kept

    def __post_init__(self) -> None:
        super().__post_init__()
        if Policy.made is not None:
            Policy.made.append(self)

    def check(self) -> None:
        """Parts are of their kinds, and the policy is attached to something."""
        expect_name(self.name)
        for name, kind, what in (
            ("plans", Plan, "plans"),
            ("vaults", Vault, "vaults"),
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
