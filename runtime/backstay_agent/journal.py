"""The journal of an apply: one JSON line before and after each action, for people and for finding an apply that began.

It is no authority: what is true stands in AWS, and an apply that was killed is finished by looking there again.
"""

from __future__ import annotations

import os
import threading
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol

from backstay_contract.canonical import compact
from backstay_contract.journal import JournalEvent

FOLDER = Path(".backstay") / "journal"
Outcome = Literal["started", "done", "failed", "skipped"]


class Noted(Protocol):
    """What a journal notes of an action: its id, what it is, and where."""

    @property
    def id(self) -> str: ...  # noqa: D102 -- told above
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def account(self) -> str: ...  # noqa: D102
    @property
    def region(self) -> str: ...  # noqa: D102


def path_of(plan_id: str, folder: Path | None = None) -> Path:
    """Where the journal of a plan is kept unless somebody says otherwise."""
    return (folder or FOLDER) / f"{plan_id}.jsonl"


def began(path: Path) -> bool:
    """Whether an apply that wrote this journal has started an action."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


class Journal:
    """A journal that is being written; each line goes to the file before the action that it announces."""

    def __init__(self, path: Path, plan_id: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._plan = plan_id

    def write(self, at: datetime, action: Noted, outcome: Outcome, error: str | None = None) -> None:
        """Add one event."""
        event = JournalEvent(
            at=at.isoformat(),
            plan=self._plan,
            action=action.id,
            kind=action.kind,
            account=action.account,
            region=action.region,
            outcome=outcome,
            error=error,
        )
        line = compact(event.model_dump(mode="json")) + b"\n"
        with self._lock:
            os.write(self._descriptor, line)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
