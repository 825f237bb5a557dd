"""Verdicts on restores that went wrong: the embedded AWS restores rightly, so the tests do the damage afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backstay_agent.aws import AwsProblem
from backstay_agent.jobs.locate import Where
from backstay_agent.jobs.verify.description import verify_description
from backstay_agent.jobs.verify.dynamodb import verify_table
from backstay_agent.jobs.verify.s3 import verify_bucket
from backstay_agent.jobs.verify.verdict import Restore

PAYMENTS, RISK, REGION = "100000000010", "100000000011", "eu-central-1"
HERE = Where(PAYMENTS, REGION)
Make = Callable[..., str]


def _restore(created: str, source: str, **facts: Any) -> Restore:
    known: dict[str, Any] = {"home": HERE, "taken": datetime.now(UTC) + timedelta(minutes=1), "size": 9, "metadata": {}}
    return Restore(HERE, created, source, **(known | facts))


@pytest.mark.parametrize(
    ("objects", "status", "says"),
    [
        ({"a": b"one", "b": b"two"}, "verified", "nothing is missing, 2 equal to the source"),
        ({"a": b"one"}, "failed", "1 object of the source is missing: b"),
        ({"a": b"one", "b": b"twoo"}, "failed", "1 object never had this content in the source: b"),
        ({"a": b"one", "b": b"owt"}, "failed", "1 object never had this content in the source: b"),
        ({"a": b"one", "b": b"two", "c": b"3"}, "verified", "1 not in the source any more"),
        ({}, "failed", "2 objects of the source are missing: a, b"),
    ],
)
def test_buckets(ready: Any, bucket: Make, objects: dict[str, bytes], status: str, says: str) -> None:
    """A bucket that lacks something, or holds what the source never held, is a failure that names the objects."""
    source, made = bucket("source", {"a": b"one", "b": b"two"}), bucket("restored", objects)
    verdict = verify_bucket(ready.aws(), _restore(made, source))
    assert verdict.status == status
    assert says in verdict.sentence


def test_exact_bucket(ready: Any, bucket: Make) -> None:
    """Where the source is said to be unchanged, an object that it lacks is a failure too."""
    source, made = bucket("source", {"a": b"one"}), bucket("restored", {"a": b"one", "b": b"two"})
    assert verify_bucket(ready.aws(), _restore(made, source, exact=True)).status == "failed"


def test_bucket_without_a_source(ready: Any, bucket: Make) -> None:
    """Without a source an empty bucket is a failure, and another size than AWS's is not called verified."""
    made, gone = bucket("restored", {"a": b"one"}), "arn:aws:s3:::gone-for-good"
    assert verify_bucket(ready.aws(), _restore(made, gone, size=3)).status == "verified"
    assert verify_bucket(ready.aws(), _restore(made, gone, size=4)).status == "described"
    assert verify_bucket(ready.aws(), _restore(bucket("empty", {}), gone, size=3)).status == "failed"


def test_source_that_cannot_be_read(ready: Any, bucket: Make) -> None:
    """A source in an account that the agent may not enter is told as that, not as gone."""
    made = bucket("restored", {"a": b"one"})
    home = Where("100000000099", REGION)
    verdict = verify_bucket(ready.aws(), _restore(made, "arn:aws:s3:::source", home=home, size=4))
    assert "the source cannot be read (AccessDenied in 100000000099)" in verdict.sentence


def test_bucket_that_is_not_there(ready: Any) -> None:
    """What AWS says it made and nobody finds is a problem of its own, never a success."""
    with pytest.raises(AwsProblem, match="NoSuchBucket"):
        verify_bucket(ready.aws(), _restore("arn:aws:s3:::nobody-made-this", "arn:aws:s3:::source"))


def test_names_of_objects_are_harmless(ready: Any, bucket: Make) -> None:
    """An object's name with a character that turns the direction of writing cannot act on a terminal."""
    source, made = bucket("source", {"a\u202eb": b"one"}), bucket("restored", {})
    assert "\u202e" not in verify_bucket(ready.aws(), _restore(made, source)).sentence


@pytest.mark.parametrize(
    ("items", "exact", "status"),
    [
        ({"1": "x", "2": "y"}, False, "verified"),
        ({"1": "x"}, False, "differs"),
        ({"1": "x"}, True, "failed"),
        ({"1": "x", "2": "other"}, True, "failed"),
        ({"1": "x", "2": "y", "3": "z"}, True, "failed"),
    ],
)
def test_tables(ready: Any, table: Make, items: dict[str, str], exact: bool, status: str) -> None:
    """Two tables are compared item by item."""
    source, made = table("source", {"1": "x", "2": "y"}), table("restored", items)
    assert verify_table(ready.aws(), _restore(made, source, exact=exact)).status == status


def test_empty_table_without_a_source(ready: Any, table: Make) -> None:
    """An empty table of a backup that held something is a failure, source or not."""
    made = table("restored", {})
    gone = made.replace("restored", "gone")
    assert verify_table(ready.aws(), _restore(made, gone)).status == "failed"
    assert verify_table(ready.aws(), _restore(made, gone, size=0)).status == "described"


def test_what_is_only_described(ready: Any) -> None:
    """A volume that is not there is a failure; of a type that nobody can look up nothing is claimed."""
    volume = f"arn:aws:ec2:{REGION}:{PAYMENTS}:volume/vol-0123456789abcdef0"
    assert verify_description(ready.aws(), _restore(volume, volume)).status == "failed"
    unknown = verify_description(ready.aws(), _restore("arn:aws:ssm-sap:r:1:HANA/x", "s"))
    assert (unknown.status, "nothing was looked at" in unknown.sentence) == ("described", True)
