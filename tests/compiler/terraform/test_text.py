"""Texts and labels: nothing of an author is read as an expression, nothing is named twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.emit.terraform.labels import label
from backstay.emit.terraform.text import CALLER, PARTITION, document, template


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("${a} %{b}", "$${a} %%{b}"),
        ("$ % $a {}", "$ % $a {}"),
        ("$${a}", "$$${a}"),
        ("$account", CALLER),
        ("a$account-$account", f"a{CALLER}-{CALLER}"),
        ("$$account", f'${{"$"}}{CALLER}'),
        ("a$$$account{", f'a${{"$$"}}{CALLER}{{'),
        ("arn:aws:iam::$account:role/x", f"arn:{PARTITION}:iam::{CALLER}:role/x"),
        ("arn:aws:iam::100000000002:role/x", "arn:aws:iam::100000000002:role/x"),
        ("arn:aws-cn:iam::$account:role/x", f"arn:aws-cn:iam::{CALLER}:role/x"),
    ],
)
def test_texts_are_literal_but_for_the_account(text: str, expected: str) -> None:
    """Template signs are escaped, the placeholder is looked up, and a dollar sign before it stays one.

    What Terraform makes of each of these was tried with Terraform 1.11.4.
    """
    assert template(text, "aws") == expected


def test_documents_are_templates_in_keys_too() -> None:
    """Terraform evaluates the names of members of an object, so they are escaped like values."""
    given = {"${k}": ["$account", 1, None, {"%{": True}]}
    assert document(given, "aws") == {"$${k}": [CALLER, 1, None, {"%%{": True}]}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("acme-primary",), "acme-primary"),
        (("gold", "tier-gold-2"), "gold__tier-gold-2"),
        (("a.b",), r"a_b_[0-9a-f]{8}"),
        (("2nd",), r"_2nd_[0-9a-f]{8}"),
        (("-a",), r"_-a_[0-9a-f]{8}"),
        (("a__b", "c"), r"a__b__c_[0-9a-f]{8}"),
        (("a_", "c"), r"a___c_[0-9a-f]{8}"),
        (("x_0123abcd",), r"x_0123abcd_[0-9a-f]{8}"),
        (("",), r"__[0-9a-f]{8}"),
    ],
)
def test_labels_are_readable(parts: tuple[str, ...], expected: str) -> None:
    """A name that Terraform takes stays as it is; another keeps what it can, and gets a digest."""
    assert re.fullmatch(expected, label(*parts))


@given(st.lists(st.lists(st.text("aé_-. 1/"), min_size=2, max_size=2).map(tuple), unique=True))
def test_labels_are_unique(pairs: list[tuple[str, str]]) -> None:
    """Different names have different labels, and each is an identifier of Terraform."""
    labels = [label(*pair) for pair in pairs]
    assert len(set(labels)) == len(pairs)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", one) for one in labels)
    singles = {one for pair in pairs for one in pair}
    assert len({label(one) for one in singles}) == len(singles)
