"""How backup policies along a path become one: tables of documents and what an account ends up with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_local.organizations.document import MalformedError, parse
from backstay_local.organizations.merge import merge
from backstay_local.organizations.validity import faults

NONE = {"@@operators_allowed_for_child_policies": ["@@none"]}


def regions(**operators: Any) -> dict[str, Any]:
    """A document that only speaks about the regions of plan `p`; `child` is the control."""
    names = {"child": "@@operators_allowed_for_child_policies"}
    return {"p": {"regions": {names.get(name, f"@@{name}"): value for name, value in operators.items()}}}


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([[regions(assign=["a"])]], ["a"]),
        ([[regions(assign=["a"])], [regions(assign=["b"])]], ["b"]),
        ([[regions(assign=["a"])], [regions(append=["b", "a"])]], ["a", "b"]),
        ([[regions(append=["a"])]], ["a"]),
        ([[regions(assign=["a", "b"])], [regions(remove=["a", "z"])]], ["b"]),
        ([[regions(assign=["a"])], [], [regions(append=["c"])]], ["a", "c"]),
        # peers: the first assign wins, appends come after it, removes come last, wherever they stand
        ([[regions(assign=["a"]), regions(assign=["b"])]], ["a"]),
        ([[regions(append=["c"]), regions(assign=["a"])]], ["a", "c"]),
        ([[regions(remove=["a"]), regions(assign=["a", "b"])]], ["b"]),
        ([[regions(append=["x"]), regions(remove=["x"]), regions(assign=["a"])]], ["a"]),
        # controls: bind the levels below, not the level itself nor its peers; they only tighten; peers intersect
        ([[regions(assign=["a"], child=["@@none"])], [regions(assign=["b"], append=["c"])]], ["a"]),
        ([[regions(assign=["a"], child=["@@append"])], [regions(assign=["b"], append=["c"])]], ["a", "c"]),
        ([[regions(assign=["a"], child=["@@none"]), regions(append=["b"])]], ["a", "b"]),
        ([[regions(assign=["a"], child=["@@none"])], [regions(child=["@@all"])], [regions(assign=["b"])]], ["a"]),
        ([[regions(assign=["a"], child=["@@append"]), regions(child=["@@remove"])], [regions(append=["b"])]], ["a"]),
        # scalars become text
        ([[regions(assign=[1, True, None])]], ["1", "true", "null"]),
    ],
)
def test_a_list_leaf(levels: list[list[dict[str, Any]]], expected: list[str]) -> None:
    """Each operator does what AWS documents or was recorded doing, level by level and among peers."""
    assert merge(levels) == {"p": {"regions": expected}}


def test_a_locked_container_admits_no_new_key_but_its_leaves_stay_open() -> None:
    """`@@none` on a container forbids new entries and does not cascade."""
    parent = {"p": {"rules": {**NONE, "r": {"target_backup_vault_name": {"@@assign": "v"}}}}}
    rules = {"r": {"target_backup_vault_name": {"@@assign": "w"}}, "s": {"target_backup_vault_name": {"@@assign": "x"}}}
    assert merge([[parent], [{"p": {"rules": rules}}]]) == {"p": {"rules": {"r": {"target_backup_vault_name": "w"}}}}


def test_names_do_not_differ_by_case() -> None:
    """A child that spells a plan otherwise speaks about the same plan."""
    merged = merge([[{"Daily": {"regions": {"@@assign": ["a"]}}}], [{"DAILY": {"regions": {"@@append": ["b"]}}}]])
    assert merged == {"daily": {"regions": ["a", "b"]}}


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_a_list_never_holds_a_value_twice(first: list[str], more: list[str], gone: list[str]) -> None:
    """Whatever is assigned, appended and removed, the result is without doubles and without what was removed."""
    merged = merge([[regions(assign=first)], [regions(append=more, remove=gone)]])["p"]["regions"]
    assert len(set(merged)) == len(merged)
    assert set(merged) == (set(first) | set(more)) - set(gone)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "[]",
        '{"plans": []}',
        '{"plans": {}, "other": 1}',
        '{"plans": {"p": {}, "p": {}}}',
        '{"plans": {"@@assign": {}}}',
        '{"plans": {"p q": {}}}',
        '{"plans": {"p": {"invented": {}}}}',
        '{"plans": {"p": {"regions": ["eu-west-1"]}}}',
        '{"plans": {"p": {"regions": {"@@assign": "eu-west-1"}}}}',
        '{"plans": {"p": {"regions": {"@@assign": ["*"]}}}}',
        '{"plans": {"p": {"rules": {"r": {"schedule_expression": {"@@append": ["x"]}}}}}}',
        '{"plans": {"p": {"rules": {"r": {"start_backup_window_minutes": {"@@assign": "59"}}}}}}',
        '{"plans": {"p": {"selections": {"tags": {"t": {"tag_key": {"@@assign": "k"}}}}}}}',
        '{"plans": {"@@operators_allowed_for_child_policies": ["@@none", "@@append"]}}',
        '{"plans": {"@@operators_allowed_for_child_policies": ["@@some"]}}',
    ],
)
def test_what_organizations_refuses(text: str) -> None:
    """Text that is no backup policy is refused, whatever is wrong with it."""
    with pytest.raises(MalformedError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"plans": {}}',
        '{"plans": {}, "@@assign": "x"}',
        '{"plans": {"p": {"regions": {"@@assign": []}}}}',
        '{"plans": {"p": {"rules": {"r": {"start_backup_window_minutes": {"@@assign": "060"}}}}}}',
        '{"plans": {"p": {"rules": {"r": {"enable_continuous_backup": {"@@assign": true}}}}}}',
    ],
)
def test_what_organizations_admits(text: str) -> None:
    """Partial documents, stray operators at the root and values in other JSON types are admitted."""
    parse(text)


def test_faults_are_all_told_with_their_paths(plan: dict[str, Any]) -> None:
    """A merged plan that cannot work says everything that is missing, where."""
    assert faults(merge([[{"p": plan}]])) == []
    del plan["selections"]["tags"]["pick"]["iam_role_arn"]
    plan["rules"]["hourly"] = {"schedule_expression": {"@@assign": "cron(0 * ? * * *)"}}
    plan["regions"] = {"@@assign": []}
    told = {(fault.code, fault.path) for fault in faults(merge([[{"p": plan}]]))}
    assert told == {
        ("ELEMENTS_TOO_FEW", "plans/p/regions"),
        ("KEY_REQUIRED", "plans/p/rules/hourly"),
        ("KEY_REQUIRED", "plans/p/selections/tags/pick"),
    }
