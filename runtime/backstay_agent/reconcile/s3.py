"""A build and a state that lie in Amazon S3, for an agent that has no disk of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.read_build import BuildError
from backstay_agent.reconcile import state
from backstay_agent.reconcile.state import State
from backstay_contract.canonical import compact

_SCHEME = "s3://"
_ABSENT = frozenset({"NoSuchKey", "AccessDenied", "404", "403"})
"""What S3 says of an object that is not there; it denies whoever may not list. API GetObject; read 2026-11."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a bucket."""

    aws: Aws
    bucket: str
    prefix: str

    def get(self, name: str) -> bytes:
        """An object in it; raises AwsProblem."""
        aws, key = self.aws, f"{self.prefix}/{name}"
        answer = aws.call(aws.caller(), aws.region, "s3", "GetObject", Bucket=self.bucket, Key=key)
        try:
            body: bytes = answer["Body"].read()
        except Exception as error:  # whatever the transport raises while it streams
            raise AwsProblem(aws.caller(), aws.region, "GetObject", type(error).__name__, str(error)) from error
        return body

    def put(self, name: str, body: bytes) -> None:
        """Write an object in it, whole or not at all; raises AwsProblem."""
        aws, key = self.aws, f"{self.prefix}/{name}"
        members = {"Bucket": self.bucket, "Key": key, "Body": body, "ContentType": "application/json"}
        aws.call(aws.caller(), aws.region, "s3", "PutObject", **members)


def folder(aws: Aws, address: str) -> Folder:
    """`s3://bucket/folder`; raises ValueError."""
    bucket, slash, prefix = address.removeprefix(_SCHEME).partition("/")
    prefix = prefix.strip("/")
    if not address.startswith(_SCHEME) or not bucket or not slash or not prefix:
        raise ValueError(f"{address!r} is no folder in S3: say s3://bucket/folder")
    return Folder(aws, bucket, prefix)


_OPTIONAL = ("promises.json", "provenance.json")


def fetch_build(source: Folder, into: Path) -> Path:
    """Bring a build to a folder on disk, which `read_build` then judges; raises BuildError.

    Shapes are named by their digest, so those that are there from an earlier round are not brought again.
    """
    index = _needed(source, "index.json")
    shapes = into / "shapes"
    shapes.mkdir(parents=True, exist_ok=True)
    for name in sorted(_shapes(index)):
        if not (shapes / name).exists():
            (shapes / name).write_bytes(_needed(source, f"shapes/{name}"))
    for name in _OPTIONAL:
        try:
            (into / name).write_bytes(source.get(name))
        except AwsProblem as problem:
            if problem.code not in _ABSENT:
                raise BuildError(f"s3://{source.bucket}/{source.prefix}/{name}: {problem}") from problem
            (into / name).unlink(missing_ok=True)
    (into / "index.json").write_bytes(index)
    return into


def _needed(source: Folder, name: str) -> bytes:
    try:
        return source.get(name)
    except AwsProblem as problem:
        raise BuildError(f"s3://{source.bucket}/{source.prefix}/{name} cannot be read: {problem}") from problem


def _shapes(index: bytes) -> set[str]:
    """The files of the shapes that an index names; what is no index names none, and is refused later."""
    try:
        document: Any = json.loads(index)
        accounts: Mapping[str, Any] = document["accounts"]
        names = {str(name) for account in accounts.values() for name in account["regions"].values()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()
    return {f"{name}.json" for name in names if name.isalnum()}


@dataclass(frozen=True, slots=True)
class S3Store:
    """The state as an object; `name` tells apart functions that run different tasks."""

    folder: Folder
    name: str

    def load(self, organization: str) -> State:
        """What the object holds; an empty state when it cannot be had."""
        try:
            return state.read(self.folder.get(self.name), organization)
        except AwsProblem:
            return State(organization)

    def save(self, kept: State) -> None:
        """Write the object; raises OSError."""
        try:
            self.folder.put(self.name, compact(kept.document()))
        except AwsProblem as problem:
            raise OSError(str(problem)) from problem
