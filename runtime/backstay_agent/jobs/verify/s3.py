"""Verifies a restored bucket: its objects against the history of the source, or against the backup's size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs.locate import Where
from backstay_agent.jobs.verify.objects import Comparison, Stored, Version, compare, wanted
from backstay_agent.jobs.verify.verdict import Restore, Verdict
from backstay_agent.jobs.verify.words import counted, listed, size
from backstay_aws import arns

_READ_BUDGET = 256 * 1024 * 1024
"""How many bytes are read at most to compare objects whose ETags say nothing."""
_PIECE = 1024 * 1024
_GONE = frozenset({"NoSuchBucket", "404"})


def verify_bucket(aws: Aws, restore: Restore) -> Verdict:
    """The verdict on a restored bucket; raises AwsProblem when it cannot be listed."""
    bucket = _name(restore.created)
    takes = wanted(restore.metadata.get("ItemsToRestore"))
    objects = [one for one in _objects(aws, restore.where, bucket) if takes(one.key)]
    total = f"{counted(len(objects), 'object')}, {size(sum(one.size for one in objects))}"
    history, why = _history(aws, restore)
    if history is None:
        return _alone(restore, objects, total, why)
    comparison = compare(objects, [version for version in history if takes(version.key)], restore.taken)
    same, different, unread = _settle(aws, restore, bucket, comparison)
    different = [*comparison.different, *different]
    if different or comparison.missing:
        return Verdict("failed", _wrong(total, different, comparison.missing))
    if restore.exact and comparison.gone:
        return Verdict("failed", f"{total}: the source does not have {listed(comparison.gone)}")
    return Verdict("verified", _right(total, len(comparison.same) + same, unread, len(comparison.gone)))


def _alone(restore: Restore, objects: Sequence[Stored], total: str, why: str) -> Verdict:
    """Without a source there is only the size that AWS gives for the backup, in words that AWS leaves open."""
    if not objects and restore.size and "ItemsToRestore" not in restore.metadata:
        return Verdict("failed", f"the bucket is empty, but the backup holds {size(restore.size)}")
    whole = sum(one.size for one in objects) == restore.size
    equal = (
        "as many bytes as the recovery point says" if whole else f"the recovery point says {size(restore.size or 0)}"
    )
    return Verdict("verified" if whole else "described", f"{total} ({equal}); {why}")


def _wrong(total: str, different: Sequence[str], missing: Sequence[str]) -> str:
    parts = []
    if different:
        parts.append(f"{counted(len(different), 'object')} never had this content in the source: {listed(different)}")
    if missing:
        parts.append(f"{counted(len(missing), 'object')} of the source {_is(missing)} missing: {listed(missing)}")
    return f"{total}: {'; '.join(parts)}"


def _is(things: Sequence[str]) -> str:
    return "is" if len(things) == 1 else "are"


def _right(total: str, same: int, unread: int, gone: int) -> str:
    parts = [f"{total}: nothing is missing, {same} equal to the source"]
    if unread:
        parts.append(f"{unread} compared by size only")
    if gone:
        parts.append(f"{gone} not in the source any more")
    return ", ".join(parts)


def _objects(aws: Aws, where: Where, bucket: str) -> Iterator[Stored]:
    token: dict[str, str] = {}
    while True:
        answer = aws.call(where.account, where.region, "s3", "ListObjectsV2", Bucket=bucket, **token)
        for item in answer.get("Contents", ()):
            yield Stored(item["Key"], item["Size"], item["ETag"])
        if not answer.get("IsTruncated"):
            return
        token = {"ContinuationToken": answer["NextContinuationToken"]}


def _history(aws: Aws, restore: Restore) -> tuple[list[Version] | None, str]:
    """Every version of every object of the source, or None and why it cannot be compared with."""
    try:
        return list(_versions(aws, restore.home, _name(restore.source))), ""
    except AwsProblem as problem:
        if problem.code in _GONE:
            return None, "the source is not there any more"
        return None, f"the source cannot be read ({problem.code} in {restore.home.account})"


def _versions(aws: Aws, where: Where, bucket: str) -> Iterator[Version]:
    markers: dict[str, str] = {}
    while True:
        answer = aws.call(where.account, where.region, "s3", "ListObjectVersions", Bucket=bucket, **markers)
        yield from (_version(item) for item in (*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())))
        if not answer.get("IsTruncated"):
            return
        markers = {"KeyMarker": answer["NextKeyMarker"], "VersionIdMarker": answer.get("NextVersionIdMarker", "")}


def _version(item: dict[str, Any]) -> Version:
    return Version(
        item["Key"],
        item["VersionId"],
        item.get("Size", 0),
        item.get("ETag"),
        item["LastModified"],
        item.get("StorageClass", "STANDARD"),
    )


def _settle(aws: Aws, restore: Restore, bucket: str, comparison: Comparison) -> tuple[int, list[str], int]:
    """Read what ETags cannot settle, as far as the budget goes: how many are equal, which are not, how many unread."""
    same, different, unread, read = 0, [], 0, 0
    for one, version in comparison.doubtful:
        if read + 2 * one.size > _READ_BUDGET:
            unread += 1
            continue
        read += 2 * one.size
        here = _digest(aws, restore.where, Bucket=bucket, Key=one.key)
        there = _digest(aws, restore.home, Bucket=_name(restore.source), Key=version.key, VersionId=version.id)
        if here == there:
            same += 1
        else:
            different.append(one.key)
    return same, different, unread


def _digest(aws: Aws, where: Where, **members: str) -> str:
    body = aws.call(where.account, where.region, "s3", "GetObject", **members)["Body"]
    found = hashlib.sha256()
    for piece in body.iter_chunks(_PIECE):
        found.update(piece)
    return found.hexdigest()


def _name(arn: str) -> str:
    parsed = arns.parse(arn)
    return parsed.resource if parsed else arn
