"""Audit Manager frameworks and their controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstay.dsl.condition import Condition, Tag, TagKey
from backstay.dsl.duration import Days, Minutes
from backstay.dsl.node import Node, PolicyError, as_pairs, as_tuple, expect, expect_items, expect_name

Scope = Condition | str | TagKey | None
_MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Control(Node):
    """A control of AWS Backup Audit Manager. Made by its constructors, one for each of the eleven.

    Every constructor takes what it looks at: `types=["RDS"]`, or `on=tag("env") == "prod"` (one tag; a key alone means
    any value), or `resource="…"` (one id, with its type in `types`). Without: everything. Parameters are text.
    Source: Backup developer guide "AWS Backup Audit Manager controls and remediation", read 2026-11.
    """

    control: str
    parameters: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None
    types: list[str] | tuple[str, ...] | None = None
    tag: tuple[str, str] | None = None
    resource: str | None = None

    def check(self) -> None:
        """Text, and one kind of scope at most."""
        expect_name(self.control, "control")
        as_pairs(self, "parameters")
        as_tuple(self, "types")
        if self.types is not None:
            expect_items(self.types, str, "resource types", "types")
        if self.tag is not None:
            expect_items(self.tag, str, "a tag's key and value", "tag")
            if len(self.tag) != 2:
                raise PolicyError("a scope has one tag: a key and a value", field="tag")
        if self.resource is not None:
            expect_name(self.resource, "resource")
            if not self.types or len(self.types) != 1:
                raise PolicyError("one resource is named together with its type: `types=[…]`", field="resource")
        if self.tag is not None and (self.types or self.resource):
            raise PolicyError("AWS takes a tag or types as the scope of a control, not both", field="types")

    @classmethod
    def in_backup_plan(
        cls, *, types: Sequence[str] | None = None, on: Scope = None, resource: str | None = None
    ) -> Control:
        """Resources are in at least one backup plan."""
        return _control("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", {}, types, on, resource)

    @classmethod
    def plan_frequency_and_retention(
        cls,
        *,
        every: Minutes | Days | None = None,
        keep: Days | None = None,
        on: Scope = None,
        resource: str | None = None,
    ) -> Control:
        """A plan has a rule that runs at least `every` so often (AWS: daily) and keeps at least `keep` (35 days)."""
        asked = _age("requiredFrequency", every, "every") | _days("requiredRetentionDays", keep, "keep")
        types = ["AWS::Backup::BackupPlan"] if resource is not None else None
        return _control("BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", asked, types, on, resource)

    @classmethod
    def manual_deletion_disabled(
        cls, *, except_: Sequence[str] = (), on: Scope = None, resource: str | None = None
    ) -> Control:
        """Vault policies deny deleting recovery points by hand, but to the roles in `except_` (ARNs)."""
        expect(except_, (list, tuple), "a list of role ARNs", "except_")
        asked = {"principalArnList": ",".join(except_)} if except_ else {}
        types = ["AWS::Backup::BackupVault"] if resource is not None else None
        return _control("BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", asked, types, on, resource)

    @classmethod
    def recovery_points_encrypted(cls, *, on: Scope = None) -> Control:
        """Recovery points are encrypted."""
        return _control("BACKUP_RECOVERY_POINT_ENCRYPTED", {}, None, on, None)

    @classmethod
    def minimum_retention(cls, *, keep: Days | None = None, on: Scope = None) -> Control:
        """Recovery points are kept at least `keep` (AWS: 35 days)."""
        asked = _days("requiredRetentionDays", keep, "keep")
        return _control("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", asked, None, on, None)

    @classmethod
    def copied_to_other_region(
        cls,
        *,
        regions: Sequence[str] = (),
        types: Sequence[str] | None = None,
        on: Scope = None,
        resource: str | None = None,
    ) -> Control:
        """Resources are in a plan that copies to another Region, one of `regions` if there are any."""
        expect(regions, (list, tuple), "a list of Regions", "regions")
        asked = {"crossRegionList": ",".join(regions)} if regions else {}
        return _control("BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION", asked, types, on, resource)

    @classmethod
    def copied_to_other_account(
        cls,
        *,
        accounts: Sequence[str] = (),
        types: Sequence[str] | None = None,
        on: Scope = None,
        resource: str | None = None,
    ) -> Control:
        """Resources are in a plan that copies to another account, one of `accounts` (ids) if there are any."""
        expect(accounts, (list, tuple), "a list of account ids", "accounts")
        asked = {"crossAccountList": ",".join(accounts)} if accounts else {}
        return _control("BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT", asked, types, on, resource)

    @classmethod
    def vault_lock(
        cls,
        *,
        min: Days | None = None,  # noqa: A002
        max: Days | None = None,  # noqa: A002
        types: Sequence[str] | None = None,
        on: Scope = None,
        resource: str | None = None,
    ) -> Control:
        """Resources are in a plan that backs up into a locked vault, whose lock is within `min` and `max`."""
        asked = _days("minRetentionDays", min, "min") | _days("maxRetentionDays", max, "max")
        return _control("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK", asked, types, on, resource)

    @classmethod
    def last_recovery_point(
        cls,
        *,
        within: Minutes | Days | None = None,
        types: Sequence[str] | None = None,
        on: Scope = None,
        resource: str | None = None,
    ) -> Control:
        """A recovery point was made within this time (AWS: a day)."""
        asked = _age("recoveryPointAge", within, "within")
        return _control("BACKUP_LAST_RECOVERY_POINT_CREATED", asked, types, on, resource)

    @classmethod
    def restore_time(
        cls,
        *,
        within: Minutes | None = None,
        types: Sequence[str] | None = None,
        on: Scope = None,
        resource: str | None = None,
    ) -> Control:
        """The newest restore took no longer than this (AWS: 720 minutes)."""
        if within is not None:
            expect(within, Minutes, "a duration, such as hours(2)", "within")
        asked = {} if within is None else {"maxRestoreTime": str(within.count)}
        return _control("RESTORE_TIME_FOR_RESOURCES_MEET_TARGET", asked, types, on, resource)

    @classmethod
    def air_gapped(
        cls,
        *,
        within: Minutes | Days | None = None,
        types: Sequence[str] | None = None,
        resource: str | None = None,
    ) -> Control:
        """A recovery point reached a logically air-gapped vault within this time (AWS: a day)."""
        asked = _age("recoveryPointAge", within, "within")
        return _control("RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT", asked, types, None, resource)


def _control(
    name: str, asked: Mapping[str, str], types: Sequence[str] | None, on: Scope, resource: str | None
) -> Control:
    if types is not None:
        expect(types, (list, tuple), "a list of resource types", "types")
    return Control(name, dict(asked) or None, None if types is None else tuple(types), _tag(on), resource)


def _tag(on: Scope) -> tuple[str, str] | None:
    """The one tag of a scope; an empty value means any."""
    if on is None:
        return None
    if isinstance(on, str):
        return on, ""
    if isinstance(on, TagKey):
        return on.key, ""
    if isinstance(on, Tag) and on.operator == "==":
        return on.key, on.value
    raise PolicyError(
        "the scope of a control is one tag with one value, or a key alone",
        field="on",
        help='write `on=tag("env") == "prod"`, or `on="env"` for any value',
    )


def _age(prefix: str, time: Minutes | Days | None, field: str) -> dict[str, str]:
    """AWS's pair of a unit and a value: days, or whole hours."""
    if time is None:
        return {}
    expect(time, (Minutes, Days), "a duration, such as hours(12) or days(1)", field)
    if isinstance(time, Days):
        return {f"{prefix}Unit": "days", f"{prefix}Value": str(time.count)}
    hours, rest = divmod(time.count, _MINUTES_AN_HOUR)
    if rest or not hours:
        raise PolicyError(f"AWS counts whole hours here, and this is {time.count} minutes", field=field)
    return {f"{prefix}Unit": "hours", f"{prefix}Value": str(hours)}


def _days(name: str, time: Days | None, field: str) -> dict[str, str]:
    if time is None:
        return {}
    expect(time, Days, "a duration in days, such as days(35)", field)
    return {name: str(time.count)}


@dataclass(frozen=True)
class Framework(Node):
    """An Audit Manager framework: controls that AWS evaluates in every account and Region that the policy reaches."""

    name: str
    controls: list[Control] | tuple[Control, ...] | None = None
    description: str | None = None
    tags: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None

    def check(self) -> None:
        """Parts are of their kinds."""
        expect_name(self.name)
        as_tuple(self, "controls")
        if self.controls is not None:
            expect_items(self.controls, Control, "controls, such as Control.vault_lock()", "controls")
        if self.description is not None:
            expect(self.description, str, "text", "description")
        as_pairs(self, "tags")
