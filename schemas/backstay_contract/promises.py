"""`promises.json` of a build: what the policies require of resources, and the exceptions that they make.

The compiler proves requirements for every resource that there could be; an audit judges them for those that there are.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.build import FORMAT

NAME = "promises.json"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TagTest(_Part):
    """A resource's tag compared with a text, in which `like` takes `*` for any text."""

    key: str
    operator: Literal["==", "!=", "like", "not like"]
    value: str


class TagChoice(_Part):
    """A resource's tag that has one of several values."""

    key: str
    values: tuple[str, ...]


class Condition(_Part):
    """A set of resources: exactly one member is given."""

    tag: TagTest | None = None
    tag_in: TagChoice | None = None
    arn: str | None = Field(default=None, description="an ARN, or a pattern with `*`")
    type: str | None = None
    everything: Literal[True] | None = None
    all_of: tuple[Condition, ...] | None = None
    any_of: tuple[Condition, ...] | None = None
    not_of: Condition | None = None


class Required(_Part):
    """A requirement. Retention and restore tests in days, `rpo_seconds` the longest time between two backups."""

    name: str
    accounts: tuple[str, ...] = Field(description="the accounts that it holds for")
    every: Condition
    types: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    keep_days: int | None = None
    rpo_seconds: int | None = None
    other_region: bool = False
    other_account: bool = False
    air_gapped: bool = False
    locked: bool = False
    immutable: bool = False
    tested_days: int | None = None
    origin: str | None = Field(default=None, description="`file:line`, relative to the policy folder")


class Excused(_Part):
    """A waiver: what of the policies is excused from a rule of the linter, until the end of a day."""

    rule: str
    on: str
    owner: str
    reason: str
    expires: date
    origin: str | None = None


class Promises(_Part):
    """Requirements and waivers, each in the order of the policies."""

    format: Literal[1] = FORMAT
    requirements: tuple[Required, ...] = ()
    waivers: tuple[Excused, ...] = ()
