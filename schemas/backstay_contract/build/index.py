"""The index and the provenance of a build."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.build.aws import FORMAT
from backstay_contract.organization import ACCOUNT_ID


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
