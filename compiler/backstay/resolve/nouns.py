"""What a policy is made of: one visible table of the fields that hold constructs, by which all of them are inherited.

Adding a noun means adding a row here: equally named constructs then override each other under `extends=`, `final=` can
name them and all that is in them, and two of one name that say unlike things clash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from backstay.dsl import (
    Copy,
    LegalHold,
    Node,
    Plan,
    Policy,
    Report,
    RestoreTest,
    Rule,
    Select,
    Settings,
    Tiering,
    Vault,
)
from backstay.dsl.air_gapped import AirGappedVault
from backstay.dsl.framework import Control, Framework
from backstay.dsl.plan import Defaults
from backstay.dsl.restore import RestoreSelect


@dataclass(frozen=True, slots=True)
class Group:
    """A field that holds constructs of some kinds. `single`: it holds one at most, which merges without a name."""

    field: str
    word: str
    kinds: tuple[type[Node], ...]
    single: bool = False


NOUNS: tuple[Group, ...] = (
    Group("plans", "plan", (Plan,)),
    Group("vaults", "vault", (Vault, AirGappedVault)),
    Group("frameworks", "framework", (Framework,)),
    Group("reports", "report", (Report,)),
    Group("restore_tests", "restore test", (RestoreTest,)),
    Group("legal_holds", "legal hold", (LegalHold,)),
    Group("tiering", "tiering configuration", (Tiering,)),
    Group("settings", "settings", (Settings,), single=True),
)
"""The constructs that a policy brings to an account."""

_COPIES = Group("copies", "copy", (Copy,))

CHILDREN: Mapping[type[Node], tuple[Group, ...]] = {
    Policy: NOUNS,
    Plan: (
        Group("rules", "rule", (Rule,)),
        Group("select", "selection", (Select,)),
        Group("defaults", "defaults", (Defaults,), single=True),
    ),
    Rule: (_COPIES,),
    Defaults: (_COPIES,),
    Framework: (Group("controls", "control", (Control,)),),
    RestoreTest: (Group("select", "selection", (RestoreSelect,)),),
}
"""Fields that hold named children, which merge by name; every other field is replaced whole."""

PAIRS = ("tags", "opt_in", "full_management", "parameters", "overrides", "params")
"""Fields that hold pairs, which merge by key."""

NAMED: Mapping[type[Node], str] = {LegalHold: "title", Control: "control"}
"""The field that names a construct, where it is not `name`."""

PINNED = (Vault, AirGappedVault)
"""What stands in one place: `account=`, `region=`."""

_OWN: Mapping[type[Node], tuple[str, ...]] = {Policy: ("params",)}
"""Of a policy's own fields only these are inherited; targets, Regions and the like belong to each policy alone."""


def groups(kind: type[Node]) -> tuple[Group, ...]:
    """The fields of a kind that hold constructs."""
    return CHILDREN.get(kind, ())


def scalars(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind that are replaced whole, or by key."""
    return _scalars(kind.__name__)


@cache
def _scalars(name: str) -> tuple[str, ...]:
    kind = Node.registry[name]
    if kind in _OWN:
        return _OWN[kind]
    left_out = ("span", name_field(kind), *(group.field for group in groups(kind)))
    return tuple(one.name for one in fields(kind) if one.name not in left_out)


def name_field(kind: type[Node]) -> str:
    """The field that names constructs of a kind."""
    return NAMED.get(kind, "name")


def word(kind: type[Node]) -> str:
    """What messages call a noun of a policy."""
    return next(noun.word for noun in NOUNS if kind in noun.kinds)
