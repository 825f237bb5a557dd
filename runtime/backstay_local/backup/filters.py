"""Filters of list operations, as SQL conditions, and the accounts that a list covers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from backstay_local.backup import errors
from backstay_local.backup.rows import newest_first
from backstay_local.backup.state import Facts, State
from backstay_local.wire.call import Call

if TYPE_CHECKING:
    from backstay_local.world.world import Organization

HISTORY = timedelta(days=30)  # job lists cover 30 days (semantics §1)
_SERVICE = "backup.amazonaws.com"
_EVERY = "*"
_BEFORE, _AFTER = "ByCreatedBefore", "ByCreatedAfter"
"""Lists with these filters are in the order of creation, newest first, by the column `sort`."""
_EVERY_MESSAGE = ("*", "ANY", "AGGREGATE_ALL")


def condition(params: Facts, known: Mapping[str, str]) -> tuple[str, list[Any]]:
    """The SQL condition and its arguments for those of the `known` filters that a request has."""
    given = [(sql, params[name]) for name, sql in known.items() if params.get(name) not in _without_effect(name)]
    if params.get(_AFTER) is not None and _AFTER in known:
        given.append(("sort < ?", newest_first(params[_AFTER], "")))  # where in an index the rows end
    return " AND ".join(["1 = 1", *(sql for sql, _ in given)]), [value for _, value in given]


def begin(call: Call, params: Facts) -> str | None:
    """After what place a list goes on that has these filters: rows that are too new are not even looked at."""
    if params.get(_BEFORE) is None:
        return call.after
    return max(call.after or "", newest_first(params[_BEFORE], ""))


def _without_effect(name: str) -> tuple[str | None, ...]:
    """Values of a filter that let everything pass."""
    return (None, *_EVERY_MESSAGE) if name == "ByMessageCategory" else (None,)


def jobs(state: State, call: Call, params: Facts, known: Mapping[str, str]) -> tuple[str, list[Any]]:
    """The condition of a job list: the accounts asked for, the Region, 30 days, and the filters."""
    accounts = covered(state, call, params.get("ByAccountId"))
    own, arguments = condition(params, known)
    marks = ", ".join("?" * len(accounts))
    sql = f"account IN ({marks}) AND region = ? AND created > ? AND {own}"
    return sql, [*accounts, call.region, call.now - HISTORY, *arguments]


def covered(state: State, call: Call, asked: str | None, every: str = _EVERY) -> list[str]:
    """The accounts whose jobs a caller asked for; only the management account and its delegates see others'."""
    if asked is None or asked == call.account:
        return [call.account]
    organization = overseen(state, call.account)
    if organization is None:
        raise errors.denied()
    if asked == every:
        return sorted(organization.members)
    return [asked] if asked in organization.members else []


def overseen(state: State, account: str) -> Organization | None:
    """The organization whose accounts this account may see: it manages it, or is its delegate for AWS Backup."""
    organization = state.world.organization()
    if organization is None:
        return None
    sees = {organization.management_account, *organization.delegated.get(_SERVICE, frozenset())}
    return organization if account in sees else None
