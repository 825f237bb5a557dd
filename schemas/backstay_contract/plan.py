"""plan.json: what the agent will do to AWS, decided beforehand and executed as written.

Actions are a closed union over `kind`. Each carries its reason, what it changes (`before`, `after`: AWS request bodies
or descriptions), what must be done before it (`after_actions`, by id) and whether it can be undone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.organization import ACCOUNT_ID

FORMAT: Literal[1] = 1
Effect = Literal["reversible", "destructive", "irreversible"]
PartNoun = Literal[
    "air-gapped-vault",
    "backup-policy",
    "backup-policy-attachment",
    "framework",
    "key",
    "legal-hold",
    "report-plan",
    "restore-testing-plan",
    "restore-testing-selection",
    "role",
    "tiering-configuration",
]
"""Kinds of things that are made, changed and removed in one way: by what the agent knows of each kind."""
ConflictKind = Literal["vault", "vault-lock", "plan", "selection"] | PartNoun


class Drift(BaseModel):
    """Who wrote last what an action is about, as far as CloudTrail tells. It is told, and no plan is bound to it.

    `aws`: somebody else did, so AWS was changed. `policy`: Backstay itself did, so the policy changed. `unknown`: why
    nobody can tell.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cause: Literal["aws", "policy", "unknown"]
    by: str | None = Field(default=None, description="ARN of the caller; a service's name where a service did it")
    through: str | None = Field(default=None, description="the service that called for them, such as CloudFormation")
    at: str | None = Field(default=None, description="ISO 8601")
    operation: str | None = None
    event: str | None = Field(default=None, description="CloudTrail's id of the event")
    reason: str = Field(default="", description="why it is not known")


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="stable: derived from kind, place, name and content")
    account: str = Field(pattern=ACCOUNT_ID)
    region: str
    name: str = Field(description="of the vault, plan, selection or setting")
    reason: str
    effect: Effect = "reversible"
    changes: tuple[str, ...] = Field(default=(), description="for people: `rule daily: keep 14 → 35 days`")
    after_actions: tuple[str, ...] = ()
    drift: Drift | None = Field(default=None, description="only where somebody asked (`plan --who`)")


class CreateVault(_Action):
    """`CreateBackupVault` with ownership tags and a token derived from the content."""

    kind: Literal["create-vault"] = "create-vault"
    key: str | None = Field(description="key ARN, or the ARN of an alias whose key is made by this very plan")
    tags: dict[str, str]
    token: str


class DeleteVault(_Action):
    """`DeleteBackupVault` of an empty vault that is ours and that no policy names any more."""

    kind: Literal["delete-vault"] = "delete-vault"
    effect: Effect = "destructive"


class DeletePoints(_Action):
    """`DeleteRecoveryPoint` of each recovery point of a vault, by ARN; only `destroy` plans it, and only when asked."""

    kind: Literal["delete-points"] = "delete-points"
    effect: Effect = "destructive"
    points: tuple[str, ...] = Field(description="ARNs; nested ones before the composite that they belong to")
    size: int = Field(description="bytes, as AWS tells them")


class PutVaultLock(_Action):
    """`PutBackupVaultLockConfiguration`; irreversible (after the grace time) in compliance mode."""

    kind: Literal["put-vault-lock"] = "put-vault-lock"
    before: dict[str, Any] | None = None
    after: dict[str, Any]


class DeleteVaultLock(_Action):
    """`DeleteBackupVaultLockConfiguration`: protection is lowered."""

    kind: Literal["delete-vault-lock"] = "delete-vault-lock"
    effect: Effect = "destructive"
    before: dict[str, Any]


class PutVaultPolicy(_Action):
    """`PutBackupVaultAccessPolicy`."""

    kind: Literal["put-vault-policy"] = "put-vault-policy"
    before: dict[str, Any] | None = None
    after: dict[str, Any]


class DeleteVaultPolicy(_Action):
    """`DeleteBackupVaultAccessPolicy`."""

    kind: Literal["delete-vault-policy"] = "delete-vault-policy"
    before: dict[str, Any]


class PutVaultNotifications(_Action):
    """`PutBackupVaultNotifications`."""

    kind: Literal["put-vault-notifications"] = "put-vault-notifications"
    before: dict[str, Any] | None = None
    after: dict[str, Any]


class DeleteVaultNotifications(_Action):
    """`DeleteBackupVaultNotifications`."""

    kind: Literal["delete-vault-notifications"] = "delete-vault-notifications"
    before: dict[str, Any]


class CreatePlan(_Action):
    """`CreateBackupPlan` with ownership tags and a token derived from the content."""

    kind: Literal["create-plan"] = "create-plan"
    after: dict[str, Any]
    tags: dict[str, str]
    token: str


class UpdatePlan(_Action):
    """`UpdateBackupPlan`: a new version of a plan that is ours."""

    kind: Literal["update-plan"] = "update-plan"
    plan_id: str
    before: dict[str, Any]
    after: dict[str, Any]


class DeletePlan(_Action):
    """`DeleteBackupPlan`, after its selections."""

    kind: Literal["delete-plan"] = "delete-plan"
    effect: Effect = "destructive"
    plan_id: str
    before: dict[str, Any] | None = None


class CreateSelection(_Action):
    """`CreateBackupSelection`; `plan_id` is empty when the plan is created by this very plan."""

    kind: Literal["create-selection"] = "create-selection"
    plan: str
    plan_id: str | None = None
    after: dict[str, Any]
    token: str
    name_if_taken: str | None = Field(
        default=None, description="used when the service refuses a second selection of that name beside the old one"
    )


class DeleteSelection(_Action):
    """`DeleteBackupSelection`."""

    kind: Literal["delete-selection"] = "delete-selection"
    effect: Effect = "destructive"
    plan: str
    plan_id: str
    selection_id: str
    before: dict[str, Any]


class TagResource(_Action):
    """`TagResource` / `UntagResource` on a vault or a plan of ours."""

    kind: Literal["tag-resource"] = "tag-resource"
    arn: str
    set: dict[str, str] = {}
    remove: tuple[str, ...] = ()


class UpdateRegionSettings(_Action):
    """`UpdateRegionSettings`: opt-ins of a Region, and types whose backups AWS Backup manages fully."""

    kind: Literal["update-region-settings"] = "update-region-settings"
    before: dict[str, bool] = Field(description="`ResourceTypeOptInPreference`")
    after: dict[str, bool] = Field(description="`ResourceTypeOptInPreference`; empty: left as it is")
    management_before: dict[str, bool] = Field(default={}, description="`ResourceTypeManagementPreference`")
    management: dict[str, bool] = Field(
        default={}, description="`ResourceTypeManagementPreference`; empty: left as it is"
    )


class UpdateGlobalSettings(_Action):
    """`UpdateGlobalSettings` of the management account."""

    kind: Literal["update-global-settings"] = "update-global-settings"
    before: dict[str, str]
    after: dict[str, str]


class CreatePart(_Action):
    """Something of a kind that `noun` names, made with ownership tags and, where AWS takes one, a token."""

    kind: Literal["create-part"] = "create-part"
    noun: PartNoun
    after: dict[str, Any]
    tags: dict[str, str]
    token: str


class UpdatePart(_Action):
    """Something of ours made as the build says, as far as AWS can change it; `tags` are those that differ.

    It has no token: AWS would take a change that is made, undone and made again for the first one, and do nothing.
    """

    kind: Literal["update-part"] = "update-part"
    noun: PartNoun
    key: str = Field(description="what AWS knows it by: an ARN, an id or a name")
    before: dict[str, Any]
    after: dict[str, Any]
    tags: dict[str, str] = {}


class DeletePart(_Action):
    """Something of ours that no policy names any more, or that a new one has taken the place of."""

    kind: Literal["delete-part"] = "delete-part"
    noun: PartNoun
    key: str = Field(description="what AWS knows it by: an ARN, an id or a name")
    before: dict[str, Any]


Action = Annotated[
    CreateVault
    | DeleteVault
    | DeletePoints
    | PutVaultLock
    | DeleteVaultLock
    | PutVaultPolicy
    | DeleteVaultPolicy
    | PutVaultNotifications
    | DeleteVaultNotifications
    | CreatePlan
    | UpdatePlan
    | DeletePlan
    | CreateSelection
    | DeleteSelection
    | TagResource
    | UpdateRegionSettings
    | UpdateGlobalSettings
    | CreatePart
    | UpdatePart
    | DeletePart,
    Field(discriminator="kind"),
]


class Unreadable(BaseModel):
    """An account (in a Region) that could not be observed, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str
    region: str | None = None
    error: str
    named: bool = Field(
        default=True, description="whether the build names the account there; else only orphans are missed"
    )


class Orphan(BaseModel):
    """Something of ours in an account or Region that the build no longer names; shown, never touched unasked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str
    region: str
    kind: Literal["vault", "plan"] | PartNoun
    name: str
    reason: str
    strands: str = Field(default="", description="what it holds that another vault in its place does not get")


Lacking = Literal["role", "key", "topic", "copy", "opt-in", "trusted-access", "quota"]


class Prerequisite(BaseModel):
    """Something that must hold before the first write in a place and does not.

    Where `blocking`, nothing is written in that account and Region; else it is told and no more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str
    region: str
    kind: Lacking
    name: str
    needed_by: str
    reason: str = Field(default="", description="what is wrong with it; empty: it does not exist")
    remedy: str = Field(default="", description="one thing that somebody can do")
    blocking: bool = True


class Held(BaseModel):
    """Something of ours that `destroy` leaves, why, and from which day on it could go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str
    region: str
    kind: Literal["vault", "plan"] | PartNoun
    name: str
    reason: str
    points: int = 0
    size: int = Field(default=0, description="bytes of its recovery points, as AWS tells them")
    free_on: str | None = Field(default=None, description="ISO day; None: no day can be told")


class Contested(BaseModel):
    """Something that the build wants or that is ours, and that somebody else manages, too: it will flap."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str
    region: str
    kind: Literal["vault", "plan"]
    name: str
    controller: str = Field(description="who else: `CloudFormation stack backup-base`")
    reason: str


class Conflict(BaseModel):
    """A wish that is left alone: it would overwrite what is not ours, or AWS does not let it be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str
    region: str
    kind: ConflictKind
    name: str
    reason: str
    strands: str = Field(default="", description="what a vault in its place would not get")


class Scope(BaseModel):
    """What was looked at, so that an apply looks at the same: the build's folder and the options of `plan`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str = Field(description="the build, as it was named to `plan`")
    only: tuple[str, ...] = Field(default=(), description="accounts asked for; empty: all")
    also_regions: tuple[str, ...] = Field(default=(), description="further Regions in which orphans were looked for")
    adopt: bool = False
    orphans_only: bool = Field(default=False, description="of a destroy: only what the build no longer names")
    delete_points: bool = Field(default=False, description="of a destroy: recovery points may be deleted")


Purpose = Literal["apply", "destroy"]


class ChangePlan(BaseModel):
    """A saved plan. `build` and `observed` are digests: an apply refuses the plan when either is no longer true."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = FORMAT
    purpose: Purpose = "apply"
    id: str
    build: str
    observed: str
    at: str = Field(description="AWS's time when the accounts were read, ISO 8601")
    organization: str
    accounts: int = Field(description="accounts that the build names")
    names: dict[str, str] = Field(default={}, description="names of the accounts that are mentioned below")
    scope: Scope
    actions: tuple[Action, ...]
    unreadable: tuple[Unreadable, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    missing: tuple[Prerequisite, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    contested: tuple[Contested, ...] = ()
    held: tuple[Held, ...] = ()
