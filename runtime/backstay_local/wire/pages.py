"""Cutting a listing into pages, with tokens that only fit the question they were given for."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from .call import AwsError, Listing

if TYPE_CHECKING:
    from botocore.model import OperationModel

DEFAULT_PAGE = 1000
_MADE = ("CreationDate", "CreationTime")


def paginated(operation: OperationModel) -> bool:
    """Whether the operation answers in pages."""
    given, answered = operation.input_shape, operation.output_shape
    return given is not None and "NextToken" in given.members and answered is not None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a listing, whatever the page and its size."""

    operation: str
    account: str
    region: str
    params: Mapping[str, Any]

    def digest(self) -> str:
        """The same for every page of one listing, and for nothing else; worked out only where there is a token."""
        text = json.dumps([self.operation, self.account, self.region, self.params], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def token(key: str, question: Question) -> str:
    """The opaque token that continues after the row `key` of a listing."""
    asked = question.digest()
    return base64.urlsafe_b64encode(json.dumps([asked, key, _seal(asked, key)]).encode()).decode()


def after(given: str, question: Question) -> str:
    """The row key in a token; a garbled token, or one of another listing, is refused."""
    asked = question.digest()
    try:
        mark, key, seal = json.loads(base64.urlsafe_b64decode(given.encode("ascii")))
    except (ValueError, TypeError):
        mark, key, seal = "", "", None
    if mark != asked or not isinstance(key, str) or seal != _seal(asked, key):
        raise AwsError("InvalidParameterValueException", "The NextToken is not valid for this request.")
    return key


def until(listing: Listing, moment: datetime) -> Listing:
    """A listing without the rows that say that they were made after a moment."""
    rows = ((key, row) for key, row in listing.rows if not any(name in row and row[name] > moment for name in _MADE))
    return replace(listing, rows=rows)


def page(operation: OperationModel, listing: Listing, size: int, question: Question) -> dict[str, Any]:
    """One page of a listing as output members, with `NextToken` if there is more."""
    rows = list(islice(listing.rows, size + 1))
    output = operation.output_shape
    whole = output.members[listing.member].type_name == "map" if output is not None else False
    items = [item for _, item in rows[:size]]
    members: dict[str, Any] = dict(listing.extra)
    members[listing.member] = {key: value for item in items for key, value in item.items()} if whole else items
    if len(rows) > size:
        members["NextToken"] = token(rows[size - 1][0], question)
    return members


def _seal(asked: str, key: str) -> str:
    return hashlib.sha256(f"{asked}\0{key}".encode()).hexdigest()[:12]
