"""A folder in Amazon S3, and the state that lies in one, for an agent that has no disk of its own."""

from __future__ import annotations

from dataclasses import dataclass

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.reconcile import state
from backstay_agent.reconcile.state import State
from backstay_contract.canonical import compact

_SCHEME = "s3://"


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
