"""The base of parts that carry AWS's member names."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

FORMAT: Literal[1] = 1
ACCOUNT_PLACEHOLDER = "$account"


class Aws(BaseModel):
    """Base of parts whose members are AWS's, in AWS's spelling."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_pascal, populate_by_name=True)

    def body(self) -> dict[str, Any]:
        """The part as an AWS request body: AWS's member names, absent members left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
