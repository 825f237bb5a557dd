"""Verifies a restored table: active, and its items against those of the source, or counted where there is no source."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs.follow import pauses_of
from backstay_agent.jobs.locate import Where
from backstay_agent.jobs.verify.items import Comparison, compare, digests
from backstay_agent.jobs.verify.verdict import Restore, Verdict
from backstay_agent.jobs.verify.words import counted, size

_PATIENCE = 20
_GONE = frozenset({"ResourceNotFoundException"})


def verify_table(aws: Aws, restore: Restore, sleep: Callable[[float], None] = time.sleep) -> Verdict:
    """The verdict on a restored table; raises AwsProblem when it cannot be read."""
    name = _name(restore.created)
    table = _active(aws, restore.where, name, sleep)
    if table["TableStatus"] != "ACTIVE":
        return Verdict("failed", f"the table is {table['TableStatus']}, not ACTIVE")
    key = [part["AttributeName"] for part in table["KeySchema"]]
    here = digests(_items(aws, restore.where, name), key)
    total = f"ACTIVE with {counted(len(here), 'item')}"
    try:
        there = digests(_items(aws, restore.home, _name(restore.source)), key)
    except AwsProblem as problem:
        return _alone(restore, len(here), total, _why(problem, restore))
    except KeyError:
        return Verdict("differs", f"{total}; the source has another primary key by now")
    return _judged(compare(here, there), total, exact=restore.exact)


def _judged(comparison: Comparison, total: str, *, exact: bool) -> Verdict:
    """A table keeps no history, so a difference is a failure only where nobody can have written since."""
    if comparison.equal:
        return Verdict("verified", f"{total}, each equal to the source")
    parts = (
        (comparison.different, "differ from the source"),
        (comparison.missing, "are in the source only"),
        (comparison.extra, "are in the restored table only"),
    )
    told = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    since = "" if exact else "; the source may have been written to since the backup (--exact says it was not)"
    return Verdict("failed" if exact else "differs", f"{total}: {comparison.same:,} equal, {told}{since}")


def _alone(restore: Restore, items: int, total: str, why: str) -> Verdict:
    if not items and restore.size:
        return Verdict("failed", f"the table is empty, but the backup holds {size(restore.size)}")
    return Verdict("described", f"{total}; {why}, so its items could not be compared")


def _why(problem: AwsProblem, restore: Restore) -> str:
    if problem.code in _GONE:
        return "the source is not there any more"
    return f"the source cannot be read ({problem.code} in {restore.home.account})"


def _active(aws: Aws, where: Where, name: str, sleep: Callable[[float], None]) -> Mapping[str, Any]:
    """The table, once it is active, or as it is after a while."""
    for _, pause in zip(range(_PATIENCE), pauses_of(), strict=False):
        table: Mapping[str, Any] = aws.call(where.account, where.region, "dynamodb", "DescribeTable", TableName=name)[
            "Table"
        ]
        if table["TableStatus"] not in ("CREATING", "UPDATING"):
            break
        sleep(pause)
    return table


def _items(aws: Aws, where: Where, name: str) -> Iterator[Mapping[str, Any]]:
    start: dict[str, Any] = {}
    while True:
        answer = aws.call(where.account, where.region, "dynamodb", "Scan", TableName=name, ConsistentRead=True, **start)
        yield from answer.get("Items", ())
        if not answer.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
