"""A shape: everything that the accounts of one kind get in one Region."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.build.audit import Framework, ReportPlan, RestoreTestingPlan, RestoreTestingSelection
from backstay_contract.build.aws import FORMAT
from backstay_contract.build.managed import Key, Role
from backstay_contract.build.moved import Moved
from backstay_contract.build.plans import Plan, Selection
from backstay_contract.build.vaults import (
    AirGappedVault,
    LegalHold,
    TieringConfiguration,
    Vault,
    VaultAccessPolicy,
    VaultLock,
    VaultNotifications,
)


class Shape(BaseModel):
    """Everything that an account gets in one Region."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = FORMAT
    region: str
    plans: tuple[Plan, ...] = ()
    selections: tuple[Selection, ...] = ()
    vaults: tuple[Vault, ...] = ()
    air_gapped_vaults: tuple[AirGappedVault, ...] = ()
    vault_locks: tuple[VaultLock, ...] = ()
    vault_access_policies: tuple[VaultAccessPolicy, ...] = ()
    vault_notifications: tuple[VaultNotifications, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    report_plans: tuple[ReportPlan, ...] = ()
    restore_testing_plans: tuple[RestoreTestingPlan, ...] = ()
    restore_testing_selections: tuple[RestoreTestingSelection, ...] = ()
    legal_holds: tuple[LegalHold, ...] = ()
    tiering_configurations: tuple[TieringConfiguration, ...] = ()
    keys: tuple[Key, ...] = Field(default=(), description="managed KMS keys")
    roles: tuple[Role, ...] = Field(default=(), description="managed IAM roles, in one Region of each account")
    region_settings: dict[str, bool] = Field(default={}, description="opt-ins by resource type that the policy sets")
    management_preferences: dict[str, bool] = Field(
        default={}, description="types whose backups AWS Backup manages fully, as far as the policy says"
    )
    moved: tuple[Moved, ...] = Field(default=(), description="what was called otherwise before")

    def document(self) -> dict[str, Any]:
        """The shape as it is written to `shapes/<digest>.json`: nouns that are often empty only where they are not."""
        nouns = {noun: [part.body() for part in getattr(self, noun)] for noun in NOUNS}
        rare = {noun: [part.body() for part in getattr(self, noun)] for noun in RARE_NOUNS if getattr(self, noun)}
        more: dict[str, Any] = (
            {"management_preferences": self.management_preferences} if self.management_preferences else {}
        )
        if self.moved:
            more["moved"] = [one.model_dump(mode="json", exclude_none=True) for one in self.moved]
        fixed = {"format": self.format, "region": self.region, "region_settings": self.region_settings}
        return {**fixed, **nouns, **rare, **more}


NOUNS: tuple[str, ...] = (
    "plans",
    "selections",
    "vaults",
    "vault_locks",
    "vault_access_policies",
    "vault_notifications",
)
"""Always written, empty or not."""

RARE_NOUNS: tuple[str, ...] = (
    "air_gapped_vaults",
    "frameworks",
    "report_plans",
    "restore_testing_plans",
    "restore_testing_selections",
    "legal_holds",
    "tiering_configurations",
    "keys",
    "roles",
)
"""Written only where a shape has any."""
