"""Settings in words, as the command line and ini files have them."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from backstay_local.backup import Settings
from backstay_local.backup.option_text import settings_of


def words(value: object) -> str:
    """A value as a person writes it."""
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds())}s"
    if isinstance(value, tuple):
        nested = any(isinstance(part, tuple) for part in value)
        return (";" if nested else ",").join(words(part) for part in value)
    return str(value).lower() if isinstance(value, bool | None) else str(value)


def test_every_setting_can_be_written() -> None:
    """Each is read back as the value that was meant; durations in whole seconds."""
    usual = Settings()
    for field in fields(Settings):
        value = getattr(usual, field.name)
        meant = timedelta(seconds=7) if isinstance(value, timedelta) else value
        assert getattr(settings_of([f"{field.name} = {words(meant)}"]), field.name) == meant


def test_what_is_not_written_is_as_usual() -> None:
    """Several pairs come together; the later of two counts; the rest keeps its default."""
    found = settings_of(["start_delay=1h30m", "completion_state=EXPIRED", "completion_state=ABORTED"])
    assert found == Settings(start_delay=timedelta(minutes=90), completion_state="ABORTED")


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        ("start_delay", "'start_delay' is no setting; NAME=VALUE is"),
        ("start=1h", "with a name of: absent_matches_not"),
        ("start_delay=1 hour", "start_delay: '1 hour' is no duration"),
        ("plan_needs_vault=yes", "plan_needs_vault: 'yes' is neither true nor false"),
        ("completion_state=LATE", "'LATE' is not one of EXPIRED, ABORTED"),
        ("preview_length=few", "preview_length: "),
    ],
)
def test_what_cannot_be_meant_is_told(pair: str, problem: str) -> None:
    """With the name of the setting, and what would do."""
    with pytest.raises(ValueError, match=problem):
        settings_of([pair])
