"""STS as far as moto is too generous: who may assume a role, and who one is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from .denial import denial
from .wire.message import Request, Response

if TYPE_CHECKING:
    from .credentials import Caller
    from .world.world import World

_EXPIRATION = re.compile(rb"(?<=<Expiration>)[^<]+(?=</Expiration>)")
_XMLNS = "https://sts.amazonaws.com/doc/2011-06-15/"


def answer(request: Request, caller: Caller, world: World, request_id: str) -> Response | None:
    """What STS says before moto is asked; None lets moto answer."""
    form = parse_qs(request.body.decode("utf-8", "replace") or request.query)
    match form.get("Action", [""])[0]:
        case "AssumeRole":
            role = form.get("RoleArn", [""])[0]
            external = form.get("ExternalId", [None])[0]
            if may_assume(world, caller, role, {} if external is None else {"sts:ExternalId": external}):
                return None
            sentence = f"User: {caller.principal} is not authorized to perform: sts:AssumeRole on resource: {role}"
            return denial(request, "sts", "AccessDenied", sentence, 403, request_id)
        case "GetCallerIdentity":
            return _identity(caller, request_id)
        case "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML" | "GetSessionToken" | "GetFederationToken" as action:
            # moto would give out keys that are nobody's.
            sentence = f"This embedded AWS does not have the behaviour of {action}."
            return denial(request, "sts", "NotImplementedException", sentence, 501, request_id)
    return None


def may_assume(world: World, caller: Caller, role_arn: str, context: Mapping[str, str]) -> bool:
    """Whether the role exists and its trust policy admits the caller, or the role that the caller's session is of.

    `context` has the condition keys of the call, such as `sts:ExternalId`.
    """
    from backstay_aws.access import trusts

    role = world.role(role_arn)
    if role is None:
        return False
    document = role["AssumeRolePolicyDocument"]
    names = {caller.principal, world.session_role(caller.principal)}
    return any(
        trusts(document, principal_arn=name, principal_account=caller.account, context=context)
        for name in sorted(names)
    )


def in_time(body: bytes, now: datetime) -> bytes:
    """STS's answer with the end of a session told in the embedded AWS's time, which may be far ahead of moto's.

    Where it is behind, moto's stays: clients compare with their own clock, and would take a session for ended.
    """
    ahead = max(now - datetime.now(UTC), timedelta(0))
    return _EXPIRATION.sub(lambda found: _moved(found[0], ahead), body)


def _moved(text: bytes, ahead: timedelta) -> bytes:
    moment = datetime.fromisoformat(text.decode()) + ahead
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()


def _identity(caller: Caller, request_id: str) -> Response:
    user = caller.account if caller.principal.endswith(":root") else caller.principal.rpartition(":")[2]
    body = (
        f'<GetCallerIdentityResponse xmlns="{_XMLNS}"><GetCallerIdentityResult><Arn>{caller.principal}</Arn>'
        f"<UserId>{user}</UserId><Account>{caller.account}</Account></GetCallerIdentityResult>"
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
    headers = (("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id))
    return Response(200, headers, body.encode())
