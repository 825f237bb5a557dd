"""Batches of shards: read here over a connection that is open, or wherever a worker is, over one of the worker's own.

What goes to a worker says where AWS is and which shards are wanted; secrets do not travel. What comes back are packed
bytes with their digest, so that facts are the same whoever read them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import pickle
import signal
import threading
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from backstay_agent.audit.packed import digest, pack, unpack
from backstay_agent.audit.shard import read_shard
from backstay_agent.audit.watched import watched
from backstay_agent.aws import Aws, AwsProblem, Endpoint, UnreachableError
from backstay_agent.aws.stoppable import StoppableAws
from backstay_agent.controls.facts import Place
from backstay_agent.observed import Unread
from backstay_agent.wanted import Build
from backstay_contract.canonical import compact

WORKERS = 16
"""Shards that one process reads at a time: they wait for AWS most of the time."""
INTERRUPTED = "interrupted before it was read"
_BODY = b',"body":'
_lock = threading.Lock()
_builds: dict[bytes, Build] = {}

Outcome = Place | Unread


class Read(NamedTuple):
    """What came of a shard, and whether it would be the same if it were read again at once."""

    outcome: Outcome
    whole: bool


class Shard(NamedTuple):
    """An account in a Region."""

    account: str
    region: str


class DamagedError(Exception):
    """What a worker sent is not what it wrote."""


@dataclass(frozen=True, slots=True)
class Task:
    """All that a worker needs: the build, where AWS is, as which account the caller acts there, and the shards.

    `build` is packed by `pack_build`. `endpoint` has no keys: the worker finds credentials as every AWS program does.
    """

    build: bytes
    endpoint: Endpoint
    caller: str
    shards: tuple[Shard, ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """One shard as it was read: its bytes and their digest; `entered` is whether they are a Place, else an Unread."""

    entered: bool
    whole: bool
    body: bytes
    digest: str


def read_one(build: Build, aws: Aws, shard: Shard) -> Read:
    """Everything of a shard, with the time from which it is known."""
    began = aws.now
    with watched(aws) as seen:
        outcome = read_shard(build, aws, *shard)
    if isinstance(aws, StoppableAws) and aws.stopped:
        return Read(Unread(*shard, INTERRUPTED), whole=False)
    if isinstance(outcome, Unread):
        return Read(outcome, whole=False)
    return Read(replace(outcome, read=began), whole=not outcome.unread and not seen.passing)


def time_of(build: Build, aws: Aws) -> datetime:
    """The time of AWS Backup itself, which ages are judged by; refused or not, an answer tells it."""
    caller = aws.caller()
    if build.home is not None:
        with suppress(AwsProblem):
            aws.call(caller, build.home, "backup", "ListBackupVaults", MaxResults=1)
    return aws.now


def read_many(build: Build, aws: Aws, shards: Sequence[Shard]) -> list[Read]:
    """Shards side by side, in their order."""
    if len(shards) == 1:
        return [read_one(build, aws, shards[0])]
    with ThreadPoolExecutor(min(WORKERS, len(shards))) as pool:
        return list(pool.map(lambda shard: read_one(build, aws, shard), shards))


def read_batch(task: Task) -> tuple[Packed, ...]:
    """What a worker does: read the shards of a task. Without credentials of the caller's, nothing is read."""
    build = unpack_build(task.build)
    try:
        aws = _connection(task.endpoint)
        here = aws.caller()
        time_of(build, aws)
    except UnreachableError as error:
        return _refused(task, f"the worker could not use AWS: {error}")
    if here != task.caller:
        return _refused(task, f"the worker acts as account {here}, and the audit as {task.caller}: nothing was read")
    return tuple(packed(one) for one in read_many(build, aws, task.shards))


def packed(one: Read) -> Packed:
    """A shard as it travels."""
    body = pack(one.outcome)
    return Packed(isinstance(one.outcome, Place), one.whole, body, digest(body))


def unpacked(one: Packed) -> Read:
    """The shard again; raises DamagedError, or UnreadableFactsError where other versions wrote it."""
    if digest(one.body) != one.digest:
        raise DamagedError("what the worker sent was damaged on the way: its digest is not the one that was sent")
    return Read(unpack(Place, one.body) if one.entered else unpack(Unread, one.body), one.whole)


def to_bytes(one: Packed) -> bytes:
    """A shard as a file."""
    head = {"digest": one.digest, "entered": one.entered, "whole": one.whole}
    return gzip.compress(compact(head).removesuffix(b"}") + _BODY + one.body + b"}", compresslevel=5, mtime=0)


def from_bytes(file: bytes) -> Packed:
    """The shard in a file; raises DamagedError."""
    try:
        head, found, body = gzip.decompress(file).partition(_BODY)
        told = json.loads(head + b"}") if found else {}
        return Packed(bool(told["entered"]), bool(told["whole"]), body[:-1], str(told["digest"]))
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"what a worker left is no shard: {error}") from error


def pack_build(build: Build) -> bytes:
    """A build as it travels between processes of one version of Backstay (others are refused before)."""
    return zlib.compress(pickle.dumps(build, protocol=5))


def unpack_build(body: bytes) -> Build:
    """The build again; once per process, as long as it is the same."""
    name = hashlib.sha256(body).digest()
    with _lock:
        if name not in _builds:
            _builds.clear()
            _builds[name] = pickle.loads(zlib.decompress(body))
        return _builds[name]


def _refused(task: Task, sentence: str) -> tuple[Packed, ...]:
    return tuple(packed(Read(Unread(*shard, sentence), whole=False)) for shard in task.shards)


_connections: dict[Endpoint, Aws] = {}
_given: list[tuple[str, str]] = []


def begin_child(keys: tuple[str, str] | None) -> None:
    """What a child process of ours does first: take the keys that nobody else gets, leave Ctrl-C to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if keys is not None:
        _given.append(keys)


def _connection(endpoint: Endpoint) -> Aws:
    """The process's way to AWS, opened once: clients and roles that were taken are shared by its batches."""
    with _lock:
        if endpoint not in _connections:
            _connections[endpoint] = Aws(replace(endpoint, keys=_given[-1]) if _given else endpoint)
        return _connections[endpoint]


def travelling(endpoint: Endpoint) -> Endpoint:
    """The settings as they go to a worker: without keys, and with the URL that the environment here names."""
    return replace(endpoint, keys=None, url=endpoint.url or os.environ.get("AWS_ENDPOINT_URL"))
