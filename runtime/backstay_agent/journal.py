"""The journal of an apply: JSON lines before and after each action, for people and for finding an apply that began.

It is no authority: what is true stands in AWS, and an apply that was killed is finished by looking there again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol

from backstay_contract.canonical import compact
from backstay_contract.journal import JournalEvent, JournalLine, JournalRun
from backstay_contract.plan import ChangePlan

FOLDER = Path(".backstay") / "journal"
Outcome = Literal["started", "done", "verified", "failed", "skipped", "unapproved"]


@dataclass(frozen=True, slots=True)
class CutOff:
    """A run that began and did not end: its plan's id, when it began, and how many actions it had done by then."""

    plan: str
    at: str
    done: int
    actions: int


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
    return any(line.get("outcome") == "started" for line in _lines(path))


def cut_off(folder: Path | None, plan: ChangePlan) -> CutOff | None:
    """The latest run in a folder for the same build and purpose, if it did not end: what this run goes on with."""
    runs = [run for path in sorted((folder or FOLDER).glob("*.jsonl")) if (run := _last_run(path)) is not None]
    alike = [(begun, end) for begun, end in runs if (begun["build"], begun["purpose"]) == (plan.build, plan.purpose)]
    if not alike:
        return None
    return max(alike, key=lambda run: str(run[0]["at"]))[1]


def _last_run(path: Path) -> tuple[dict[str, Any], CutOff | None] | None:
    """The last run of a journal, with what is known of it if it did not end."""
    begun: dict[str, Any] | None = None
    ended, done = False, 0
    for line in _lines(path):
        if line.get("run") == "began":
            begun, ended, done = line, False, 0
        elif line.get("run") == "ended":
            ended = True
        elif line.get("outcome") == "done":
            done += 1
    if begun is None or not {"build", "purpose", "at", "plan", "actions"} <= begun.keys():
        return None
    return begun, None if ended else CutOff(begun["plan"], begun["at"], done, begun["actions"])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines that can be read; the last one of a process that was killed may be cut."""
    try:
        text = path.read_bytes()
    except OSError:
        return
    for line in text.splitlines():
        try:
            parsed = json.loads(line)
        except ValueError:
            continue
        if isinstance(parsed, dict):
            yield parsed


class Journal:
    """A journal that is being written; each line goes to the file before the action that it announces."""

    def __init__(self, path: Path, plan_id: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._plan = plan_id
        self._end_cut_line()

    def _end_cut_line(self) -> None:
        """A line that a killed process left half written stays alone."""
        size = os.fstat(self._descriptor).st_size
        if size and os.pread(self._descriptor, 1, size - 1) != b"\n":
            os.write(self._descriptor, b"\n")

    def begin(self, at: datetime, plan: ChangePlan, continues: str | None) -> None:
        """A run of a plan begins; `continues` names the plan of an earlier run that was cut off."""
        self._run(at, plan, "began", len(plan.actions), continues)

    def end(self, at: datetime, plan: ChangePlan, done: int) -> None:
        """A run of a plan has ended; `done` counts the actions that it did."""
        self._run(at, plan, "ended", done, None)

    def _run(
        self, at: datetime, plan: ChangePlan, run: Literal["began", "ended"], actions: int, continues: str | None
    ) -> None:
        self._append(
            JournalRun(
                at=at.isoformat(),
                plan=self._plan,
                run=run,
                purpose=plan.purpose,
                build=plan.build,
                actions=actions,
                continues=continues,
            )
        )

    def write(
        self,
        at: datetime,
        action: Noted,
        outcome: Outcome,
        error: str | None = None,
        lock_date: datetime | None = None,
    ) -> None:
        """Add one event."""
        self._append(
            JournalEvent(
                at=at.isoformat(),
                plan=self._plan,
                action=action.id,
                kind=action.kind,
                account=action.account,
                region=action.region,
                outcome=outcome,
                error=error,
                lock_date=lock_date.isoformat() if lock_date else None,
            )
        )

    def _append(self, event: JournalLine) -> None:
        line = compact(event.model_dump(mode="json")) + b"\n"
        with self._lock:
            os.write(self._descriptor, line)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
