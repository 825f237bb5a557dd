"""A folder of a bucket in Amazon S3, as far as the agent keeps things there: whole objects, and their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backstay_agent.aws.aws import Aws
from backstay_agent.aws.errors import AwsProblem
from backstay_agent.paging import pages

SCHEME = "s3://"
ABSENT = frozenset({"NoSuchKey", "AccessDenied", "404", "403"})
"""What S3 says of an object that is not there; it denies whoever may not list. API GetObject; read 2026-11."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a bucket."""

    aws: Aws
    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}"

    def get(self, name: str) -> bytes:
        """An object in it; raises AwsProblem."""
        aws, key = self.aws, f"{self.prefix}/{name}"
        answer = aws.call(aws.caller(), aws.region, "s3", "GetObject", Bucket=self.bucket, Key=key)
        try:
            body: bytes = answer["Body"].read()
        except Exception as error:  # whatever the transport raises while it streams
            raise AwsProblem(aws.caller(), aws.region, "GetObject", type(error).__name__, str(error)) from error
        return body

    def put(self, name: str, body: bytes, content_type: str = "application/json") -> None:
        """Write an object in it, whole or not at all; raises AwsProblem."""
        aws, key = self.aws, f"{self.prefix}/{name}"
        members = {"Bucket": self.bucket, "Key": key, "Body": body, "ContentType": content_type}
        aws.call(aws.caller(), aws.region, "s3", "PutObject", **members)

    def remove(self, names: Sequence[str]) -> None:
        """Delete objects in it; raises AwsProblem, for the first that stays. API DeleteObjects: 1,000 a call."""
        aws = self.aws
        for begin in range(0, len(names), 1000):
            objects = [{"Key": f"{self.prefix}/{name}"} for name in names[begin : begin + 1000]]
            members = {"Bucket": self.bucket, "Delete": {"Objects": objects, "Quiet": True}}
            answer = aws.call(aws.caller(), aws.region, "s3", "DeleteObjects", **members)
            for error in answer.get("Errors", ()):
                told = f"{error.get('Key')}: {error.get('Message')}"
                raise AwsProblem(aws.caller(), aws.region, "DeleteObjects", str(error.get("Code")), told)

    def names(self) -> Iterator[str]:
        """The names of the objects directly in it, as S3 sorts them; raises AwsProblem."""
        return (str(item["Key"]).removeprefix(f"{self.prefix}/") for item in self._list("", "Contents", Delimiter="/"))

    def folders(self, below: str) -> Iterator[str]:
        """The names of the folders directly in one of its folders (`a/b/`); raises AwsProblem."""
        for item in self._list(below, "CommonPrefixes", Delimiter="/"):
            yield str(item["Prefix"]).removeprefix(f"{self.prefix}/{below}").rstrip("/")

    def tree(self, below: str) -> Iterator[str]:
        """The names of all objects whose names begin so, at any depth; raises AwsProblem."""
        return (str(item["Key"]).removeprefix(f"{self.prefix}/") for item in self._list(below, "Contents"))

    def _list(self, below: str, member: str, **members: str) -> Iterator[dict[str, Any]]:
        aws, begin = self.aws, {"Bucket": self.bucket, "Prefix": f"{self.prefix}/{below}", **members}

        def call(**token: str) -> dict[str, Any]:
            return aws.call(aws.caller(), aws.region, "s3", "ListObjectsV2", **begin, **token)

        return pages(call, member, "NextContinuationToken", "ContinuationToken")


def folder(aws: Aws, where: str) -> Folder:
    """`s3://bucket/folder`; raises ValueError."""
    return Folder(aws, *address(where))


def address(where: str) -> tuple[str, str]:
    """Bucket and folder of `s3://bucket/folder`; raises ValueError."""
    bucket, slash, prefix = where.removeprefix(SCHEME).partition("/")
    prefix = prefix.strip("/")
    if not where.startswith(SCHEME) or not bucket or not slash or not prefix:
        raise ValueError(f"{where!r} is no folder in S3: say s3://bucket/folder")
    return bucket, prefix
