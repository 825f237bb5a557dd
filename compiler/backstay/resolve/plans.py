"""Plans of the model: rules with every default written out, copies with their destinations, selections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backstay import ir
from backstay.dsl import Schedule, Vault
from backstay.dsl.duration import Days, Minutes
from backstay.dsl.plan import Scan
from backstay.resolve import places
from backstay.resolve.chosen import Chooser
from backstay.resolve.here import Here
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem
from backstay_aws.lifecycle import Lifecycle

START_WINDOW = 480
COMPLETION_WINDOW = 10_080
DEFAULT_SCHEDULE = Schedule("cron(0 5 ? * * *)")
"""What AWS takes for an omitted window or schedule (Backup API `BackupRuleInput`, read 2026-11)."""

ADVANCED = (
    # keyword of `Plan`, resource type, option; Backup API `AdvancedBackupSetting`, `BackupOptions`, read 2026-11.
    ("vss", "EC2", "WindowsVSS"),
    ("s3_acls", "S3", "BackupACLs"),
    ("s3_tags", "S3", "BackupObjectTags"),
)


@dataclass(frozen=True, slots=True)
class Planner:
    """Turns plan pieces into plans of one Region."""

    here: Here
    chooser: Chooser

    def plan(self, piece: Piece) -> ir.Plan:
        """A plan with its rules and selections, in the author's order."""
        return ir.Plan(
            name=piece.name,
            rules=tuple(self._rule(rule) for rule in piece.children["rules"]),
            selections=self.chooser.chosen(piece),
            tags=piece.get("tags") or (),
            where=self.here.where(piece),
            advanced=_advanced(piece),
            scan=self._scan(piece),
            moved=piece.get("moved"),
        )

    def _scan(self, piece: Piece) -> ir.Scan | None:
        scan: Scan | None = piece.get("scan")
        if scan is None:
            return None
        where = places.of_value(piece, "scan", self.here.context.sources)
        return ir.Scan(tuple(dict.fromkeys(scan.types)), self.here.context.role_arn(scan.role), where)

    def _rule(self, piece: Piece) -> ir.Rule:
        schedule: Schedule = piece.get("at") or DEFAULT_SCHEDULE
        lifecycle = _lifecycle(piece)
        return ir.Rule(
            name=piece.name,
            schedule=schedule.expression,
            timezone=schedule.tz,
            scheduled=piece.get("at") is not None,
            vault=self._vault(piece),
            start_window=_minutes(piece, "start_within", START_WINDOW),
            completion_window=_minutes(piece, "complete_within", COMPLETION_WINDOW),
            lifecycle=lifecycle,
            continuous=bool(piece.get("continuous")),
            copies=tuple(self._copies(piece, lifecycle)),
            tags=piece.get("tags") or (),
            where=self._rule_where(piece),
            air_gapped=self.here.by_arn(piece, "into_air_gapped") if piece.get("into_air_gapped") else None,
            index=tuple(dict.fromkeys(piece.get("index") or ())),
            scan=piece.get("scan"),
            moved=piece.get("moved"),
        )

    def _rule_where(self, piece: Piece) -> ir.Where:
        """The rule's place, and within its schedule that of the time zone."""
        where = self.here.where(piece)
        schedule = piece.get("at")
        zone = self.here.context.sources.where(schedule)[1].get("tz") if schedule is not None else None
        return replace(where, fields={**where.fields, "tz": zone}) if zone is not None else where

    def _vault(self, piece: Piece) -> str:
        into = piece.get("into")
        if into is None:
            message = f"rule `{piece.name}` does not say into which vault it backs up"
            span = self.here.context.sources.where(piece.first.node)[0]
            wrong = problem("rule-without-vault", message, span, help="add `into=` and a vault")
            self.here.context.findings.append(wrong)
            return ""
        return into.name if isinstance(into, Vault) else str(into)

    def _copies(self, rule: Piece, lifecycle: Lifecycle) -> Iterator[ir.Copy]:
        for piece in rule.children["copies"]:
            destination = self.here.by_arn(piece, "to")
            if destination is not None:
                yield ir.Copy(destination, _copied(piece, lifecycle), self.here.where(piece))


def _advanced(piece: Piece) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The advanced settings that somebody mentioned, by resource type."""
    found: dict[str, list[tuple[str, str]]] = {}
    for field, kind, option in ADVANCED:
        if piece.get(field) is not None:
            found.setdefault(kind, []).append((option, "enabled" if piece.get(field) else "disabled"))
    return tuple((kind, tuple(options)) for kind, options in found.items())


def _lifecycle(piece: Piece) -> Lifecycle:
    return Lifecycle(_days(piece.get("cold_after")), _days(piece.get("keep")), bool(piece.get("archive")))


def _copied(piece: Piece, rule: Lifecycle) -> Lifecycle:
    own = _lifecycle(piece)
    return own if own.delete_after is not None else replace(own, delete_after=rule.delete_after)


def _days(days: Days | None) -> int | None:
    return None if days is None else days.count


def _minutes(piece: Piece, name: str, default: int) -> int:
    value: Minutes | None = piece.get(name)
    return default if value is None else value.count
