"""What a review says beside its changes: accounts that could not be compared. Pure; text is not escaped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backstay.diff.difference import Difference


def asides(found: Difference) -> Iterator[str]:
    """A sentence for each sort of accounts that was not compared."""
    for accounts, one, many in (
        (found.joined, "is new in the organization file", "are new in the organization file"),
        (found.left, "is not in the organization file any more", "are not in the organization file any more"),
        (
            found.beyond,
            "was not compared: too many combinations of tags",
            "were not compared: too many combinations of tags",
        ),
    ):
        if accounts:
            more = f" and {len(accounts) - 1:,} more" if len(accounts) > 1 else ""
            yield f"{accounts[0]}{more} {many if more else one}."
