"""The manifest of the Terraform target: which module belongs to which accounts and Region, and what it needs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class TerraformVariable(BaseModel):
    """A variable that a module needs a value for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    type: Literal["string"] = "string"
    description: str
    stands_for: str = Field(description="what the policy says in its place: `$account`, or the ARN of a key's alias")


class TerraformLeftOut(BaseModel):
    """Something that the policy says and a module lacks, since the provider cannot express it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gap: str = Field(description="the provider's gap, by its name in the schema's table")
    what: str


class TerraformModule(BaseModel):
    """One module: the folder beside the manifest, and whom it is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    region: str | None = Field(default=None, description="none for what holds in all Regions")
    accounts: tuple[str, ...]
    provider: str = Field(description="versions of hashicorp/aws that have every argument used")
    variables: tuple[TerraformVariable, ...]
    left_out: tuple[TerraformLeftOut, ...] = ()


class TerraformModules(BaseModel):
    """`terraform/modules.json`: the modules by the digests of their shapes, and that of the management account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    modules: dict[str, TerraformModule]
    organization: TerraformModule | None = None
