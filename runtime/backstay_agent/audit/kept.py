"""Shards that were read, kept for a run that has to be completed, and for one that asks for nothing younger.

That a shard is unchanged, AWS does not tell; so nothing here says it. What is taken instead of reading again is as old
as it is, and its place carries the time from which it is known. A shard is taken only where it was read for the same
build, through the same endpoint, by the same caller through the same role, and into the same rows.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from backstay_agent.audit.batch import Read, Shard, travelling
from backstay_agent.audit.locations import Location, LocationError
from backstay_agent.audit.packed import UnreadableFactsError, digest, pack, rows_digest, unpack
from backstay_agent.aws import Aws
from backstay_agent.controls.facts import Place
from backstay_agent.wanted import Build
from backstay_contract import canonical

FORMAT = 1
RESUMABLE = timedelta(hours=24)
"""How old what a cut run read may be, to be taken by the run that completes it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run over a build: when it began, by AWS's time, and whether everything was read."""

    began: datetime
    complete: bool


@dataclass(slots=True)
class Kept:
    """The shards of one build at one location. The first failure of the location ends its use, and is told.

    `run` is the file in which the latest run over the same accounts is noted.
    """

    location: Location
    folder: str
    run: str
    basis: Mapping[str, Any]
    failure: str | None = None
    taken: int = 0

    def since(self, shard: Shard, oldest: datetime) -> Place | None:
        """A shard that was read at that time or later; None where there is none."""
        body = self._get(self._name(shard))
        place = _unwrapped(body, shard, self.basis) if body is not None else None
        if place is None or place.read is None or place.read < oldest:
            return None
        self.taken += 1
        return place

    def save(self, shard: Shard, one: Read) -> None:
        """Keep a shard, if it was read whole."""
        if self.failure is None and one.whole and isinstance(one.outcome, Place):
            self._put(self._name(shard), _wrapped(one.outcome, self.basis))

    def last_run(self) -> Run | None:
        """The latest run over this build and the same accounts; None where there was none."""
        body = self._get(f"{self.folder}/{self.run}")
        try:
            document = json.loads(body or b"")
            return Run(datetime.fromisoformat(document["began"]), document["complete"] is True)
        except (ValueError, KeyError, TypeError):
            return None

    def note(self, run: Run) -> None:
        """Keep how a run stands."""
        document = {"format": FORMAT, "began": run.began.isoformat(), "complete": run.complete}
        self._put(f"{self.folder}/{self.run}", canonical.pretty(document))

    def _name(self, shard: Shard) -> str:
        return f"{self.folder}/{shard.account}/{shard.region}.json.gz"

    def _get(self, name: str) -> bytes | None:
        if self.failure is not None:
            return None
        try:
            return self.location.get(name)
        except LocationError as error:
            self.failure = str(error)
            return None

    def _put(self, name: str, body: bytes) -> None:
        if self.failure is None:
            try:
                self.location.put(name, body)
            except LocationError as error:
                self.failure = str(error)


def kept_at(location: Location, build: Build, aws: Aws, only: Sequence[str] = ()) -> Kept:
    """The shards of a build, as this caller reads them; `only`: the accounts that the run is about, none for all."""
    endpoint = travelling(aws.endpoint)
    read_by = {"caller": aws.caller(), "role": f"{endpoint.role_path}{endpoint.role_name}", "endpoint": endpoint.url}
    basis = {"identity": read_by, "origins": _origins(build), "rows": rows_digest()}
    run = f"run-{canonical.digest(sorted(only))}.json" if only else "run.json"
    return Kept(location, f"shards/{build.digest}", run, basis)


@cache
def _origins(build: Build) -> str:
    """A digest of what shards hold of a build and its own digest does not cover: lines of policies, and promises."""
    promises = build.promises.model_dump(mode="json") if build.promises is not None else None
    return canonical.digest([build.provenance, promises])


def _wrapped(place: Place, basis: Mapping[str, Any]) -> bytes:
    body = pack(place)
    assert place.read is not None
    head = {
        "format": FORMAT,
        "account": place.account,
        "region": place.region,
        "read": place.read.isoformat(),
        **basis,
        "digest": digest(body),
    }
    text = canonical.compact(head).removesuffix(b"}") + b',"place":' + body + b"}"
    return gzip.compress(text, compresslevel=5, mtime=0)


def _unwrapped(body: bytes, shard: Shard, basis: Mapping[str, Any]) -> Place | None:
    """The place in what was kept; None for whatever is damaged, of another basis, or of another shard."""
    try:
        head, found, packed = gzip.decompress(body).partition(b',"place":')
        document = json.loads(head + b"}") if found else {}
        packed = packed.removesuffix(b"}") if packed.endswith(b"}}") else b""
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    same = all(document.get(name) == value for name, value in basis.items())
    if document.get("format") != FORMAT or not same or document.get("digest") != digest(packed):
        return None
    try:
        place = unpack(Place, packed)
    except UnreadableFactsError:
        return None
    return place if (place.account, place.region) == shard else None
