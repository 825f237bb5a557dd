"""Gathers what the controls judge, out of the tables and the rest of the world."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import cast

from backstay_aws import arns, catalog
from backstay_local.backup import locks, policies, selections, tags
from backstay_local.backup.audit_manager import activity
from backstay_local.backup.audit_manager.controls.control import PLAN, POINT, VAULT
from backstay_local.backup.audit_manager.facts import (
    BackedUp,
    Destination,
    Locked,
    Plan,
    Point,
    Resource,
    Scheduled,
    Vault,
)
from backstay_local.backup.rows import Json, RecoveryPoint
from backstay_local.backup.rows import Plan as PlanRow
from backstay_local.backup.state import State
from backstay_local.data import Resource as Found

_AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
_UNKNOWN = "unknown"  # a resource type of which no page says which Config rules it has


class Gathered:
    """The subjects in one account and Region, as they are now; each kind is gathered when it is asked for."""

    def __init__(self, state: State, account: str, region: str) -> None:
        self._state = state
        self._account = account
        self._region = region

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The backup plans."""
        return tuple(_plan(self._state, row) for row in self._plan_rows)

    @cached_property
    def vaults(self) -> tuple[Vault, ...]:
        """The backup vaults."""
        rows = self._state.tables.vaults.where("account = ? AND region = ?", self._account, self._region)
        return tuple(
            Vault((row.name, row.arn), (VAULT,), tags.of(self._state, row.arn), policies.of(self._state, row.arn))
            for row in rows
        )

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The recovery points."""
        return tuple(
            Point(
                (row.arn,),
                (POINT,),
                tags.of(self._state, row.arn),
                row.encrypted,
                cast(int | None, row.lifecycle.get("DeleteAfterDays")),
            )
            for row in self._point_rows
            if row.status != "DELETING"
        )

    def resources(self, rule: str | None) -> tuple[Resource, ...]:
        """The active resources of types that Audit Manager judges: all, or those whose type has a Config rule."""
        return tuple(one for found, one in self._resources if rule is None or _has(found, rule))

    @cached_property
    def _resources(self) -> tuple[tuple[Found, Resource], ...]:
        idle = activity.idle(self._state, self._account, self._region)
        rules, points = self._rules_by_resource, _by_resource(self._point_rows)
        return tuple(
            (found, self._resource(found, tuple(rules[found.arn]), points[found.arn]))
            for found in self._state.discovery.all(self._account, self._region)
            if found.arn not in idle and _audited(found)
        )

    def _resource(self, found: Found, rules: tuple[BackedUp, ...], points: list[RecoveryPoint]) -> Resource:
        protected = self._state.tables.protected.get(self._account, self._region, found.arn)
        row = catalog.resource_type(found.type)
        return Resource(
            (found.name, found.arn),
            (row.cfn_type if row else found.type, found.type),
            found.tags,
            rules,
            _newest(_made(point) for point in points if point.source_vault_arn is None),
            _newest(point.completed or point.created for point in points if self._is_air_gapped(point.vault_arn)),
            protected.restore_minutes if protected is not None else None,
        )

    @cached_property
    def _plan_rows(self) -> list[PlanRow]:
        here = ("account = ? AND region = ? AND deleted IS NULL", self._account, self._region)
        return self._state.tables.plans.where(*here, order="id")

    @cached_property
    def _point_rows(self) -> list[RecoveryPoint]:
        return self._state.tables.points.where("account = ? AND region = ?", self._account, self._region)

    @cached_property
    def _rules_by_resource(self) -> Mapping[str, list[BackedUp]]:
        found: dict[str, list[BackedUp]] = defaultdict(list)
        for plan in self._plan_rows:
            rules = [self._backed_up(rule) for rule in plan.body["Rules"]]
            taken = {
                resource.arn
                for selection in selections.of_plan(self._state, plan.id)
                for resource in selections.taken(self._state, selection)
            }
            for arn in taken:
                found[arn].extend(rules)
        return found

    def _backed_up(self, rule: Json) -> BackedUp:
        targets = [arns.parse(action["DestinationBackupVaultArn"]) for action in rule["CopyActions"]]
        own = arns.vault(arns.partition_of(self._region), self._region, self._account, rule["TargetBackupVaultName"])
        vaults = [own, rule.get("TargetLogicallyAirGappedBackupVaultArn")]
        found = [self._locked(vault) for vault in vaults if vault]
        return BackedUp(
            tuple(Destination(target.account, target.region) for target in targets if target is not None),
            tuple(lock for lock in found if lock is not None),
        )

    def _locked(self, vault_arn: str) -> Locked | None:
        lock = locks.of(self._state, vault_arn)
        if lock is not None:
            return Locked(lock.min_days, lock.max_days)
        return Locked(None, None) if self._is_air_gapped(vault_arn) else None  # locked by their nature

    def _is_air_gapped(self, vault_arn: str) -> bool:
        vault = self._state.tables.vaults.get(vault_arn)
        return vault is not None and vault.type == _AIR_GAPPED


def _plan(state: State, row: PlanRow) -> Plan:
    rules = tuple(
        Scheduled(rule["ScheduleExpression"], (rule.get("Lifecycle") or {}).get("DeleteAfterDays"))
        for rule in row.body["Rules"]
    )
    return Plan((row.id, row.arn, row.name), (PLAN,), tags.of(state, row.arn), rules)


def _audited(found: Found) -> bool:
    row = catalog.resource_type(found.type)
    return row is not None and row.audit_manager != "no"


def _has(found: Found, rule: str) -> bool:
    row = catalog.resource_type(found.type)
    return row is not None and (rule in row.config_rules or _UNKNOWN in row.config_rules)


def _by_resource(points: list[RecoveryPoint]) -> Mapping[str, list[RecoveryPoint]]:
    found: dict[str, list[RecoveryPoint]] = defaultdict(list)
    for point in points:
        found[point.resource_arn].append(point)
    return found


def _made(point: RecoveryPoint) -> datetime:
    """When a recovery point was made; a continuous one is as new as its last state."""
    return point.completed if point.continuous and point.completed is not None else point.created


def _newest(moments: Iterator[datetime]) -> datetime | None:
    return max(moments, default=None)
