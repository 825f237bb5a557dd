"""What `org bootstrap` will do to an organization and its accounts, and what became of it.

Steps are a closed union over `kind`. Each carries its reason, what it changes and what must be done before it
(`after_steps`, by id). A step about the organization stands at its management account.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.organization import ACCOUNT_ID
from backstay_contract.plan import Effect


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="stable: derived from kind, place and content")
    account: str = Field(pattern=ACCOUNT_ID)
    region: str
    reason: str
    effect: Effect = "reversible"
    changes: tuple[str, ...] = Field(default=(), description="for people")
    after_steps: tuple[str, ...] = ()


class EnableAllFeatures(_Step):
    """`EnableAllFeatures`: every invited account is asked; what is enabled stays so for ever."""

    kind: Literal["enable-all-features"] = "enable-all-features"
    effect: Effect = "irreversible"


class EnableTrustedAccess(_Step):
    """`EnableAWSServiceAccess`, or `ActivateOrganizationsAccess` of CloudFormation for stack sets."""

    kind: Literal["enable-trusted-access"] = "enable-trusted-access"
    service: str


class EnablePolicyType(_Step):
    """`EnablePolicyType` of backup policies on the root."""

    kind: Literal["enable-policy-type"] = "enable-policy-type"
    root: str


class RegisterAdministrator(_Step):
    """`RegisterDelegatedAdministrator`."""

    kind: Literal["register-administrator"] = "register-administrator"
    administrator: str = Field(pattern=ACCOUNT_ID)
    service: str


class PutDelegation(_Step):
    """`PutResourcePolicy` of Organizations: what others put there stays."""

    kind: Literal["put-delegation"] = "put-delegation"
    before: dict[str, Any] | None
    after: dict[str, Any]


class SetGlobalSettings(_Step):
    """`UpdateGlobalSettings` of AWS Backup."""

    kind: Literal["set-global-settings"] = "set-global-settings"
    before: dict[str, str]
    after: dict[str, str]


class CreateRole(_Step):
    """`CreateRole`, with the policies that it gets."""

    kind: Literal["create-role"] = "create-role"
    role: str = Field(description="path and name")
    description: str
    trust: dict[str, Any]
    permissions: dict[str, Any] | None = Field(default=None, description="its inline policy")
    attach: tuple[str, ...] = Field(default=(), description="ARNs of managed policies")
    boundary: str | None = None


class UpdateRole(_Step):
    """What of a role is not as it should be; null and empty is as it should be."""

    kind: Literal["update-role"] = "update-role"
    role: str
    before: dict[str, Any]
    trust: dict[str, Any] | None = None
    permissions: dict[str, Any] | None = None
    attach: tuple[str, ...] = ()
    boundary: str | None = None
    drop_boundary: bool = False


class CreateStackSet(_Step):
    """`CreateStackSet`, service-managed, with automatic deployment."""

    kind: Literal["create-stack-set"] = "create-stack-set"
    stack_set: str
    template: dict[str, Any]
    parameters: dict[str, str]


class UpdateStackSet(_Step):
    """`UpdateStackSet`: template, parameters and automatic deployment; stacks that failed are tried again."""

    kind: Literal["update-stack-set"] = "update-stack-set"
    stack_set: str
    template: dict[str, Any]
    parameters: dict[str, str]


class DeployStackSet(_Step):
    """`CreateStackInstances` in units, for the accounts that have no stack yet."""

    kind: Literal["deploy-stack-set"] = "deploy-stack-set"
    stack_set: str
    units: tuple[str, ...]
    accounts: tuple[str, ...] = Field(description="those that get a stack now")


Step = Annotated[
    EnableAllFeatures
    | EnableTrustedAccess
    | EnablePolicyType
    | RegisterAdministrator
    | PutDelegation
    | SetGlobalSettings
    | CreateRole
    | UpdateRole
    | CreateStackSet
    | UpdateStackSet
    | DeployStackSet,
    Field(discriminator="kind"),
]


class Hindrance(BaseModel):
    """Something that is not as it should be and that no step can mend: of an account, or (null) the organization."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str | None = None
    what: str
    reason: str


class StepOutcome(BaseModel):
    """What became of a step; `error` says why it was not done. `accounts` failed inside a step that was done."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: str
    status: Literal["done", "failed", "skipped", "unapproved"]
    error: str | None = None
    accounts: dict[str, str] = Field(default={}, description="account → why its stack failed")


class Bootstrap(BaseModel):
    """The steps in their order, what cannot be done, and, after an apply, what became of each step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    id: str
    organization: str
    management_account: str = Field(pattern=ACCOUNT_ID)
    seen_at: str = Field(description="AWS's time in ISO 8601")
    accounts: dict[str, str] = Field(description="account → name, of those that were looked at")
    steps: tuple[Step, ...]
    hindrances: tuple[Hindrance, ...] = ()
    outcomes: tuple[StepOutcome, ...] | None = None
