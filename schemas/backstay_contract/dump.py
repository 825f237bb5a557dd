"""What AWS Backup has in an organization's accounts, as read: what `backstay import --live` saves and `import` reads.

Bodies are AWS's own: members in AWS's spelling, as the `list-…`, `get-…` and `describe-…` operations answer, whatever
else they hold. The names of the operations are at each member.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.build.aws import FORMAT
from backstay_contract.organization import Organization

Body = dict[str, Any]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DumpedPlan(_Part):
    """A plan with its tags (by name) and selections."""

    plan: Body = Field(description="GetBackupPlan")
    tags: dict[str, str] = {}
    selections: tuple[Body, ...] = Field(default=(), description="GetBackupSelection, one for each")


class DumpedVault(_Part):
    """A vault and what belongs to it."""

    vault: Body = Field(description="DescribeBackupVault: with the lock, if there is one")
    tags: dict[str, str] = {}
    access_policy: Body | None = Field(default=None, description="the document of GetBackupVaultAccessPolicy, unfolded")
    notifications: Body | None = Field(default=None, description="GetBackupVaultNotifications")


class DumpedFramework(_Part):
    """An Audit Manager framework."""

    framework: Body = Field(description="DescribeFramework")
    tags: dict[str, str] = {}


class DumpedReportPlan(_Part):
    """A report plan."""

    report_plan: Body = Field(description="the `ReportPlan` of DescribeReportPlan")
    tags: dict[str, str] = {}


class DumpedRestoreTesting(_Part):
    """A restore testing plan with its selections."""

    plan: Body = Field(description="the `RestoreTestingPlan` of GetRestoreTestingPlan")
    tags: dict[str, str] = {}
    selections: tuple[Body, ...] = Field(
        default=(), description="the `RestoreTestingSelection` of GetRestoreTestingSelection, one for each"
    )


class DumpedTiering(_Part):
    """A tiering configuration."""

    configuration: Body = Field(description="the `TieringConfiguration` of GetTieringConfiguration")
    tags: dict[str, str] = {}


class DumpedRegion(_Part):
    """AWS Backup in one account and Region."""

    plans: tuple[DumpedPlan, ...] = ()
    vaults: tuple[DumpedVault, ...] = ()
    frameworks: tuple[DumpedFramework, ...] = ()
    report_plans: tuple[DumpedReportPlan, ...] = ()
    restore_testing_plans: tuple[DumpedRestoreTesting, ...] = ()
    legal_holds: tuple[Body, ...] = Field(default=(), description="GetLegalHold, one for each that is active")
    tiering_configurations: tuple[DumpedTiering, ...] = ()
    region_settings: Body | None = Field(default=None, description="DescribeRegionSettings")


class Dump(_Part):
    """Everything: accounts by id, in them Regions by name. `failed`: what could not be read, by account, in words."""

    format: Literal[1] = FORMAT
    organization: Organization | None = None
    global_settings: Body | None = Field(default=None, description="the `GlobalSettings` of DescribeGlobalSettings")
    accounts: dict[str, dict[str, DumpedRegion]]
    failed: dict[str, str] = {}
