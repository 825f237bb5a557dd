"""The condition keys of a request: who asks, when, where, about what, and what is in the request itself.

Source: IAM user guide "AWS global condition context keys", as known 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from backstay_aws import arns
from backstay_aws.backup_actions import Action, Path
from backstay_aws.policy_context import Context
from backstay_local.backup import tags
from backstay_local.backup.authorization.grounds import Grounds
from backstay_local.backup.state import Facts, State

if TYPE_CHECKING:
    from backstay_local.world.world import Organization

Keys = Mapping[str, str | Sequence[str] | None]

# What no policy here can be asked about: clients believe that they speak TLS, and no service calls in their name.
_FIXED: Keys = {"aws:SecureTransport": "true", "aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}


def context(state: State, who: Grounds, region: str, at: datetime, resource: str, further: Keys) -> Context:
    """Every condition key of a request about a resource; `further` are those of the one action."""
    organization = state.standing.ask(("organization",), state.world.organization)
    keys = {
        **_FIXED,
        **{key: values for key, *values in state.settings.condition_keys},
        "aws:RequestedRegion": region,
        "aws:CurrentTime": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "aws:EpochTime": str(int(at.timestamp())),
        **_of_account("Principal", who.account, organization),
        **_of_principal(who),
        **_of_resource(state, who.account, resource, organization),
        **further,
    }
    return Context.of(keys, whole=True)


def _of_account(what: str, account: str, organization: Organization | None) -> Keys:
    inside = organization is not None and account in organization.members
    return {
        f"aws:{what}Account": account,
        f"aws:{what}OrgID": organization.id if organization is not None and inside else None,
        f"aws:{what}OrgPaths": organization.members[account] if organization is not None and inside else None,
    }


def _of_principal(who: Grounds) -> Keys:
    identity = who.identity
    if identity is None:
        root = who.principal.endswith(":root")
        return {
            "aws:PrincipalArn": who.principal,
            "aws:PrincipalType": "Account" if root else "AssumedRole",
            "aws:userid": who.account if root else None,
        }
    own = {f"aws:PrincipalTag/{key}": value for key, value in identity.tags.items()}
    named = {"aws:PrincipalArn": identity.arn}
    if identity.kind == "user":
        return own | named | {"aws:PrincipalType": "User", "aws:userid": identity.id, "aws:username": identity.name}
    session = who.principal.rpartition("/")[2]
    shown = {"aws:PrincipalType": "AssumedRole", "aws:userid": f"{identity.id}:{session}"}
    return own | named | shown | {"aws:MultiFactorAuthPresent": "false"}


def _of_resource(state: State, account: str, resource: str, organization: Organization | None) -> Keys:
    parsed = arns.parse(resource)
    owner = parsed.account if parsed is not None and parsed.account else account
    held = {f"aws:ResourceTag/{key}": value for key, value in tags.of(state, resource).items()}
    return {**held, **_of_account("Resource", owner, organization)}


def of_request(action: Action, params: Facts) -> Keys:
    """The keys that show members of a request to AWS Backup."""
    keys = {key: _text(member(params, path)) for key, path in action.keys.items()}
    given = params.get(action.tags) if action.tags is not None else None
    asked = {f"aws:RequestTag/{key}": value for key, value in (given or {}).items()}
    names = params.get("TagKeyList") or tuple(given or ())
    return {**keys, **asked, "aws:TagKeys": tuple(names) or None}


def member(params: Facts, path: Path) -> Any:
    """What stands at a place in the parameters; None when there is nothing."""
    found: Any = params
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _text(value: Any) -> str | tuple[str, ...] | None:
    if isinstance(value, list):
        return tuple(map(str, value))
    return None if value is None else str(value)
