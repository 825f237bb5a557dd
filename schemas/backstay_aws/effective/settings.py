"""What AWS's pages and recordings leave open about backup policies, as named settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """How to decide where the sources disagree or say nothing; the defaults follow what was recorded.

    `emptied`: an optional list from which everything was removed stays as `[]`, or is absent (a tag policy's stayed,
    the guide's example drops it). `both_selections`: whether a plan may select by tags and by resources (recorded:
    yes; the syntax page calls the two exclusive). `copy_target`: a copy action must state
    `target_backup_vault_arn` (recorded), or falls back on its own key in lower case (guide of 2021). `keys`:
    names in the effective document are in lower case (recorded for other policy types), or as the first policy
    writes them.
    """

    emptied: Literal["keep", "drop"] = "keep"
    both_selections: Literal["accept", "refuse"] = "accept"
    copy_target: Literal["required", "key"] = "required"
    keys: Literal["lower", "written"] = "lower"


USUAL = Settings()


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms documents are judged: when (aware; None: against no date), in which partition (None: any)."""

    now: datetime | None = None
    partition: str | None = None
    settings: Settings = USUAL
