"""`attachments.json` beside `policies/*.json` as `backstay import` reads it: backup policies and their targets.

`backstay compile --target organizations` writes the same with more members (`backstay_contract.organizations`), which a
reader passes over; `backstay org pull --policies DIR` writes what AWS has.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.build.aws import FORMAT
from backstay_contract.organizations import Targets


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class AttachedPolicy(_Part):
    """A backup policy: its name, the file of its document (relative to `attachments.json`) and its targets."""

    name: str = Field(min_length=1)
    document: str
    targets: Targets = Targets()


class PolicyAttachments(_Part):
    """All backup policies of an organization; those of one target in the order in which they were attached."""

    format: Literal[1] = FORMAT
    organization: str | None = None
    policies: tuple[AttachedPolicy, ...]
