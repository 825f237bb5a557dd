"""Nodes through JSON and back: the same nodes, shared where they were shared; anything else refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.dsl import Plan, Policy, Rule, Vault, account, days, ou, tag
from backstay.dsl.codec import MAX_DEPTH, CodecError, decode, encode
from backstay.dsl.condition import Tag, TagIn
from backstay.dsl.node import Node

FILES = {__file__: 0}


def _there_and_back(*nodes: Node) -> tuple[Node, ...]:
    return decode(json.loads(json.dumps(encode(nodes, FILES))), ["shown.py"])


def _conditions() -> st.SearchStrategy[Any]:
    text = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)
    leaves = st.one_of(
        st.builds(lambda key, value: tag(key) == value, text, text),
        st.builds(lambda key, value: tag(key).like(value), text, text),
        st.builds(lambda key, values: tag(key).isin(values), text, st.lists(text, min_size=1, max_size=3)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda a, b: a & b, inner, inner),
            st.builds(lambda a, b: a | b, inner, inner),
            inner.map(lambda a: ~a),
        ),
        max_leaves=12,
    )


@given(_conditions())
def test_any_condition_comes_back_equal(condition: Node) -> None:
    """Whatever is written as a condition says the same after the way through JSON."""
    assert _there_and_back(condition) == (condition,)


def test_a_shared_node_stays_shared() -> None:
    """One vault used by two rules is one vault afterwards: identity is what `once` means for policies."""
    vault = Vault("v", tags={"b": "2", "a": "1"})
    plan = Plan("p", rules=[Rule("a", into=vault), Rule("b", into=vault)])
    policy = Policy("x", attach=ou("A"), plans=[plan], vaults=[vault])
    again, same = _there_and_back(policy, policy)
    assert isinstance(again, Policy)
    assert again == policy
    assert again is same
    assert again.plans[0].rules is not None
    assert again.plans[0].rules[0].into is again.plans[0].rules[1].into is again.vaults[0]


def test_places_come_back_under_the_name_that_people_know() -> None:
    """A place names its file by number in JSON and by the shown path afterwards."""
    node = days(3)
    (again,) = _there_and_back(node)
    assert node.span is not None
    assert again.span is not None
    assert again.span.path == "shown.py"
    assert (again.span.line, again.span.column) == (node.span.line, node.span.column)


def _row(kind: str, place: object = None, **values: object) -> list[object]:
    return [kind, values, place]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "not a document"),
        ({"nodes": [], "roots": [], "more": 1}, "not a document"),
        ({"nodes": [_row("Popen", args=["sh"])], "roots": [0]}, "no such node: 'Popen'"),
        ({"nodes": [_row("Node")], "roots": [0]}, "no such node: 'Node'"),
        ({"nodes": [_row("Condition")], "roots": [0]}, "no such node: 'Condition'"),
        ({"nodes": [_row("Days", count=1, extra=2)], "roots": [0]}, "other fields"),
        ({"nodes": [_row("Days")], "roots": [0]}, "other fields"),
        ({"nodes": [_row("Days", count=-1)], "roots": [0]}, "cannot be negative"),
        ({"nodes": [_row("Days", count=True)], "roots": [0]}, "whole number"),
        ({"nodes": [_row("Days", count=1.5)], "roots": [0]}, "no value of a node"),
        ({"nodes": [_row("Days", count=10**16)], "roots": [0]}, "no value of a node"),
        ({"nodes": [_row("NotOf", item={"node": 0})], "roots": [0]}, "no earlier node"),
        ({"nodes": [_row("NotOf", item={"node": True})], "roots": [0]}, "no earlier node"),
        ({"nodes": [_row("NotOf", item={"node": 0, "x": 1})], "roots": [0]}, "no value of a node"),
        ({"nodes": [_row("NotOf", item={"key": "a", "operator": "==", "value": "b"})], "roots": [0]}, "no value"),
        ({"nodes": [_row("NotOf", item="tag")], "roots": [0]}, "combined with conditions"),
        ({"nodes": [_row("PolicyDocument", text="{")], "roots": [0]}, "does not pass its own check"),
        ({"nodes": [_row("Days", [0, 1, 0, 1], count=1)], "roots": [0]}, "not a place"),
        ({"nodes": [_row("Days", [7, 1, 0, 1, 1], count=1)], "roots": [0]}, "not a place"),
        ({"nodes": [_row("Days", [0, 1, -1, 1, 1], count=1)], "roots": [0]}, "not a place"),
        ({"nodes": [["Days", {"count": 1}]], "roots": [0]}, "not a row"),
        ({"nodes": [_row("Days", count=1)], "roots": [1]}, "no earlier node"),
    ],
)
def test_what_is_no_node_is_refused(document: Any, message: str) -> None:
    """Unknown classes and fields, wrong values, references forward, plain dictionaries: none becomes a node."""
    with pytest.raises(CodecError, match=message):
        decode(document, ["p.py"])


def test_depth_is_capped_on_both_sides() -> None:
    """No nesting reaches the recursion of whoever walks the tree, even if the writing side was taken over."""
    node: Any = tag("a") == "b"
    for _ in range(MAX_DEPTH):
        node = ~node
    with pytest.raises(CodecError, match="nested more than"):
        encode([node], FILES)
    rows = [_row("ResourceType", type="RDS"), *(_row("NotOf", item={"node": n}) for n in range(MAX_DEPTH + 1))]
    with pytest.raises(CodecError, match="nested more than"):
        decode({"nodes": rows, "roots": [0]}, [])


def test_deep_lists_are_refused_without_a_crash() -> None:
    """A list in a list in a list …: refused as a value, not by the interpreter's stack."""
    value: Any = "x"
    for _ in range(900):
        value = [value]
    with pytest.raises(CodecError):
        decode({"nodes": [_row("TagIn", key="a", values=value)], "roots": [0]}, [])


def test_a_long_chain_stays_flat() -> None:
    """`a | b | c | …` over hundreds of accounts, as a loop writes it, is one flat node in source order."""
    target: Any = account("0")
    for number in range(1, 1000):
        target = target | account(str(number))
    assert [item.account for item in target.items] == [str(number) for number in range(1000)]
    assert _there_and_back(target) == (target,)


def test_what_a_node_cannot_hold_is_told_at_its_place() -> None:
    """A value that no check caught does not pass as text or number by accident."""
    node = Tag("a", "==", "b")
    object.__setattr__(node, "value", object())
    with pytest.raises(CodecError, match="cannot hold a object") as caught:
        encode([node], FILES)
    assert caught.value.span == node.span


def test_tuples_of_text_stay_tuples() -> None:
    """JSON has no tuples; nodes have nothing else."""
    node = tag("a").isin(["x", "y"])
    (again,) = _there_and_back(node)
    assert isinstance(again, TagIn)
    assert again.values == ("x", "y")
