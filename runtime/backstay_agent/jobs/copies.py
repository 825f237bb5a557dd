"""Which recovery points are to be copied where: what the copy actions of rules ask for and nobody has done. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.work import Backup, Copy, Document
from backstay_agent.wanted import Wanted

Pair = tuple[str, str]
"""A recovery point and a destination vault, by their ARNs."""


@dataclass(frozen=True, slots=True)
class Point:
    """A recovery point of a vault; `plan` and `rule` name what made it, None where nothing tells."""

    arn: str
    vault: str
    resource: str
    created: datetime
    role: str | None
    plan: str | None
    rule: str | None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A rule with copies, of a plan; `role` is that of the plan's first selection."""

    plan: str
    rule: Document
    role: str

    @property
    def name(self) -> str:
        """The rule's name."""
        return str(self.rule["RuleName"])

    @property
    def vault(self) -> str:
        """The vault that the rule's recovery points lie in."""
        return str(self.rule["TargetBackupVaultName"])


def sources(wanted: Wanted, narrow: Narrow) -> tuple[Source, ...]:
    """The rules of a place that copy, by plan and name."""
    return tuple(
        Source(name, rule, str(plan.selections[0]["IamRoleArn"]))
        for name, plan in sorted(wanted.plans.items())
        if plan.selections and (not narrow.plans or name in narrow.plans)
        for rule in plan.body["Rules"]
        if rule.get("CopyActions") and (not narrow.rules or rule["RuleName"] in narrow.rules)
    )


def after_backup(work: Backup, point: str) -> tuple[Copy, ...]:
    """The copies that a rule makes of a recovery point that was just taken."""
    source, place = Source(work.plan, work.rule, work.role), (work.account, work.region)
    actions = work.rule.get("CopyActions", ())
    taken = _Taken(point, work.resource, work.type, None)
    return tuple(_copy(place, source, taken, work.role, action) for action in actions)


def newest(rules: Sequence[Source], points: Iterable[Point], narrow: Narrow) -> tuple[tuple[Source, Point], ...]:
    """For each rule and resource the newest recovery point that the rule made."""
    by_rule = {(source.plan, source.name, source.vault): source for source in rules}
    found: dict[tuple[str, str, str, str], tuple[Source, Point]] = {}
    for point in sorted(points, key=lambda point: (point.created, point.arn)):
        source = by_rule.get((point.plan or "", point.rule or "", point.vault))
        if source is not None and (not narrow.resources or point.resource in narrow.resources):
            found[source.plan, source.name, source.vault, point.resource] = (source, point)
    return tuple(found[key] for key in sorted(found))


def missing(
    place: tuple[str, str], wishes: Iterable[tuple[Source, Point]], copied: Collection[Pair], now: datetime
) -> tuple[Copy, ...]:
    """The copies that are not there yet, and would not expire at once."""
    return tuple(
        _copy(place, source, _Taken(point.arn, point.resource, point.type, point.created), point.role, action)
        for source, point in wishes
        for action in source.rule["CopyActions"]
        if (point.arn, action["DestinationBackupVaultArn"]) not in copied and not _over(point, action, now)
    )


def pairs(wishes: Iterable[tuple[Source, Point]]) -> Iterator[tuple[Point, str]]:
    """Every recovery point with every destination that its rule copies to."""
    for source, point in wishes:
        for action in source.rule["CopyActions"]:
            yield point, str(action["DestinationBackupVaultArn"])


def is_copied(point: Point, source_vault: str, there: Iterable[Mapping[str, object]]) -> bool:
    """Whether the recovery points of a destination hold a copy of this one, or of a later one.

    AWS does not say whether a copy shows its own date or its source's; under either reading it is not older.
    """
    return any(
        item.get("SourceBackupVaultArn") == source_vault
        and isinstance(made := item.get("CreationDate"), datetime)
        and made >= point.created
        for item in there
    )


def _over(point: Point, action: Document, now: datetime) -> bool:
    """Whether a copy would be past its end from the start: its age counts from the source's creation."""
    days = action.get("Lifecycle", {}).get("DeleteAfterDays")
    return days is not None and days >= 0 and point.created + timedelta(days=days) <= now


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a copy is made of; `created` is None for what has just been made."""

    point: str
    resource: str
    type: str
    created: datetime | None


def _copy(place: tuple[str, str], source: Source, taken: _Taken, role: str | None, action: Document) -> Copy:
    account, region = place
    return Copy(
        account,
        region,
        taken.resource,
        taken.point,
        source.vault,
        source.plan,
        source.name,
        action["DestinationBackupVaultArn"],
        action.get("Lifecycle", {}),
        role or source.role,
        taken.type,
        taken.created,
    )
