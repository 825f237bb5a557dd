"""Laws of overriding, for every noun: what is laid over something is as if it had been written out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay import ir
from backstay.dsl import (
    AirGappedVault,
    Control,
    Framework,
    Key,
    LegalHold,
    Plan,
    Policy,
    Report,
    RestoreTest,
    Tiering,
    Vault,
    account,
    daily,
    days,
    hours,
    ou,
    root,
    weekly,
)
from backstay.emit.document import shape as document

Fields = Mapping[str, Any]

TAGS = st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"))
TEXT = st.sampled_from(["one", "two"])
DAYS = st.integers(60, 99).map(days)
KEYS = st.sampled_from(["alias/a", Key("alias/b", manage=True), "alias/b"])

# noun: field of Policy, class, what it must have, what it may have
NOUNS: dict[str, tuple[str, Callable[..., Any], Fields, Fields]] = {
    "vault": ("vaults", Vault, {}, {"key": KEYS, "tags": TAGS}),
    "air-gapped vault": (
        "vaults",
        AirGappedVault,
        {"min": days(7), "max": days(100)},
        {"min": DAYS, "max": DAYS, "key": KEYS, "tags": TAGS},
    ),
    "plan": ("plans", Plan, {}, {"vss": st.booleans(), "s3_acls": st.booleans(), "tags": TAGS, "moved": TEXT}),
    "framework": (
        "frameworks",
        Framework,
        {"controls": [Control.in_backup_plan()]},
        {"description": TEXT, "tags": TAGS},
    ),
    "report": (
        "reports",
        Report,
        {"template": "BACKUP_JOB_REPORT", "bucket": "b"},
        {
            "bucket": TEXT,
            "prefix": TEXT,
            "formats": st.sampled_from([["CSV"], ["JSON", "CSV"]]),
            "accounts": st.sampled_from([["central"], ["ROOT"]]),
            "regions": st.sampled_from([["*"], ["eu-west-1"]]),
            "tags": TAGS,
        },
    ),
    "restore test": (
        "restore_tests",
        RestoreTest,
        {"at": daily("03:00")},
        {
            "at": st.sampled_from([daily("04:00"), weekly("sun", "05:00", tz="Asia/Tokyo")]),
            "latest": st.booleans(),
            "look_back": DAYS,
            "start_within": st.integers(1, 9).map(hours),
            "points": st.sampled_from([["SNAPSHOT"], ["CONTINUOUS"]]),
            "vaults": st.sampled_from([["v"], ["w", "v"]]),
            "role": TEXT,
            "tags": TAGS,
        },
    ),
    "legal hold": (
        "legal_holds",
        LegalHold,
        {"description": "d", "since": "2026-01-01", "until": "2026-02-01"},
        {"description": TEXT, "until": st.just("2026-03-01"), "vaults": st.sampled_from([["v"], ["w"]]), "tags": TAGS},
    ),
    "tiering": (
        "tiering",
        Tiering,
        {"after": days(60)},
        {"after": DAYS, "vault": TEXT, "resources": st.just(["arn:aws:s3:::b"]), "tags": TAGS},
    ),
}
noun = pytest.mark.parametrize("name", NOUNS)
data = st.data()


def drawn(name: str, drawing: st.DataObject) -> Fields:
    """Some of the fields that a noun may have."""
    fields: Fields = drawing.draw(st.fixed_dictionaries({}, optional=dict(NOUNS[name][3])))
    return fields


def merged(one: Fields, other: Fields) -> Fields:
    """One over the other by hand: fields replace, tags by key."""
    tags = {"tags": {**one.get("tags", {}), **other["tags"]}} if "tags" in other else {}
    return {**one, **other, **tags}


def said(name: str, policy: str, attach: Any, fields: Fields, **more: Any) -> Policy:
    """A policy with one construct called `x`."""
    field, kind, _, _ = NOUNS[name]
    return Policy(policy, attach=attach, **{field: [kind("x", **fields)]}, **more)


def bodies(model: ir.Model, account_: str) -> list[Any]:
    """What an account gets, without places and without who else gets it."""
    (id_,) = [facts.id for facts in model.accounts.values() if facts.name == account_]
    return [document(shape).document() for shape in model.shapes if id_ in shape.accounts]


@noun
@given(data)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_chain_is_what_it_comes_to_by_hand(name: str, model: Callable[..., ir.Model], data: st.DataObject) -> None:
    """Three policies that extend one another are one policy whose fields were replaced in that order."""
    first = {**NOUNS[name][2], **drawn(name, data)}
    second, third = drawn(name, data), drawn(name, data)
    chain = model(
        said(name, "c", account("pay-prod"), third, extends="b"),
        said(name, "b", ou("Workloads"), second, extends="a"),
        said(name, "a", root(), first),
    )
    for who, fields in (
        ("management", first),
        ("pay-dev", merged(first, second)),
        ("pay-prod", merged(merged(first, second), third)),
    ):
        assert bodies(chain, who) == bodies(model(said(name, "a", root(), fields)), who)


@noun
@given(data)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_said_changes_nothing(name: str, model: Callable[..., ir.Model], data: st.DataObject) -> None:
    """An extension that names a construct and says nothing of it, or says the same again, leaves it as it is."""
    fields = {**NOUNS[name][2], **drawn(name, data)}
    base = said(name, "a", root(), fields, final=[f"{NOUNS[name][0]}.x"])
    alone = bodies(model(base), "pay-prod")
    for same in ({}, fields):
        assert bodies(model(base, said(name, "b", ou("Workloads"), same, extends="a")), "pay-prod") == alone
