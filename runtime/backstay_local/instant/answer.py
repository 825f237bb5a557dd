"""Which S3 operation a request through a backup access point is, who may have it, and its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from backstay_aws import access, arns
from backstay_local.backup import policies
from backstay_local.data import DataError
from backstay_local.wire.call import AwsError
from backstay_local.wire.message import Response

from . import lists, objects
from .address import Address
from .content import Content, Read

if TYPE_CHECKING:
    from backstay_local.backup.access_points.reading import Shown
    from backstay_local.backup.access_points.rows import AccessPoint
    from backstay_local.credentials import Caller
    from backstay_local.wire.message import Request
    from backstay_local.world.world import World

_NOT_ALLOWED = "Backup access points are read-only, and offer no other operations than those of reading."

Answer = tuple[int, dict[str, str], bytes | ElementTree.Element]
"""Status, headers, and a body: bytes, or an element of XML."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation that an access point offers: the IAM action that allows it, and what it answers."""

    action: str
    answer: Callable[[Content, Read], Answer]


_OF_ALL: Mapping[str, Operation] = MappingProxyType(
    {
        "": Operation("s3:ListBucket", lists.objects),
        "list-type": Operation("s3:ListBucket", lists.objects_v2),
        "versions": Operation("s3:ListBucketVersions", lists.versions),
        "location": Operation("s3:GetBucketLocation", lists.location),
    }
)
"""Operations on the whole, by the word in the query that chooses them."""

_OF_OBJECT: Mapping[str, Operation] = MappingProxyType(
    {
        "": Operation("s3:GetObject", objects.get),
        "tagging": Operation("s3:GetObjectTagging", objects.tagging),
        "attributes": Operation("s3:GetObjectAttributes", objects.attributes),
    }
)
"""Operations on an object. What AWS supports: developer guide, backup-access-points."""

_SIGNING = ("x-id", "x-amz-", "response-")
_LISTING = ("prefix", "delimiter", "max-keys", "encoding-type", "fetch-owner", "marker", "key-marker")
_WORDS = (*_SIGNING, *_LISTING, "start-after", "continuation-token", "version-id-marker", "versionid")
"""How words in a query begin that choose no operation."""


class Reads:
    """S3 through backup access points."""

    def __init__(self, shown: Callable[[str], Shown | None], world: World) -> None:
        """`shown` gives what the access point of an alias shows."""
        self._shown = shown
        self._world = world

    def handle(self, request: Request, place: Address, caller: Caller, request_id: str) -> Response:
        """The answer to one request; an `AwsError` where S3 refuses."""
        try:
            status, headers, body = self._answer(request, place, caller)
        except DataError as error:
            raise AwsError("AccessDenied", str(error), status=403) from error
        except AwsError as error:
            if request.method != "HEAD":  # whose answer has no body to tell a code in
                raise
            status, headers, body = error.status, {"Content-Type": "application/xml"}, b""
        headers = {**headers, "x-amz-request-id": request_id}
        if isinstance(body, ElementTree.Element):
            body = ElementTree.tostring(body, encoding="utf-8", xml_declaration=True)
            headers["Content-Type"] = "application/xml"
        return Response(status, tuple(headers.items()), body)

    def _answer(self, request: Request, place: Address, caller: Caller) -> Answer:
        found = self._shown(place.alias)
        if found is None:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", status=404)
        operation = _operation(request, place)
        self._admit(found.point, caller, operation.action, place.key)
        if found.point.status != "AVAILABLE":
            sentence = f"The backup access point is {found.point.status}, not AVAILABLE."
            raise AwsError("InvalidBucketState", sentence, status=409)
        if found.held is None:
            raise AwsError("AccessDenied", "The KMS key of the recovery point is disabled or gone.", status=403)
        content = Content(place.alias, found.point.region, found.held, found.low_cost)
        arguments = {name: values[-1] for name, values in request.arguments().items()}
        return operation.answer(content, Read(request.method, place.key, arguments, request.headers))

    def _admit(self, point: AccessPoint, caller: Caller, action: str, key: str) -> None:
        """Refuse whom the policy of the access point denies, and who is of another account and not let in by it."""
        mine = arns.Arn(arns.partition_of(point.region), "s3", point.region, point.account, f"accesspoint/{point.name}")
        resource = f"{mine}/object/{key}" if key else str(mine)
        policy = json.loads(point.policy) if point.policy else {"Statement": []}

        def says(question: Callable[..., bool]) -> bool:
            account, principal = caller.account, caller.principal
            return policies.says(
                self._world, question, policy, action, account=account, principal=principal, resource=resource
            )

        if says(access.denies) or (caller.account != point.account and not says(access.admits)):
            raise AwsError("AccessDenied", "Access Denied", status=403)


def _operation(request: Request, place: Address) -> Operation:
    """The operation of a request; `AccessDenied` for all that an access point does not offer."""
    words, known = request.arguments(), _OF_OBJECT if place.key else _OF_ALL
    chosen = [word for word in words if not word.lower().startswith(_WORDS)]
    operation = known.get(chosen[0] if chosen else "") if len(chosen) <= 1 else None
    heading = request.method == "HEAD" and operation is _OF_OBJECT[""]
    if operation is None or not (request.method == "GET" or heading):
        raise AwsError("AccessDenied", _NOT_ALLOWED, status=403)
    return operation
