"""`prerequisites.json`: what must be there, account by account and Region by Region, beside the backup policies."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.build import FORMAT, Shape
from backstay_contract.organization import ORGANIZATION_ID


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Condition = Literal["access-policy", "customer-managed-key", "cross-account-backup"]
Permission = Literal["backup", "index", "s3", "scan"]


class NeededVault(_Part):
    """A vault that plans back up into or copy to. `account` is twelve digits, or `$account` for the account's own."""

    arn: str
    account: str
    region: str
    name: str
    kind: Literal["vault", "air_gapped_vault"] = "vault"
    declared: bool = Field(description="some policy declares it in that account and Region, so it is in `rest` there")
    used_by: tuple[str, ...] = Field(description="`plan/rule` of those that need it")
    conditions: tuple[Condition, ...] = Field(
        default=(),
        description="what a copy to another account needs besides: a policy on the vault that admits it, keys that the "
        "customer manages on both sides, and the organization's switch for cross-account backup",
    )


class NeededRole(_Part):
    """A role that AWS Backup takes on, with what it must be allowed to do."""

    arn: str
    declared: bool
    permissions: tuple[Permission, ...]
    used_by: tuple[str, ...] = Field(description="`plan/selection`, or the plan for its malware scans")


class NeededKey(_Part):
    """A customer managed key of a declared vault."""

    arn: str
    declared: bool
    used_by: tuple[str, ...] = Field(description="names of vaults")


class OtherPlan(_Part):
    """A plan that backup policies cannot express; it is in `rest`, whole."""

    plan: str
    reasons: tuple[str, ...] = Field(min_length=1)


class Place(_Part):
    """What equal accounts need in one Region."""

    region: str
    vaults: tuple[NeededVault, ...] = ()
    roles: tuple[NeededRole, ...] = ()
    keys: tuple[NeededKey, ...] = ()
    opt_in: tuple[str, ...] = Field(
        default=(),
        description="types that selections name. For plans of the organization the management account's opt-ins count",
    )
    other_plans: tuple[OtherPlan, ...] = ()
    rest: Shape = Field(description="what the accounts target makes there beside the backup policies, as in `shapes/`")


class Accounts(_Part):
    """Accounts that need the same in every Region."""

    accounts: tuple[str, ...]
    regions: dict[str, str] = Field(description="Region → key in `places`")


class Prerequisites(_Part):
    """`prerequisites.json`: all that the plans need and the policies declare but backup policies cannot carry."""

    format: Literal[1] = FORMAT
    organization: str = Field(pattern=ORGANIZATION_ID)
    management_account: str
    global_settings: dict[str, str] = Field(
        description="settings of the management account, declared or needed by a copy to another account"
    )
    accounts: tuple[Accounts, ...]
    places: dict[str, Place]
