"""Which resources of an inventory a shortfall is about, one by one, by the plain reading of selections. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from backstay.forecast.served import own
from backstay_aws.selection import matches

if TYPE_CHECKING:
    from backstay.diff.meaning import Shortfall
    from backstay_aws.selection import Selection


def affected(
    short: Shortfall, inventory: Iterable[Mapping[str, Any]], accounts: Iterable[str], region: str
) -> tuple[str, ...]:
    """The ARNs of resources that lose (or gain) what the shortfall says."""
    own = set(accounts)
    return tuple(
        sorted(
            str(row["arn"])
            for row in inventory
            if row["account"] in own
            and row["region"] == region
            and row["type"] in short.types
            and _is_about(short, row)
        )
    )


def _is_about(short: Shortfall, row: Mapping[str, Any]) -> bool:
    def taken(selections: Iterable[Selection]) -> bool:
        return any(_takes(one, row) for one in selections)

    kept = short.kept is None or taken(short.kept)
    return _takes(short.selection.selection, row) and kept and not taken(short.serving)


def _takes(selection: Selection, row: Mapping[str, Any]) -> bool:
    chosen = own(selection, str(row["account"]))
    return matches(
        chosen, arn=row["arn"], resource_type=row["type"], tags=row.get("tags") or {}, opted_in=lambda _: True
    )
