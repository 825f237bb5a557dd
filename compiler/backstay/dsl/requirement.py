"""Requirements: what has to hold for every resource that there could be."""

from __future__ import annotations

from dataclasses import dataclass

from backstay.dsl.condition import Condition
from backstay.dsl.declared import Declared
from backstay.dsl.duration import Days, Minutes
from backstay.dsl.node import PolicyError, as_tuple, expect, expect_items, expect_name
from backstay.dsl.target import Target


@dataclass(frozen=True)
class Require(Declared):
    """An invariant about every possible resource that `every` describes, in the accounts of `under`.

    One rule must meet `keep` and `rpo` and carry every wanted copy. `locked` accepts governance, `immutable` only
    compliance or air gap. Without `types` and `regions`: all.
    """

    name: str
    every: Condition | None = None
    under: Target | None = None
    types: list[str] | tuple[str, ...] | None = None
    regions: list[str] | tuple[str, ...] | None = None
    keep: Days | None = None
    rpo: Minutes | Days | None = None
    copy_to_other_region: bool | None = None
    copy_to_other_account: bool | None = None
    air_gapped: bool | None = None
    locked: bool | None = None
    immutable: bool | None = None
    restore_tested_within: Days | None = None

    def check(self) -> None:
        """Parts are of their kinds, and it says of what and where."""
        expect_name(self.name)
        for name, kind, what in (
            ("every", Condition, 'a condition, such as tag("backup") == "gold"'),
            ("under", Target, 'a target, such as ou("Workloads/Prod")'),
        ):
            if getattr(self, name) is None:
                raise PolicyError(f"requirement `{self.name}` needs `{name}`", field=name, help=f"`{name}` is {what}")
            expect(getattr(self, name), kind, what, name)
        for name, what in (("types", "resource types"), ("regions", "Regions")):
            as_tuple(self, name)
            if getattr(self, name) is not None:
                expect_items(getattr(self, name), str, what, name)
        if self.rpo is not None:
            expect(self.rpo, (Minutes, Days), "a duration, such as hours(28)", "rpo")
        for name in ("keep", "restore_tested_within"):
            if getattr(self, name) is not None:
                expect(getattr(self, name), Days, "a duration in days, such as days(35)", name)
        for name in ("copy_to_other_region", "copy_to_other_account", "air_gapped", "locked", "immutable"):
            if getattr(self, name) is not None:
                expect(getattr(self, name), bool, "True or False", name)
