"""What rules read off the texts of selections: slips of the pen, containment, the types of ARNs."""

from __future__ import annotations

import pytest

from backstay.lint.arn_forms import fixed_account, fixed_region, possible_types, whole_types
from backstay.lint.containment import within
from backstay.lint.spelling import alike
from backstay_aws.selection import Selection


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("gold", "Gold", True),
        ("backup-tier", "backup_tier", True),
        ("gold", "glod", True),
        ("environment", "envrionment", True),
        ("platinum", "platinium", True),
        ("weekly", "weekley", True),
        ("gold", "gold", False),
        ("gold", "bold", False),
        ("tier-1", "tier-2", False),
        ("tier-1", "Tier_1", True),
        ("prod", "prd", False),
        ("internal", "external", False),
        ("weekly", "monthly", False),
        ("-", "_", False),
        ("", "", False),
    ],
)
def test_alike(one: str, other: str, found: bool) -> None:
    """A slip is one in both directions; two words that are both meant are none."""
    assert alike(one, other) is alike(other, one) is found


GOLD, PROD = ("backup", "gold"), ("env", "prod")
EVERYTHING = Selection(resources=("*",))


@pytest.mark.parametrize(
    ("narrow", "wide", "found"),
    [
        (Selection(resources=("*",), string_equals=(GOLD,)), EVERYTHING, True),
        (Selection(resources=("*",), string_equals=(GOLD, PROD)), Selection(("*",), string_equals=(GOLD,)), True),
        (Selection(resources=("*",), string_equals=(GOLD,)), Selection(("*",), string_equals=(GOLD, PROD)), False),
        (Selection(list_of_tags=(GOLD,)), Selection(list_of_tags=(GOLD, PROD)), True),
        (Selection(resources=("*",), string_equals=(GOLD,)), Selection(list_of_tags=(GOLD, PROD)), True),
        (Selection(list_of_tags=(GOLD,)), EVERYTHING, True),
        (EVERYTHING, Selection(("*",), not_resources=("arn:aws:s3:::a",)), False),
        (Selection(("arn:aws:s3:::a",)), Selection(("arn:aws:s3:::*",)), True),
        (Selection(("arn:aws:s3:::*",)), Selection(("arn:aws:s3:::a",)), False),
        (Selection(), EVERYTHING, False),
    ],
)
def test_within(narrow: Selection, wide: Selection, found: bool) -> None:
    """One selection lies within another if every resource that there could be says so."""
    assert within(narrow, wide) is found


@pytest.mark.parametrize(
    ("arn", "possible", "whole"),
    [
        ("arn:aws:rds:*:*:db:ledger", ("RDS",), ()),
        ("arn:aws:rds:eu-west-1:*:cluster:*", ("Aurora", "DocumentDB", "Neptune"), ("Aurora", "DocumentDB", "Neptune")),
        ("arn:aws:rds:*:*:snapshot:*", (), ()),
        ("arn:aws:ec2:*", ("EC2", "EBS"), ("EC2", "EBS")),
        ("arn:aws:s3:::ledger-*", ("S3",), ()),
        ("arn:aws:s3:eu-west-1:100000000010:ledger", (), ()),
        ("arn:aws:lambda:*:*:function:bill", (), ()),
    ],
)
def test_types_of_arns(arn: str, possible: tuple[str, ...], whole: tuple[str, ...]) -> None:
    """Which types a pattern can be, and which it takes as a whole."""
    assert (possible_types(arn), whole_types(arn)) == (possible, whole)


def test_fixed_fields() -> None:
    """A Region or an account is fixed if it is neither absent nor a pattern."""
    arn = "arn:aws:rds:eu-west-1:100000000010:db:ledger"
    assert (fixed_region(arn), fixed_account(arn)) == ("eu-west-1", "100000000010")
    assert {fixed_region("arn:aws:rds:*:*:db:x"), fixed_account("arn:aws:s3:::x"), fixed_region("arn:aws:s3")} == {None}
