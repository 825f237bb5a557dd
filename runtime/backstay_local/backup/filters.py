"""Filters of list operations, as SQL conditions, and the accounts that a list covers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backstay_local.backup import errors
from backstay_local.backup.state import Facts, State
from backstay_local.wire.call import Call

HISTORY = timedelta(days=30)  # job lists cover 30 days (semantics §1)
_SERVICE = "backup.amazonaws.com"
_EVERY = "*"


def condition(params: Facts, known: Mapping[str, str]) -> tuple[str, list[Any]]:
    """The SQL condition and its arguments for those of the `known` filters that a request has."""
    given = [(sql, params[name]) for name, sql in known.items() if params.get(name) is not None]
    return " AND ".join(["1 = 1", *(sql for sql, _ in given)]), [value for _, value in given]


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
    organization = state.world.organization()
    if organization is None or not (
        call.account == organization.management_account
        or call.account in organization.delegated.get(_SERVICE, frozenset())
    ):
        raise errors.denied()
    if asked == every:
        return sorted(organization.members)
    return [asked] if asked in organization.members else []
