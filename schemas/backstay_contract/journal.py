"""The journal: what an apply did, one JSON line an event, written before and after each action."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class JournalEvent(BaseModel):
    """One event. `at` is AWS's time in ISO 8601; `error` names the AWS error code and its sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    at: str
    plan: str
    action: str
    kind: str
    account: str
    region: str
    outcome: Literal["started", "done", "failed", "skipped"]
    error: str | None = None
