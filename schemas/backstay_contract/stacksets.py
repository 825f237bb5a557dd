"""The manifest of the CloudFormation target: which template belongs to which accounts and Region, as stack sets."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class StackParameter(BaseModel):
    """A parameter of a template that needs a value in every account: there is no default that could be right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    stands_for: str = Field(description="what the policy says in its place, such as the ARN of a key's alias")


class StackLeftOut(BaseModel):
    """Something that the policy says and CloudFormation has no resource for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    why: str


class StackSet(BaseModel):
    """One stack set: a template with where it goes. `order`: a set of 2 is deployed after those of 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    template: str = Field(description="path beside the manifest")
    order: int
    region: str
    accounts: tuple[str, ...]
    units: tuple[str, ...] = Field(default=(), description="units whose whole subtrees are just these accounts")
    size: int = Field(description="bytes of the template; above 51,200 it has to come from a bucket")
    parameters: tuple[StackParameter, ...] = ()
    capabilities: tuple[Literal["CAPABILITY_NAMED_IAM"], ...] = ()
    left_out: tuple[StackLeftOut, ...] = ()


class StackSets(BaseModel):
    """`cloudformation/stacksets.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    stack_sets: tuple[StackSet, ...]
    left_out: tuple[StackLeftOut, ...] = Field(default=(), description="of the whole organization")
