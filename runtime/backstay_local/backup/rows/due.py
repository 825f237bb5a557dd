"""What happens by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens by itself at a certain time."""

    kind: str
    id: str
    at: datetime
