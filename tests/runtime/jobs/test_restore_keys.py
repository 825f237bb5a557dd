"""Wishes of a restore as metadata."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from backstay_agent.jobs.restore_keys import KEYS, at_time, moment, only, shown

WHEN = datetime(2026, 11, 22, 10, 51, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-22T10:51:07Z", "2026-11-22T11:51:07+01:00", "2026-11-22 10:51:07"])
def test_times(text: str) -> None:
    """A time is read with its zone, and as UTC without one."""
    assert moment(text) == WHEN


def test_database_in_time() -> None:
    """A database is told the time, and that it is not the latest one."""
    assert at_time("RDS", WHEN) == {"RestoreTime": "2026-11-22T10:51:07Z", "UseLatestRestorableTime": "false"}
    assert isinstance(at_time("EBS", WHEN), str)


def test_items() -> None:
    """Items become AWS's list, as text."""
    found = only("EFS", ["/a", "/b"])
    assert isinstance(found, dict)
    assert json.loads(found["ItemsToRestore"]) == ["/a", "/b"]
    assert isinstance(only("RDS", ["x"]), str)


def test_secrets_are_hidden() -> None:
    """What is secret never reaches a terminal or a log of a pipeline."""
    assert shown("MasterUserPassword", "hunter2") == "(hidden)"
    assert shown("DBInstanceIdentifier", "ledger") == "ledger"


def test_rows_have_sources() -> None:
    """Every row says where it was read."""
    assert all(row.source.startswith("Backup developer guide") and row.date for row in KEYS.values())
