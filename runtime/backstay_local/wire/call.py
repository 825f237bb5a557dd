"""One call as the service behind the wire sees it: who asks for what, and the three things it can answer with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """The facts of one authenticated request, without its parameters."""

    operation: str
    account: str
    region: str
    principal: str
    """ARN of the caller: an account root, a user, or an assumed role."""
    now: datetime
    request_id: str
    after: str | None = None
    """For a list operation: the key of the last row of the previous page."""
    page_size: int | None = None
    """For a list operation: how many rows the caller asked for at most; None when the caller did not say."""
    access_key: str = ""
    """The key that signed the request; empty where nobody says."""
    agent: str = ""
    """The program that asked, as its `User-Agent` says."""


class AwsError(Exception):
    """An error that goes back to the caller in AWS's own form."""

    def __init__(self, code: str, message: str, status: int = 400, members: Mapping[str, str] | None = None) -> None:
        """Answer with `code` and `message`; `members` are further members of the modelled error."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members: Mapping[str, str] = members or {}

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer of a list operation: rows strictly after `call.after`, in ascending order of their key.

    `rows` may be lazy and endless for all the engine cares: it takes one page of them.
    """

    member: str
    rows: Iterable[tuple[str, Mapping[str, Any]]]
    extra: Mapping[str, Any] = field(default_factory=dict)


Handler = Callable[[Call, dict[str, Any]], Mapping[str, Any] | Listing]
