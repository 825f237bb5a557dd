"""How a restore avoids what exists: the metadata of a recovery point with a new name where the type needs one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backstay_aws import arns


@dataclass(frozen=True, slots=True)
class _Naming:
    """How restored resources of a type are named: the metadata's key, the longest name, what is no part of a name."""

    key: str
    longest: int
    foreign: str
    fixed: Mapping[str, str] = field(default_factory=dict)


_DATABASE = r"[^a-z0-9-]|-(?=-)"
_CLUSTER = _Naming("DBClusterIdentifier", 63, _DATABASE)
# Source: developer guide "Restoring a backup" of each type (restore metadata); naming rules of S3, DynamoDB and RDS;
# read 2026-11.
_NAMED: Mapping[str, _Naming] = {
    "S3": _Naming("DestinationBucketName", 63, r"[^a-z0-9.-]|\.(?=\.)", {"NewBucket": "true"}),
    "DynamoDB": _Naming("targetTableName", 255, r"[^A-Za-z0-9_.-]"),
    "RDS": _Naming("DBInstanceIdentifier", 63, _DATABASE),
    "Aurora": _CLUSTER,
    "DocumentDB": _CLUSTER,
    "Neptune": _CLUSTER,
}
# Types whose restore always makes something new under an id that AWS chooses; EFS only when told so.
_NEW_BY_ITSELF: Mapping[str, Mapping[str, str]] = {
    "EBS": {},
    "EC2": {},
    "EFS": {"newFileSystem": "true"},
    "FSx": {},
}
_TOKEN = "CreationToken"  # EFS: two file systems must not share one


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata to restore with; `chosen` are the keys whose values were made up here, or overridden."""

    values: Mapping[str, str]
    chosen: tuple[str, ...]


def metadata(
    type_: str, source: str, given: Mapping[str, str], wishes: Mapping[str, str], now: datetime
) -> Metadata | str:
    """The metadata of a restore that overwrites nothing, or why only the caller can give them.

    `given` is what AWS keeps with the recovery point (it describes the original, by its own name), `wishes` win.
    """
    chosen = {**_chosen(type_, source, given, now), **wishes}
    if not wishes and type_ not in _NAMED and type_ not in _NEW_BY_ITSELF:
        kept = ", ".join(f"{key}={value}" for key, value in sorted(given.items()))
        return (
            f"a restore of {type_} may overwrite what exists, and only you know where it shall go: "
            f"say it with --set (AWS keeps {kept or 'no metadata'})"
        )
    return Metadata({**given, **chosen}, tuple(sorted(chosen)))


def name_key(type_: str, source: str) -> str | None:
    """The key of the metadata that names what is restored, for types whose resources have names of one's own."""
    naming = _naming(type_, source)
    return None if naming is None else naming.key


def _chosen(type_: str, source: str, given: Mapping[str, str], now: datetime) -> dict[str, str]:
    naming = _naming(type_, source)
    if naming is not None:
        original = given.get(naming.key) or _name_of(source)
        return {naming.key: new_name(original, now, naming.longest, naming.foreign), **naming.fixed}
    fixed = dict(_NEW_BY_ITSELF.get(type_, {}))
    if type_ == "EFS":
        fixed[_TOKEN] = new_name(_name_of(source), now, 64, r"[^A-Za-z0-9_.-]")
    return fixed


def _naming(type_: str, source: str) -> _Naming | None:
    """How a type is named; an RDS Multi-AZ cluster has the type of an instance and the name of a cluster."""
    parsed = arns.parse(source)
    if type_ == "RDS" and parsed is not None and parsed.resource.startswith("cluster:"):
        return _CLUSTER
    return _NAMED.get(type_)


def new_name(original: str, now: datetime, longest: int, foreign: str) -> str:
    """A name that tells what was restored and when, and fits the rules of its type."""
    ending = f"-restored-{now:%Y%m%d-%H%M%S}"
    base = original if re.fullmatch(r".*[A-Z].*", original) and "A-Z" in foreign else original.lower()
    clean = re.sub(foreign, "-", base)
    clean = re.sub(r"[.-]*-[.-]*", "-", clean).strip("-.")
    return (clean[: longest - len(ending)].rstrip("-.") or "backup") + ending


def _name_of(source: str) -> str:
    return source.rpartition(":")[2].rpartition("/")[2]
