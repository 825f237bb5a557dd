"""What a restore was, and what a look at it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backstay_agent.jobs.locate import Point, Where
from backstay_aws import arns

Status = Literal["verified", "described", "differs", "failed"]
"""`verified`: the content is that of the source. `described`: only the description was looked at. `differs`: the source
is not the same any more, and nothing tells whether it was when the backup was made. `failed`: it is not what it should
be."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it, in a sentence for a person."""

    status: Status
    sentence: str


@dataclass(frozen=True, slots=True)
class Restore:
    """A finished restore: what was made, from what, and where the source lives, or lived.

    `exact` says that the source was not written to since, so that any difference is a failure.
    """

    where: Where
    created: str
    source: str
    home: Where
    taken: datetime
    size: int | None
    metadata: Mapping[str, str]
    exact: bool = False


def restore_of(point: Point, created: str, metadata: Mapping[str, str], *, exact: bool) -> Restore:
    """What is to be looked at, from the recovery point and the ARN that the job gave."""
    facts = point.facts
    return Restore(
        point.where,
        created,
        point.source,
        home_of(point),
        facts["CreationDate"],
        facts.get("BackupSizeInBytes"),
        metadata,
        exact,
    )


def home_of(point: Point) -> Where:
    """Where the source of a recovery point lives: its ARN says so, or else the vault that the copy came from."""
    source = arns.parse(point.source)
    copied_from = arns.parse(point.facts.get("SourceBackupVaultArn") or "")
    account = (source.account if source else "") or (copied_from.account if copied_from else point.where.account)
    region = (source.region if source else "") or (copied_from.region if copied_from else point.where.region)
    return Where(account, region)
