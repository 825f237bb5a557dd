"""What the agent remembers between rounds and runs: when tasks began, what each left for its next round, what channels
were told. Losing it repeats alerts and looks a day back for jobs; nothing worse."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from backstay_agent.reconcile.alerts import Memory, told_of
from backstay_contract.canonical import compact

FORMAT = 1


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is remembered, of one organization: by task, and by channel."""

    organization: str
    began: Mapping[str, datetime] = field(default_factory=dict)
    kept: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    told: Mapping[str, Memory] = field(default_factory=dict)

    def begun(self, task: str, at: datetime) -> State:
        """After a task began."""
        return replace(self, began={**self.began, task: at})

    def keeping(self, task: str, kept: Mapping[str, Any]) -> State:
        """After a task left something for its next round."""
        return replace(self, kept={**self.kept, task: kept})

    def telling(self, channel: str, memory: Memory) -> State:
        """After a channel was told."""
        return replace(self, told={**self.told, channel: memory})

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "format": FORMAT,
            "organization": self.organization,
            "began": {task: at.isoformat() for task, at in self.began.items()},
            "kept": {task: dict(kept) for task, kept in self.kept.items()},
            "told": {
                channel: {key: told.document() for key, told in memory.items()} for channel, memory in self.told.items()
            },
        }


def read(body: bytes, organization: str) -> State:
    """A state that was written; an empty one for what cannot be understood, or is another organization's."""
    try:
        document = json.loads(body)
        if document["format"] != FORMAT or document["organization"] != organization:
            return State(organization)
        return State(
            organization,
            {task: datetime.fromisoformat(at) for task, at in document["began"].items()},
            {task: dict(kept) for task, kept in document["kept"].items()},
            {
                channel: {key: told_of(told) for key, told in memory.items()}
                for channel, memory in document["told"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return State(organization)


def load(path: Path, organization: str) -> State:
    """The state in a file; an empty one when there is none that can be used."""
    try:
        return read(path.read_bytes(), organization)
    except OSError:
        return State(organization)


def save(path: Path, state: State) -> None:
    """Replace the file whole or not at all; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(compact(state.document()))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
