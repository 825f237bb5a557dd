"""What every control is: a name, what it looks at, and a pure verdict about one subject at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from backstay_local.backup.audit_manager.asked import Asked, Status, Verdict
from backstay_local.backup.audit_manager.facts import Plan, Point, Resource, Subject, Vault

Judged = TypeVar("Judged", bound=Subject)


class Facts(Protocol):
    """The subjects of one account and Region; each kind may be gathered when it is asked for."""

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The backup plans."""

    @property
    def vaults(self) -> tuple[Vault, ...]:
        """The backup vaults."""

    @property
    def points(self) -> tuple[Point, ...]:
        """The recovery points."""

    def resources(self, rule: str | None) -> tuple[Resource, ...]:
        """The active resources of types that Audit Manager judges: all of them, or those that have a Config rule."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a control found about one subject."""

    id: str
    type: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Control(Generic[Judged]):
    """One control. Source: Backup developer guide, "Choosing your controls", "Controls and remediation", 2026-11.

    `own` is the type, in AWS Config's spelling, of what it judges; None where that are resources of several types.
    `records` is the type that AWS Config must record for it, if any.
    """

    name: str
    own: str | None
    records: str | None
    subjects: Callable[[Facts], Iterable[Judged]]
    judge: Callable[[Judged, Asked], Verdict]

    def findings(self, facts: Facts, asked: Asked) -> tuple[Finding, ...]:
        """The verdicts about everything within the scope, by id."""
        covered = (subject for subject in self.subjects(facts) if asked.scope.covers(subject))
        found = (Finding(one.ids[0], one.types[0], *self.judge(one, asked)) for one in covered)
        return tuple(sorted(found, key=lambda finding: (finding.type, finding.id)))


class Evaluator(Protocol):
    """A control, whatever it judges."""

    @property
    def name(self) -> str:
        """Its name in the API."""

    @property
    def own(self) -> str | None:
        """The one type that it judges, if it is one."""

    @property
    def records(self) -> str | None:
        """The type that AWS Config must record for it."""

    def findings(self, facts: Facts, asked: Asked) -> tuple[Finding, ...]:
        """What it finds."""


PLAN, SELECTION = "AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection"
VAULT, POINT = "AWS::Backup::BackupVault", "AWS::Backup::RecoveryPoint"
