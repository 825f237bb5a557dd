"""What a round of a task is given: a build, the way to AWS, what it may do, and what the round before left for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from backstay_agent.aws import Aws
from backstay_agent.controls.control import Control
from backstay_agent.controls.parameters import Parameters
from backstay_agent.observed import Unread
from backstay_agent.reconcile.findings import Unseen
from backstay_agent.wanted import Build

Apply = Literal["report", "reversible"]


@dataclass(frozen=True, slots=True)
class Context:
    """One round. `folder` is the build as its user named it, `kept` what the task's last `Result.keep` was; without
    `controls`, an audit puts all of them with their usual parameters."""

    build: Build
    folder: str
    aws: Aws
    apply: Apply = "report"
    journal: Path | None = None
    workers: int = 8
    controls: tuple[Control[Any], ...] | None = None
    parameters: Mapping[str, Parameters] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def home(self) -> str:
        """The Region through which organization-wide things are asked."""
        return self.build.home or self.aws.region

    @property
    def places(self) -> list[tuple[str, str]]:
        """The accounts and Regions that the build names."""
        accounts = self.build.index.accounts
        return [(account, region) for account in sorted(accounts) for region in sorted(accounts[account].regions)]


def unseen(unread: Unread) -> Unseen:
    """What could not be read, as a result says it."""
    return Unseen(unread.account, unread.region, unread.error)


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 account`, `2 accounts`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
