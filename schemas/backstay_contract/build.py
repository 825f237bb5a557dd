"""The build: what the compiler writes and the agent reads.

A build is a folder: `index.json` (`BuildIndex`), `shapes/<digest>.json` (`Shape`, one for each distinct configuration
of an account in a Region), `provenance.json` (`Provenance`) and, unless packed, one file a noun in
`accounts/<account>/<region>/`.
Inside a shape members carry AWS's names, as in `CreateBackupPlan` and its peers; where AWS wants the account's own id
stands `$account` (the variable that Organizations policies use for the same thing), so that all accounts of a shape
share its bytes.

2026-11-22: a word instead of a reserved account number, since people read shapes and no account can have that name.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from backstay_contract.organization import ACCOUNT_ID

FORMAT: Literal[1] = 1
ACCOUNT_PLACEHOLDER = "$account"


class Aws(BaseModel):
    """Base of parts whose members are AWS's, in AWS's spelling."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_pascal, populate_by_name=True)

    def body(self) -> dict[str, Any]:
        """The part as an AWS request body: AWS's member names, absent members left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Lifecycle(Aws):
    """`Lifecycle` of a rule or a copy; days."""

    move_to_cold_storage_after_days: int | None = None
    delete_after_days: int | None = None
    opt_in_to_archive_for_supported_resources: bool | None = None


class CopyAction(Aws):
    """`CopyAction`: where a rule's recovery points are copied to."""

    destination_backup_vault_arn: str
    lifecycle: Lifecycle | None = None


class Rule(Aws):
    """`BackupRuleInput`; windows in minutes."""

    rule_name: str
    target_backup_vault_name: str
    schedule_expression: str
    schedule_expression_timezone: str = "UTC"
    start_window_minutes: int = 480
    completion_window_minutes: int = 10080
    lifecycle: Lifecycle | None = None
    copy_actions: tuple[CopyAction, ...] = ()
    recovery_point_tags: dict[str, str] = {}
    enable_continuous_backup: bool = False


class BackupPlan(Aws):
    """`BackupPlanInput`."""

    backup_plan_name: str
    rules: tuple[Rule, ...]


class Plan(Aws):
    """The input of `CreateBackupPlan`."""

    backup_plan: BackupPlan
    backup_plan_tags: dict[str, str] = {}


class Condition(Aws):
    """A `ConditionParameter` of a selection; the key carries the prefix `aws:ResourceTag/`."""

    condition_key: str
    condition_value: str


class Conditions(Aws):
    """`Conditions` of a selection: all of them must hold."""

    string_equals: tuple[Condition, ...] = ()
    string_not_equals: tuple[Condition, ...] = ()
    string_like: tuple[Condition, ...] = ()
    string_not_like: tuple[Condition, ...] = ()


class TagCondition(Aws):
    """An element of `ListOfTags`: any of them suffices; the key carries no prefix."""

    condition_type: Literal["STRINGEQUALS"] = "STRINGEQUALS"
    condition_key: str
    condition_value: str


class BackupSelection(Aws):
    """`BackupSelection`: which resources a plan takes."""

    selection_name: str
    iam_role_arn: str
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    list_of_tags: tuple[TagCondition, ...] = ()
    conditions: Conditions | None = None


class Selection(Aws):
    """The input of `CreateBackupSelection`, with the plan's name where AWS wants its id."""

    backup_plan_name: str
    backup_selection: BackupSelection


class Vault(Aws):
    """The input of `CreateBackupVault`; `encryption_key_arn` may name an alias, which the agent resolves."""

    backup_vault_name: str
    encryption_key_arn: str | None = None
    backup_vault_tags: dict[str, str] = {}


class VaultLock(Aws):
    """The input of `PutBackupVaultLockConfiguration`: with `changeable_for_days` compliance, without governance."""

    backup_vault_name: str
    min_retention_days: int | None = None
    max_retention_days: int | None = None
    changeable_for_days: int | None = None


class VaultAccessPolicy(Aws):
    """The input of `PutBackupVaultAccessPolicy`, the document unfolded so that people can review it."""

    backup_vault_name: str
    policy: dict[str, Any]


class VaultNotifications(Aws):
    """The input of `PutBackupVaultNotifications`."""

    backup_vault_name: str
    sns_topic_arn: str = Field(alias="SNSTopicArn")
    backup_vault_events: tuple[str, ...]


class Shape(BaseModel):
    """Everything that an account gets in one Region."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = FORMAT
    region: str
    plans: tuple[Plan, ...] = ()
    selections: tuple[Selection, ...] = ()
    vaults: tuple[Vault, ...] = ()
    vault_locks: tuple[VaultLock, ...] = ()
    vault_access_policies: tuple[VaultAccessPolicy, ...] = ()
    vault_notifications: tuple[VaultNotifications, ...] = ()
    region_settings: dict[str, bool] = Field(default={}, description="opt-ins by resource type that the policy sets")

    def document(self) -> dict[str, Any]:
        """The shape as it is written to `shapes/<digest>.json`."""
        nouns = {noun: [part.body() for part in getattr(self, noun)] for noun in NOUNS}
        return {"format": self.format, "region": self.region, "region_settings": self.region_settings, **nouns}


NOUNS: tuple[str, ...] = (
    "plans",
    "selections",
    "vaults",
    "vault_locks",
    "vault_access_policies",
    "vault_notifications",
)


class BuildAccount(BaseModel):
    """An account in the index: who it is, and the digest of its shape in each Region."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    unit: str = Field(description="path of its unit, empty for the root")
    regions: dict[str, str]


class BuildOrganization(BaseModel):
    """The organization that a build was made for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    management_account: str = Field(pattern=ACCOUNT_ID)
    backup_account: str | None = None
    partition: Literal["aws", "aws-us-gov", "aws-cn"] = "aws"


class BuildIndex(BaseModel):
    """`index.json`: which account and Region gets which shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = FORMAT
    organization: BuildOrganization
    policies: tuple[str, ...]
    global_settings: dict[str, str] = Field(
        default={}, description="settings of the management account, as AWS spells them"
    )
    accounts: dict[str, BuildAccount]


class Origin(BaseModel):
    """Where a value was written and what brought it to the account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    policy: str
    target: str


class Provenance(BaseModel):
    """`provenance.json`: for each shape, JSON pointer → index into `origins`. Outside all digests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = FORMAT
    origins: tuple[Origin, ...]
    shapes: dict[str, dict[str, int]]
