"""Parameters: where they may stand, what they may be, and what cannot be asked of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay.dsl import (
    AirGappedVault,
    Copy,
    Defaults,
    Key,
    Lock,
    Node,
    Plan,
    PolicyError,
    Report,
    Role,
    Rule,
    Select,
    Vault,
    daily,
    days,
    hours,
    param,
)
from backstay.dsl.param import VALUES, Param

VAULT = Vault("v")
CAGE = AirGappedVault("c")

# Fields that a parameter may stand for → a default that fits, and one that does not.
ADMITTED: list[tuple[type[Node], str, Any, Any]] = [
    (Plan, "role", Role("r"), days(1)),
    (Plan, "vss", True, "yes"),
    (Plan, "s3_acls", False, "no"),
    (Plan, "s3_tags", True, days(1)),
    (Select, "role", "r", VAULT),
    (Vault, "key", Key("alias/k"), VAULT),
    (AirGappedVault, "min", days(1), hours(1)),
    (AirGappedVault, "max", days(1), "x"),
    (AirGappedVault, "key", "alias/k", days(1)),
    (Rule, "at", daily("03:00"), "03:00"),
    *[
        (kind, field, good, bad)
        for kind in (Rule, Defaults)
        for field, good, bad in (
            ("into", VAULT, CAGE),
            ("keep", days(1), hours(1)),
            ("cold_after", days(1), hours(1)),
            ("start_within", hours(1), days(1)),
            ("complete_within", hours(1), days(1)),
            ("continuous", True, "yes"),
            ("archive", True, "yes"),
            ("scan", "FULL_SCAN", True),
            ("into_air_gapped", CAGE, VAULT),
        )
    ],
    (Copy, "to", CAGE, days(1)),
    (Copy, "keep", days(1), hours(1)),
    (Copy, "cold_after", days(1), hours(1)),
    (Copy, "archive", True, "yes"),
]
IDS = [f"{row[0].__name__}.{row[1]}" for row in ADMITTED]


def _make(kind: type[Node], field: str, value: object) -> Any:
    name = {} if kind in (Copy, Defaults) else {"name": "n"}
    to = {"to": VAULT} if kind is Copy else {}
    return kind(**{**name, **to, field: value})


@pytest.mark.parametrize(("kind", "field", "good", "bad"), ADMITTED, ids=IDS)
def test_a_parameter_stands_for_a_value(kind: type[Node], field: str, good: object, bad: object) -> None:
    """With a default that fits, or with none; a default that does not fit is refused where it is used."""
    assert getattr(_make(kind, field, param("p", good)), field) == Param("p", good)
    assert getattr(_make(kind, field, param("p")), field) == Param("p", None)
    with pytest.raises(PolicyError) as caught:
        _make(kind, field, param("p", bad))
    assert caught.value.field == field


NOT_ADMITTED: list[tuple[Callable[[], object], str]] = [
    (lambda: Rule(param("p", "n")), "name"),
    (lambda: Rule("r", moved=param("p", "n")), "moved"),
    (lambda: Rule("r", copies=param("p")), "copies"),
    (lambda: Rule("r", tags=param("p")), "tags"),
    (lambda: Rule("r", tags={"a": param("p", "x")}), "tags"),
    (lambda: Rule("r", index=["S3", param("p", "EBS")]), "index"),
    (lambda: Plan("p", rules=[param("r")]), "rules"),
    (lambda: Plan("p", defaults=param("d")), "defaults"),
    (lambda: Vault(param("p", "n")), "name"),
    (lambda: Vault("v", account=param("p", "n")), "account"),
    (lambda: Vault("v", region=param("p", "n")), "region"),
    (lambda: Vault("v", lock=param("p")), "lock"),
    (lambda: Lock.governance(min=param("p", days(1))), "min"),
    (lambda: Report("r", bucket=param("p", "b")), "bucket"),
    (lambda: Param("p", Plan("x")), "default"),
    (lambda: Param("p", 35), "default"),
    (lambda: Param("p", Param("q")), "default"),
    (lambda: Param("p", ["x"]), "default"),
    (lambda: Param(""), "name"),
]


@pytest.mark.parametrize(("make", "field"), NOT_ADMITTED)
def test_names_lists_and_pins_are_no_parameters(make: Callable[[], object], field: str) -> None:
    """What things are called and where they stand is the same everywhere; only single values differ."""
    with pytest.raises(PolicyError) as caught:
        make()
    assert caught.value.field == field


def test_the_kinds_of_values_exist() -> None:
    """The table of kinds names nodes that there are."""
    assert [Node.registry[name].__name__ for name in VALUES] == list(VALUES)


ASKED: list[Callable[[Any], object]] = [bool, str, lambda p: f"{p}", lambda p: f"{p:>3}", lambda p: 1 if p else 2]


@pytest.mark.parametrize("ask", ASKED)
def test_nothing_can_be_decided_by_a_parameter(ask: Callable[[Any], object]) -> None:
    """While a file runs a parameter has no value; an `if` or a text made of it would mean something else."""
    with pytest.raises(PolicyError, match="parameter `env` has no value yet"):
        ask(param("env", "prod"))


def test_parameters_are_equal_if_they_say_the_same() -> None:
    """Equal declarations are one thing, also with parameters in them."""
    assert Rule("r", keep=param("p", days(1))) == Rule("r", keep=param("p", days(1)))
    assert Rule("r", keep=param("p", days(1))) != Rule("r", keep=param("p", days(2)))
    assert Rule("r", keep=param("p", days(1))) != Rule("r", keep=days(1))
    assert len({Param("p", days(1)), Param("p", days(1)), Param("q", days(1))}) == 2
