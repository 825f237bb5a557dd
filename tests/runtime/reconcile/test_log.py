"""The structured log: what is worth a line, and that a line is one line of JSON."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.aws import Call
from backstay_agent.reconcile.log import Form, Level, Log, level_of


def written(form: Form = "json", level: Level = "debug") -> tuple[Log, io.StringIO]:
    """A log, and what it writes."""
    stream = io.StringIO()
    return Log(form, level, stream, lambda: datetime(2026, 11, 22, 10, 51, tzinfo=UTC)), stream


@pytest.mark.parametrize(
    ("operation", "code", "level"),
    [
        ("ListBackupVaults", None, "debug"),
        ("AssumeRole", None, "debug"),
        ("CreateBackupVault", None, "info"),
        ("UpdateBackupPlan", None, "info"),
        ("Publish", None, "info"),
        ("ListBackupVaults", "AccessDeniedException", "warning"),
        ("CreateBackupVault", "LimitExceededException", "warning"),
        ("DeleteBackupVault", "ResourceNotFoundException", "warning"),
        ("GetBackupVaultAccessPolicy", "ResourceNotFoundException", "debug"),
    ],
)
def test_writes_and_failures_are_worth_a_line(operation: str, code: str | None, level: Level) -> None:
    """Reads that go well, and looks at what is not there, are for whoever debugs."""
    assert level_of(Call("1", "r", "backup", operation, 0.1, 0, code, "id")) == level


def test_a_call_tells_where_what_and_the_request_id() -> None:
    """With it, AWS's support and CloudTrail find the call again."""
    log, stream = written()
    log.call(Call("100000000010", "eu-west-1", "backup", "CreateBackupVault", 0.12345, 2, None, "req-1"))
    assert json.loads(stream.getvalue()) == {
        "time": "2026-11-22T10:51:00.000+00:00",
        "level": "info",
        "event": "aws.call",
        "account": "100000000010",
        "region": "eu-west-1",
        "service": "backup",
        "operation": "CreateBackupVault",
        "request_id": "req-1",
        "seconds": 0.123,
        "retries": 2,
    }


@given(st.text(max_size=40))
def test_a_line_is_one_line_whatever_it_quotes(text: str) -> None:
    """Names that others chose cannot forge a second line, nor steer a terminal."""
    for form in ("json", "text"):
        log, stream = written(form)
        log.write("warning", "alert", title=text)
        told = stream.getvalue()
        assert told.endswith("\n")
        assert len(told.splitlines()) == 1
        assert "\x1b" not in told
        if form == "json":
            assert json.loads(told)["title"] == text


def test_a_level_keeps_the_lesser_ones_out() -> None:
    """`--log-level warning` is quiet about what went well."""
    log, stream = written(level="warning")
    log.write("info", "task.done")
    log.write("error", "task.failed")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["task.failed"]
