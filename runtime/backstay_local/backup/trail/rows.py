"""The log of calls and of such service events as no other table remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from backstay_local.backup.rows import Json
from backstay_local.store import Store, Table


@dataclass(frozen=True, slots=True)
class Entry:
    """One call, or one thing that AWS Backup did by itself (then without a principal)."""

    account: str
    region: str
    at: datetime
    id: str
    """Of a call, its request id."""
    name: str
    principal: str | None
    request: Json | None = None
    """Parameters as the model spells them."""
    response: Json | None = None
    """What a call that changes something answered; of a service event, its details."""
    error: str | None = None
    message: str | None = None
    resources: list[str] = field(default_factory=list)
    agent: str = ""
    """The program that called, as it names itself."""


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        self.entries = Table(store, "trail", Entry, key=("account", "region", "at", "id"), indexes=("at",))
