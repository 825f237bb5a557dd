"""The text of a template, which a request brings along or has in a bucket."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from backstay_local.wire.call import AwsError, Call

if TYPE_CHECKING:
    from backstay_local.world.world import World

# CloudFormation user guide, "Understand CloudFormation quotas", read 2026-11.
SENT = 51_200
STORED = 1_048_576

_VIRTUAL = re.compile(r"(?P<bucket>.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?")


def text(world: World, call: Call, asked: dict[str, Any]) -> str:
    """The template of a request, as text."""
    sent, where = asked.get("TemplateBody"), asked.get("TemplateURL")
    if (sent is None) == (where is None):
        raise AwsError("ValidationError", "Either Template URL or Template Body must be specified.")
    if sent is not None:
        return _short(sent, SENT, "templateBody")
    return _short(_stored(world, call, str(where)), STORED, "templateURL")


def _short(found: str, limit: int, member: str) -> str:
    if len(found.encode()) > limit:
        sentence = f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
        raise AwsError("ValidationError", f"{sentence}Member must have length less than or equal to {limit}")
    return found


def _stored(world: World, call: Call, url: str) -> str:
    from botocore.exceptions import ClientError

    parts = urlsplit(url)
    virtual = _VIRTUAL.fullmatch(parts.hostname or "")
    path = unquote(parts.path.lstrip("/"))
    bucket, _, key = (virtual["bucket"], "", path) if virtual else path.partition("/")
    if parts.scheme != "https" or not bucket or not key:
        raise AwsError("ValidationError", "TemplateURL must be a supported URL.")
    try:
        found: bytes = world.client("s3", call.account, call.region).get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        raise AwsError("ValidationError", f"S3 error: {error.response['Error']['Message']}") from None
    return found.decode("utf-8", "replace")
