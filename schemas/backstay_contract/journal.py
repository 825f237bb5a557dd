"""The journal: what an apply did, one JSON line an event, written before and after each action.

A line is a `JournalEvent`, about one action, or a `JournalRun`, which stands at the beginning and the end of each run.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class JournalEvent(BaseModel):
    """One event. `at` is AWS's time in ISO 8601; `error` names the AWS error code and its sentence.

    `verified`: what was made has been read back and is as it was wanted, or, with `error`, is not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    at: str
    plan: str
    action: str
    kind: str
    account: str
    region: str
    outcome: Literal["started", "done", "verified", "failed", "skipped", "unapproved"]
    error: str | None = None
    lock_date: str | None = Field(default=None, description="of a lock in compliance mode: when it closes, ISO 8601")


class JournalRun(BaseModel):
    """A run of a plan begins or ends; a journal whose last run did not end belongs to an apply that was killed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    at: str
    plan: str
    run: Literal["began", "ended"]
    purpose: Literal["apply", "destroy"]
    build: str = Field(description="digest of the build")
    actions: int = Field(description="how many the run set out to do, or has done")
    continues: str | None = Field(default=None, description="the plan of an earlier run that was cut off")


JournalLine = JournalEvent | JournalRun
