"""How a control says in SQL what its predicate says in Python: a status and a reason over one subject `s`.

The dialect is DuckDB's. `:now` stands for AWS's time at the audit. What several controls rest on is worked out once, in
the relations of `relations.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sql:
    """Two expressions over `s` and what is joined to it; `joins` must neither add nor take away a row of `s`."""

    status: str
    reason: str
    joins: str = ""


def text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


def listed(values: Iterable[str]) -> str:
    """A list of strings, never without a type."""
    return f"CAST([{', '.join(text(value) for value in values)}] AS VARCHAR[])"


def number(value: int | None) -> str:
    """An integer literal, or NULL."""
    return "CAST(NULL AS BIGINT)" if value is None else str(value)


def short_name(arn: str) -> str:
    """`facts.short_name` of an expression."""
    return f"coalesce(nullif(split_part(replace({arn}, ':', '/'), '/', -1), ''), {arn})"


def place(row: str) -> str:
    """A number for the account and Region of a row, quicker to be compared than both names.

    Only beside the name of a resource: that the numbers of two places are equal is all but impossible, and that both
    have a resource of one name besides is more so, since ARNs name account and Region and buckets are only once.
    """
    return f"hash({row}.account, {row}.region)"


def day_and_time(moment: str) -> str:
    """A time as reasons tell it, in UTC."""
    return f"(strftime({moment}, '%Y-%m-%d %H:%M') || ' UTC')"


def ago(moment: str) -> str:
    """`ages.ago` of the time since a moment."""
    minutes = f"greatest(0, (epoch_us(:now) - epoch_us({moment})) // 60000000)"
    return (
        f"CASE WHEN {minutes} < 120 THEN {minutes} || ' minute' || CASE WHEN {minutes} = 1 THEN '' ELSE 's' END"
        f" WHEN {minutes} < 2880 THEN ({minutes} // 60) || ' hours' ELSE ({minutes} // 1440) || ' days' END"
    )


def every(seconds: str) -> str:
    """`ages.every` of a number of seconds."""
    hours = f"CAST(round_even({seconds} / 3600.0, 0) AS BIGINT)"
    return (
        f"CASE WHEN {hours} % 24 = 0 THEN CASE WHEN {hours} = 24 THEN 'day' ELSE ({hours} // 24) || ' days' END"
        f" WHEN {hours} = 1 THEN 'hour' ELSE {hours} || ' hours' END"
    )


def kept(days: str) -> str:
    """`for ever`, or `35 days`."""
    return f"CASE WHEN {days} IS NULL THEN 'for ever' ELSE {days} || ' days' END"


def days(count: str) -> str:
    """`1 day`, `35 days`."""
    return f"({count} || CASE WHEN {count} = 1 THEN ' day' ELSE ' days' END)"


def lasting(seconds: str) -> str:
    """`required.lasting` of a number of seconds."""
    return (
        f"CASE WHEN {seconds} % 86400 = 0 THEN {days(f'({seconds} // 86400)')}"
        f" WHEN {seconds} % 3600 = 0 THEN ({seconds} // 3600)"
        f" || CASE WHEN {seconds} = 3600 THEN ' hour' ELSE ' hours' END"
        f" ELSE ({seconds} // 60) || CASE WHEN {seconds} // 60 = 1 THEN ' minute' ELSE ' minutes' END END"
    )
