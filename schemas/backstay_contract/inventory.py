"""The inventory: one row a resource, as JSON Lines."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.organization import ACCOUNT_ID


class InventoryResource(BaseModel):
    """A resource with its tags. `size_gb` in GiB, `daily_change` as a share of the size (0.02 = 2 % a day)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    arn: str = Field(pattern=r"^arn:")
    type: str
    account: str = Field(pattern=ACCOUNT_ID)
    region: str
    tags: dict[str, str] = {}
    size_gb: float = Field(default=0.0, ge=0)
    daily_change: float = Field(default=0.0, ge=0)
