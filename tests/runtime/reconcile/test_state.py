"""What is remembered: written whole or not at all, and nothing breaks when it is lost or damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backstay_agent.reconcile import state
from backstay_agent.reconcile.alerts import Told
from backstay_agent.reconcile.findings import Trouble
from backstay_agent.reconcile.state import State

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FULL = (
    State("o-1")
    .begun("drift", NOW)
    .keeping("jobs", {"since": {"a": "b"}})
    .telling("log", {"drift/x": Told(Trouble("drift/x", "warning", "t", lines=("a",)), NOW, NOW, "new")})
)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    """All of it, and the folder holds nothing else."""
    path = tmp_path / "deep" / "state.json"
    state.save(path, FULL)
    assert state.load(path, "o-1") == FULL
    assert [one.name for one in path.parent.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b"\xff", b'{"format": 2}', b'{"format": 1, "organization": "o-1"}',
     b'{"format": 1, "organization": "o-1", "began": {"drift": "x"}, "kept": {}, "told": {}}',
     b'{"format": 1, "organization": "o-1", "began": {}, "kept": {"jobs": 1}, "told": {}}',
     b'{"format": 1, "organization": "o-1", "began": {}, "kept": {}, "told": {"log": {"a": 1}}}', b"[" * 100_000],
)  # fmt: skip
def test_what_cannot_be_understood_is_as_good_as_nothing(tmp_path: Path, body: bytes) -> None:
    """A damaged state repeats alerts; it stops nothing."""
    path = tmp_path / "state.json"
    path.write_bytes(body)
    assert state.load(path, "o-1") == State("o-1")


def test_another_organizations_state_is_not_used(tmp_path: Path) -> None:
    """Whoever points two runs at one file gets no wrong news."""
    path = tmp_path / "state.json"
    state.save(path, FULL)
    assert state.load(path, "o-2") == State("o-2")


def test_a_state_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    """Replaced whole, or not at all."""
    path = tmp_path / "state.json"
    state.save(path, FULL)
    broken = FULL.keeping("jobs", {"x": object()})
    with pytest.raises(TypeError):
        state.save(path, broken)
    assert state.load(path, "o-1") == FULL
    assert len(list(tmp_path.iterdir())) == 1
