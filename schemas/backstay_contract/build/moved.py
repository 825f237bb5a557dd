"""What has another name than before: told to the agent, so that a new name is not a new thing."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Moved(BaseModel):
    """A plan, a rule of a plan, or a vault that was called otherwise.

    A plan keeps its id and its selections (`UpdateBackupPlan`), a rule is part of its plan. AWS cannot rename a vault:
    the new one is made, and the old one is kept as it stands until its last recovery point is gone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["plan", "rule", "vault"]
    name: str
    before: str
    plan: str | None = None
