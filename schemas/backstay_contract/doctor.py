"""What `backstay doctor` found: one line a thing that was looked at."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.build.aws import FORMAT
from backstay_contract.organization import ACCOUNT_ID

Verdict = Literal["ok", "problem", "unknown", "skipped"]


class DoctorLine(BaseModel):
    """One verdict. Without `account` it is about the organization or the caller; without `region`, about every one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str = Field(description="name of the check, in kebab case")
    verdict: Verdict = Field(
        description="`problem` would stop an apply or a backup; `unknown` could not be looked at; `skipped` has no "
        "meaning here"
    )
    message: str
    account: str | None = Field(default=None, pattern=ACCOUNT_ID)
    name: str | None = Field(default=None, description="the account's name, where it is known")
    region: str | None = None
    remedy: str | None = Field(default=None, description="a command, or a sentence that says what to do")


class DoctorSummary(BaseModel):
    """How many lines of each verdict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ok: int
    problem: int
    unknown: int
    skipped: int


class DoctorReport(BaseModel):
    """All lines, in the order of the checks. `build` is the digest of the build, if there was one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = FORMAT
    caller: str = Field(pattern=ACCOUNT_ID)
    organization: str | None = None
    build: str | None = None
    lines: tuple[DoctorLine, ...]
    summary: DoctorSummary
