"""An audit in three steps that share nothing but a location: list the shards, read batches of them, put them together.

For machines that come and go (AWS Step Functions and Lambda): whatever a step needs lies in `runs/<run>/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from backstay_agent.audit.batch import (
    WORKERS,
    DamagedError,
    Outcome,
    Shard,
    from_bytes,
    packed,
    read_many,
    time_of,
    to_bytes,
    unpacked,
)
from backstay_agent.audit.collect import Known, assembled, members_of
from backstay_agent.audit.locations import Location
from backstay_agent.audit.packed import UnreadableFactsError
from backstay_agent.aws import Aws
from backstay_agent.controls.facts import Facts, Member
from backstay_agent.observed import Unread
from backstay_agent.wanted import Build
from backstay_contract.canonical import pretty

LISTED, SHARDS = "listed.json", "shards.json"
_RUN = re.compile(r"[A-Za-z0-9_-]{1,80}")
_NEVER = "no worker came to an end with it"


class StepError(Exception):
    """A step that cannot be done; the message says what and why."""


def folder_of(run: str) -> str:
    """Where the files of a run lie; raises StepError for a name that is none."""
    if not _RUN.fullmatch(run):
        raise StepError(f"{run!r} is no name of a run: letters, digits, - and _, at most 80")
    return f"runs/{run}"


def list_shards(build: Build, aws: Aws, location: Location, run: str) -> int:
    """Write the list of shards, and what is known beside it; gives how many. Raises LocationError, UnreachableError."""
    began = time_of(build, aws)
    unread: list[Unread] = []
    members = list(members_of(build, aws, unread))
    shards = [{"account": member.id, "region": region} for member in members for region in build.regions]
    document = {
        "build": build.digest,
        "began": began.isoformat(),
        "members": [[one.id, one.name, one.unit, one.governed] for one in members],
        "unread": [[one.account, one.region, one.error] for one in unread],
    }
    location.put(f"{folder_of(run)}/{LISTED}", pretty(document))
    location.put(f"{folder_of(run)}/{SHARDS}", pretty(shards))
    return len(shards)


def read_listed(build: Build, aws: Aws, location: Location, run: str, shards: Sequence[Shard]) -> int:
    """Read some shards and write what came of each; gives how many were read whole. Raises LocationError."""
    time_of(build, aws)
    whole = 0
    for shard, one in zip(shards, read_many(build, aws, shards), strict=True):
        location.put(_name(run, shard), to_bytes(packed(one)))
        whole += one.whole
    return whole


def put_together(build: Build, aws: Aws, location: Location, run: str) -> Facts:
    """The facts of a run; shards that nobody left anything of are named. Raises StepError, LocationError."""
    known, shards = _listed(build, location, run)
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda shard: _found(location, run, shard), shards))
    outcomes = [one for one in found if not isinstance(one, str)]
    lost = {shard: one for shard, one in zip(shards, found, strict=True) if isinstance(one, str)}
    return assembled(build, known, outcomes, lost, time_of(build, aws))


def _name(run: str, shard: Shard) -> str:
    return f"{folder_of(run)}/shards/{shard.account}/{shard.region}.json.gz"


def _found(location: Location, run: str, shard: Shard) -> Outcome | str:
    """What came of a shard, or why nothing did."""
    body = location.get(_name(run, shard))
    if body is None:
        return _NEVER
    try:
        return unpacked(from_bytes(body)).outcome
    except (DamagedError, UnreadableFactsError) as error:
        return str(error)


def _listed(build: Build, location: Location, run: str) -> tuple[Known, list[Shard]]:
    document = _document(location, f"{folder_of(run)}/{LISTED}")
    try:
        if document["build"] != build.digest:
            raise StepError(f"run {run} is about another build than the one that lies there now: begin a new one")
        members = tuple(Member(*row) for row in document["members"])
        unread = tuple(Unread(*row) for row in document["unread"])
        known = Known(datetime.fromisoformat(document["began"]), members, unread)
    except (KeyError, TypeError, ValueError) as error:
        raise StepError(f"{location}/{folder_of(run)}/{LISTED} is no list of shards") from error
    return known, [Shard(member.id, region) for member in members for region in build.regions]


def _document(location: Location, name: str) -> Mapping[str, Any]:
    body = location.get(name)
    if body is None:
        raise StepError(f"{location}/{name} is missing: no shards were listed")
    try:
        document: Mapping[str, Any] = json.loads(body)
    except ValueError as error:
        raise StepError(f"{location}/{name} is no JSON") from error
    return document
