"""A folder of a bucket in Amazon S3, as far as the agent keeps things there: whole objects, read and written."""

from __future__ import annotations

from collections.abc import Iterator
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

    def names(self) -> Iterator[str]:
        """The names of the objects directly in it, as S3 sorts them; raises AwsProblem."""
        aws, begin = self.aws, f"{self.prefix}/"

        def call(**token: str) -> dict[str, Any]:
            members = {"Bucket": self.bucket, "Prefix": begin, "Delimiter": "/", **token}
            return aws.call(aws.caller(), aws.region, "s3", "ListObjectsV2", **members)

        for item in pages(call, "Contents", "NextContinuationToken", "ContinuationToken"):
            yield str(item["Key"]).removeprefix(f"{self.prefix}/")


def folder(aws: Aws, address: str) -> Folder:
    """`s3://bucket/folder`; raises ValueError."""
    bucket, slash, prefix = address.removeprefix(SCHEME).partition("/")
    prefix = prefix.strip("/")
    if not address.startswith(SCHEME) or not bucket or not slash or not prefix:
        raise ValueError(f"{address!r} is no folder in S3: say s3://bucket/folder")
    return Folder(aws, bucket, prefix)
