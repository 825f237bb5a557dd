"""Parameters: one plan for all, with values that the policies of each account give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay.dsl import (
    AirGappedVault,
    Copy,
    Defaults,
    Key,
    Plan,
    Policy,
    Role,
    Rule,
    Select,
    Vault,
    account,
    account_tag,
    daily,
    days,
    hours,
    ou,
    param,
    root,
    tag,
    weekly,
)

v, w = Vault("v"), Vault("w")
PROD = ou("Workloads/Prod")
KEPT = Plan("p", rules=[Rule("r", into=v, keep=param("keep", days(35)))])


def kept(model: Any, shape: Any, *policies: Policy) -> dict[str, int]:
    """How long each account keeps, under some policies."""
    found = model(*policies)
    names = ("management", "pay-prod", "web-prod", "pay-dev")
    return {name: shape(found, name).plans[0].rules[0].lifecycle.delete_after for name in names}


def test_the_nearest_value_wins(model: Any, shape: Any) -> None:
    """From the root down the later policy replaces the value, an account's own last; else the default holds."""
    found = kept(
        model,
        shape,
        Policy("base", attach=root(), plans=[KEPT], vaults=[v]),
        Policy("own", attach=account("web-prod"), params={"keep": days(90)}),
        Policy("prod", attach=PROD, params={"keep": days(60)}),
    )
    assert found == {"management": 35, "pay-dev": 35, "pay-prod": 60, "web-prod": 90}


def test_an_extension_is_nearer_than_what_it_extends(model: Any, shape: Any) -> None:
    """At one level the extension's value wins."""
    found = kept(
        model,
        shape,
        Policy("a", attach=account_tag("env") == "prod", extends="base", params={"keep": days(3)}),
        Policy("base", attach=root(), plans=[KEPT], vaults=[v], params={"keep": days(2)}),
    )
    assert found == {"management": 2, "pay-dev": 2, "pay-prod": 3, "web-prod": 3}


VALUES: dict[str, tuple[Any, Any]] = {
    "at": (st.sampled_from([daily("03:00"), weekly("sun", "04:00", tz="Asia/Tokyo")]), daily("00:00")),
    "into": (st.sampled_from([v, w, "by-name"]), v),
    "keep": (st.integers(1, 999).map(days), days(1)),
    "start_within": (st.integers(1, 9).map(hours), hours(1)),
    "continuous": (st.booleans(), False),
    "scan": (st.sampled_from(["FULL_SCAN", "INCREMENTAL_SCAN"]), "FULL_SCAN"),
    "to": (st.sampled_from([v, w, "arn:aws:backup:eu-west-1:1:backup-vault:x"]), v),
    "copied": (st.integers(1, 999).map(days), days(1)),
    "role": (st.sampled_from(["a/Role", Role("Other")]), "x"),
    "vss": (st.booleans(), True),
    "key": (st.sampled_from(["alias/a", Key("alias/b")]), "alias/x"),
    "min": (st.integers(7, 9).map(days), days(7)),
    "complete_within": (st.integers(10, 99).map(hours), hours(10)),
}


def policy(value: Callable[[str], Any], **more: Any) -> Policy:
    """A policy with a value in every place where a parameter may stand."""
    fields = ("at", "into", "keep", "start_within", "continuous", "scan")
    rule = Rule("r", copies=[Copy(to=value("to"), keep=value("copied"))], **{name: value(name) for name in fields})
    plan = Plan(
        "p",
        rules=[rule],
        select=[Select("s", where=tag("a") == "b", role=value("role"))],
        vss=value("vss"),
        defaults=Defaults(complete_within=value("complete_within")),
    )
    bunker = AirGappedVault("b", min=value("min"), max=days(99))
    return Policy("p", attach=root(), plans=[plan], vaults=[Vault("v", key=value("key")), w, bunker], **more)


@given(st.fixed_dictionaries({}, optional={name: strategy for name, (strategy, _) in VALUES.items()}))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_substituting_by_hand_gives_the_same_model(model: Any, values: dict[str, Any]) -> None:
    """A policy with parameters is the policy that has their values, or defaults, in their places."""
    from backstay.emit.document import shape as document

    by_param = model(policy(lambda name: param(name, VALUES[name][1]), params=values))
    by_hand = model(policy(lambda name: values.get(name, VALUES[name][1])))
    assert [document(one) for one in by_param.shapes] == [document(one) for one in by_hand.shapes]


def test_without_value_and_default(run: Any, only: Any) -> None:
    """A parameter that nobody gives a value where it is used is an error; one given everywhere it is used is none."""
    plan = Plan("p", rules=[Rule("r", into=v, keep=param("keep"))])
    library = Policy("library", attach=ou("Workloads"), plans=[plan], vaults=[v])
    prod = Policy("prod", attach=PROD, params={"keep": days(9)})
    finding = only(run(library, prod).findings, "param-without-value")
    assert finding.message == "no policy gives the parameter `keep` a value, and it has no default"
    assert finding.notes == ("looked for it in `library`",)
    dev = Policy("dev", attach=ou("Workloads/Dev"), params={"keep": days(3)})
    assert run(library, prod, dev).findings == ()


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"keep": hours(3)}, "`keep` must be a duration in days, such as days(35)"),
        ({"keep": "35"}, "`keep` must be a duration in days"),
        ({"keep": True}, "`keep` must be a duration in days"),
    ],
)
def test_a_value_of_the_wrong_kind(params: dict[str, Any], word: str, run: Any, only: Any) -> None:
    """The field refuses it in its own words."""
    given_ = Policy("p", attach=root(), plans=[KEPT], vaults=[v], params=params)
    assert word in only(run(given_).findings, "param-of-wrong-kind").message


def test_one_level_has_one_value(names: Any) -> None:
    """Two unlike values at one level, and neither policy extends the other: no order decides. Equal ones are fine."""
    base = Policy("base", attach=root(), plans=[KEPT], vaults=[v])
    one, other = (Policy(f"p{n}", attach=PROD, params={"keep": days(n)}) for n in (5, 6))
    assert names(base, one, other) == ["same-name-twice"]
    assert names(base, one, Policy("same", attach=PROD, params={"keep": days(5)})) == []


@pytest.mark.parametrize("frozen", ["plans.p.rules.r.keep", "plans.p", "params.keep"])
def test_final_holds_through_parameters(frozen: str, names: Any) -> None:
    """A value from below cannot change what is final, whatever way it comes; the same value is no change."""
    base = Policy("base", attach=root(), plans=[KEPT], vaults=[v], params={"keep": days(35)}, final=[frozen])
    assert names(base, Policy("own", attach=PROD, extends="base", params={"keep": days(5)})) == ["final-overridden"]
    assert names(base, Policy("own", attach=PROD, extends="base", params={"keep": days(35)})) == []
    assert names(base, Policy("other", attach=PROD, params={"keep": days(5)})) == ["final-overridden"]
    assert names(base, Policy("other", attach=PROD, params={"keep": days(35)})) == []


@pytest.mark.parametrize("frozen", ["plans.p.rules.r.keep", "plans.p.defaults.keep", "plans"])
def test_final_holds_through_parameters_in_defaults(frozen: str, names: Any) -> None:
    """Nor does a parameter in the defaults of a plan, whether they are final or the rule that leaves it to them."""
    plan = Plan("p", rules=[Rule("r", into=v)], defaults=Defaults(keep=param("keep", days(35))))
    base = Policy("base", attach=root(), plans=[plan], vaults=[v], final=[frozen])
    assert names(base, Policy("own", attach=PROD, extends="base", params={"keep": days(5)})) == ["final-overridden"]
    assert names(base, Policy("own", attach=PROD, extends="base", params={"keep": days(35)})) == []


def test_a_value_that_nobody_uses(run: Any, only: Any) -> None:
    """A slip in a name would change nothing, so it is a warning that names the nearest parameter."""
    base = Policy("base", attach=root(), plans=[KEPT], vaults=[v], params={"keep": days(3)})
    found = run(base, Policy("own", attach=PROD, params={"kept": days(5)}))
    finding = only(found.findings, "param-unused")
    assert (finding.severity, finding.help) == ("warning", "did you mean `keep`?")
    assert found.model is not None


def test_where_a_value_was_said(written: Callable[[str], Any]) -> None:
    """A field's place is that of the value in `params=`, or of the default; its policy and target come with it."""
    result, at = written(
        "from backstay import Plan, Policy, Rule, Vault, days, ou, param, root\n"
        'v = Vault("v", key=param("key", "alias/k"))\n'
        'rule = Rule("daily", into=v, keep=param("keep", days(35)))\n'
        'base = Policy("base", attach=root(), vaults=[v], plans=[Plan("gold", rules=[rule])])\n'
        'prod = Policy("prod", attach=ou("Workloads/Prod"), params={"keep": days(60), "key": "alias/own"})\n'
    )
    shapes = {len(one.accounts): one for one in result.model.shapes if one.region == "eu-west-1"}
    keep, key = shapes[2].plans[0].rules[0].where, shapes[2].vaults[0].where
    assert (at(keep.field("keep")), keep.origin("keep")) == ("days(60)", ("prod", "Workloads/Prod"))
    assert (at(key.field("key")), key.origin("key")) == ('"alias/own"', ("prod", "Workloads/Prod"))
    assert at(keep.field("into")) == "v"
    keep, key = shapes[4].plans[0].rules[0].where, shapes[4].vaults[0].where
    assert (at(keep.field("keep")), keep.origin("keep")) == ("days(35)", ("base", "root"))
    assert (at(key.field("key")), key.origin("key")) == ('"alias/k"', ("base", "root"))


def test_complaints_point_at_values_and_parameters(written: Callable[[str], Any], only: Any) -> None:
    """Wrong and unused values are underlined where they stand; a missing one where the parameter is."""
    result, at = written(
        "from backstay import Plan, Policy, Rule, Vault, days, hours, param, root\n"
        'v = Vault("v")\n'
        'rule = Rule("r", into=v, keep=param("keep", days(3)), cold_after=param("cold"))\n'
        'p = Policy("p", attach=root(), plans=[Plan("p", rules=[rule])], vaults=[v],\n'
        '    params={"keep": hours(3), "x": True})\n'
    )
    assert at(only(result.findings, "param-of-wrong-kind").span) == "hours(3)"
    assert at(only(result.findings, "param-of-wrong-kind").others[0].span) == 'param("keep", days(3))'
    assert at(only(result.findings, "param-without-value").span) == 'param("cold")'
    assert at(only(result.findings, "param-unused").span) == "True"
