"""Plans of the model: rules with every default written out, copies with their destinations, selections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backstay import ir
from backstay.dsl import Schedule, Vault
from backstay.dsl.duration import Days, Minutes
from backstay.resolve import places
from backstay.resolve.chosen import Chooser
from backstay.resolve.context import Context
from backstay.resolve.inherit import Effective
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem
from backstay_aws import arns
from backstay_aws.lifecycle import Lifecycle

START_WINDOW = 480
COMPLETION_WINDOW = 10_080
DEFAULT_SCHEDULE = Schedule("cron(0 5 ? * * *)")
"""What AWS takes for an omitted window or schedule (Backup API `BackupRuleInput`, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Turns plan pieces into plans of one Region."""

    context: Context
    chooser: Chooser
    effective: Effective
    region: str

    def plan(self, piece: Piece) -> ir.Plan:
        """A plan with its rules and selections, in the author's order."""
        rules = tuple(self._rule(rule) for rule in piece.children["rules"])
        selections = self.chooser.chosen(piece)
        where = places.of_piece(piece, self.context.sources)
        return ir.Plan(piece.name, rules, selections, piece.get("tags") or (), where)

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
        )

    def _rule_where(self, piece: Piece) -> ir.Where:
        """The rule's place, and within its schedule that of the time zone."""
        where = places.of_piece(piece, self.context.sources)
        schedule = piece.get("at")
        zone = self.context.sources.where(schedule)[1].get("tz") if schedule is not None else None
        return replace(where, fields={**where.fields, "tz": zone}) if zone is not None else where

    def _vault(self, piece: Piece) -> str:
        into = piece.get("into")
        if into is None:
            message = f"rule `{piece.name}` does not say into which vault it backs up"
            span = self.context.sources.where(piece.first.node)[0]
            self.context.findings.append(problem("rule-without-vault", message, span, help="add `into=` and a vault"))
            return ""
        return into.name if isinstance(into, Vault) else str(into)

    def _copies(self, rule: Piece, lifecycle: Lifecycle) -> Iterator[ir.Copy]:
        for piece in rule.children["copies"]:
            destination = self._destination(piece)
            if destination is not None:
                where = places.of_piece(piece, self.context.sources)
                yield ir.Copy(destination, _copied(piece, lifecycle), where)

    def _destination(self, piece: Piece) -> ir.VaultRef | None:
        to = piece.get("to")
        if isinstance(to, Vault):
            return self._reference(to)
        arn = arns.parse(str(to))
        if arn is not None and arn.service == "backup" and arn.resource.startswith("backup-vault:"):
            return ir.VaultRef(arn.account, arn.region, arn.resource.removeprefix("backup-vault:"), str(to))
        message = f"`{to}` is no vault's ARN"
        span = places.of_field(piece, "to", self.context.sources)
        help_ = "copy to a `Vault`, or write `arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME`"
        self.context.findings.append(problem("no-vault-arn", message, span, help=help_))
        return None

    def _reference(self, vault: Vault) -> ir.VaultRef:
        declared = self.effective.declared(vault)
        account = declared.get("account") if declared is not None else vault.account
        region = (declared.get("region") if declared is not None else vault.region) or self.region
        found = self.context.tree.find(account) if account is not None else ()
        host = found[0].id if found else account or ir.ACCOUNT
        return ir.VaultRef(host, region, vault.name, arns.vault(self.context.partition, region, host, vault.name))


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
