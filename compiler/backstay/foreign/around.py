"""What is around a thing that a file declares: where it is deployed to, and the reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backstay.ir import ACCOUNT


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of something."""

    account: str
    region: str
    reading: int

    def local(self, text: str) -> str:
        """A text with the own Region in it."""
        return text.replace("$region", self.region)

    def here(self, value: Any) -> Any:
        """A value with the own account and Region in all of its texts."""
        if isinstance(value, str):
            return self.local(value).replace(ACCOUNT, self.account)
        if isinstance(value, dict):
            return {key: self.here(item) for key, item in value.items()}
        return [self.here(item) for item in value] if isinstance(value, list | tuple) else value
