"""The name of the operation that a request is for, in whichever protocol it comes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from backstay_local.wire.route import Router

if TYPE_CHECKING:
    from backstay_local.wire.message import Request

# What boto3 calls the services that are signed for under another name (endpoint prefixes of botocore's models).
CLIENTS = {
    "elasticfilesystem": "efs",
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}


def names_of(service: str) -> tuple[str, ...]:
    """A service by the name that is signed for and by boto3's."""
    return (service, CLIENTS[service]) if service in CLIENTS else (service,)


def operation_of(request: Request, service: str) -> str:
    """The operation; empty where the request does not say, or the service is not known."""
    if "x-amz-target" in request.headers:
        return request.headers["x-amz-target"].rpartition(".")[2]
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return request.path.rpartition("/operation/")[2]
    form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    text = request.body.decode("utf-8", "replace") if form else request.query
    action = parse_qs(text).get("Action", [""])[0]
    return action or _routed(request, service)


def _routed(request: Request, service: str) -> str:
    router = _router(names_of(service)[-1])
    found = router.find(request) if router is not None else None
    return found[0].name if found is not None else ""


@cache
def _router(service: str) -> Router | None:
    from botocore.exceptions import UnknownServiceError

    try:
        return Router(service, by_needs=True)
    except UnknownServiceError:
        return None
