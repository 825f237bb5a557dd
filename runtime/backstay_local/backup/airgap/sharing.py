"""AWS RAM for backup vaults: shares with single accounts, which those outside the organization must accept.

Source: developer guide "Logically air-gapped vault", RAM API reference 2018-01-04 (read 2026-11).
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from backstay_aws import arns
from backstay_local.backup.airgap import invitations, sharing_lists
from backstay_local.backup.airgap.rows import Guest, Share
from backstay_local.backup.rows import AIR_GAPPED
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import AwsError, Call

_INVITED = timedelta(hours=12)  # semantics §5.5
_ACCOUNT = re.compile(r"\d{12}")
_ONLY_ACCOUNTS = "A logically air-gapped backup vault can be shared with AWS accounts only, not with {}."
_INSIDE_ONLY = "The resource share does not allow principals outside the organization: {}."
_NO_SHARE = "ResourceShare {} could not be found."


def known(state: State, share_arn: str) -> bool:
    """Whether there is, or was, a share of vaults of that ARN."""
    return state.tables.airgap.shares.get(share_arn) is not None


def _create(state: State, call: Call, params: Facts) -> Facts:
    vaults, principals = params.get("resourceArns") or [], params.get("principals") or []
    external = params.get("allowExternalPrincipals", True)
    _check_vaults(state, call, vaults)
    _check_principals(state, call, principals, external=external)
    share = Share(
        arn=f"arn:{arns.partition_of(call.region)}:ram:{call.region}:{call.account}:resource-share/{uuid.uuid4()}",
        account=call.account,
        region=call.region,
        name=params["name"],
        external=external,
        created=call.now,
        updated=call.now,
        vaults=sorted(set(vaults)),
        tags={tag["key"]: tag["value"] for tag in params.get("tags") or []},
    )
    state.tables.airgap.shares.put(share)
    for principal in principals:
        _invite(state, call, share, principal)
    return {"resourceShare": sharing_lists.facts_of(share)} | _echo(params)


def _check_vaults(state: State, call: Call, vaults: list[str]) -> None:
    for arn in vaults:
        found = state.tables.vaults.get(arn)
        if ":backup-vault:" not in arn:
            sentence = f"This embedded AWS does not have a backup vault and {arn} in one resource share."
            raise AwsError("NotImplementedException", sentence, status=501)
        if found is None or (found.account, found.region) != (call.account, call.region):
            raise AwsError("UnknownResourceException", f"Resource {arn} could not be found.")
        if found.type != AIR_GAPPED:
            raise AwsError("InvalidParameterException", f"Backup vault {arn} is not logically air-gapped.")


def _check_principals(state: State, call: Call, principals: list[str], *, external: bool) -> None:
    for principal in principals:
        if ":organizations:" in principal or ":iam:" in principal or principal.endswith(".amazonaws.com"):
            raise AwsError("OperationNotPermittedException", _ONLY_ACCOUNTS.format(principal))
        if not _ACCOUNT.fullmatch(principal):
            sentence = f"Principal ID {principal} is malformed. Verify the ID and try again."
            raise AwsError("InvalidParameterException", sentence)
        if not external and not sharing_lists.together(state, call.account, principal):
            raise AwsError("OperationNotPermittedException", _INSIDE_ONLY.format(principal))


def _invite(state: State, call: Call, share: Share, account: str) -> Guest:
    """Let an account in: at once when it is of the same organization, else when it has accepted."""
    inside = sharing_lists.together(state, share.account, account)
    invitation = None
    if not inside:
        own = f"arn:{arns.partition_of(share.region)}:ram:{share.region}:{share.account}"
        invitation = f"{own}:resource-share-invitation/{uuid.uuid4()}"
        state.agenda.put("share-expire", invitation, call.now + _INVITED)
    status: Literal["ACCEPTED", "PENDING"] = "ACCEPTED" if inside else "PENDING"
    guest = Guest(share.arn, account, not inside, status, call.now, call.now, invitation)
    state.tables.airgap.guests.put(guest)
    return guest


def _own(state: State, call: Call, arn: str) -> Share:
    """The caller's share of that ARN."""
    found = state.tables.airgap.shares.get(arn)
    if found is None or found.account != call.account or found.status == "DELETED":
        raise AwsError("UnknownResourceException", _NO_SHARE.format(arn))
    return found


def _update(state: State, call: Call, params: Facts) -> Facts:
    share = _own(state, call, params["resourceShareArn"])
    external = params.get("allowExternalPrincipals", share.external)
    changed = replace(share, name=params.get("name") or share.name, external=external, updated=call.now)
    state.tables.airgap.shares.put(changed)
    return {"resourceShare": sharing_lists.facts_of(changed)} | _echo(params)


def _delete(state: State, call: Call, params: Facts) -> Facts:
    share = _own(state, call, params["resourceShareArn"])
    for guest in state.tables.airgap.guests.where("share_arn = ?", share.arn):
        _dismiss(state, guest)
    state.tables.airgap.shares.put(replace(share, status="DELETED", vaults=[], updated=call.now))
    return {"returnValue": True} | _echo(params)


def _dismiss(state: State, guest: Guest) -> None:
    if guest.invitation_arn is not None:
        state.agenda.drop(guest.invitation_arn, "share-expire")
    state.tables.airgap.guests.remove(guest.share_arn, guest.account)


def _associate(state: State, call: Call, params: Facts) -> Facts:
    share = _own(state, call, params["resourceShareArn"])
    vaults, principals = params.get("resourceArns") or [], params.get("principals") or []
    _check_vaults(state, call, vaults)
    _check_principals(state, call, principals, external=share.external)
    share = replace(share, vaults=sorted({*share.vaults, *vaults}), updated=call.now)
    state.tables.airgap.shares.put(share)
    there = {guest.account for guest in state.tables.airgap.guests.where("share_arn = ?", share.arn)}
    for principal in principals:
        if principal not in there:
            _invite(state, call, share, principal)
    return _associations(state, share, vaults, principals) | _echo(params)


def _disassociate(state: State, call: Call, params: Facts) -> Facts:
    share = _own(state, call, params["resourceShareArn"])
    vaults, principals = params.get("resourceArns") or [], params.get("principals") or []
    answer = _associations(state, share, vaults, principals)
    for association in answer["resourceShareAssociations"]:
        association["status"] = "DISASSOCIATED"
    for guest in state.tables.airgap.guests.where("share_arn = ?", share.arn):
        if guest.account in principals:
            _dismiss(state, guest)
    left = [arn for arn in share.vaults if arn not in vaults]
    state.tables.airgap.shares.put(replace(share, vaults=left, updated=call.now))
    return answer | _echo(params)


def _associations(state: State, share: Share, vaults: list[str], principals: list[str]) -> Facts:
    guests = state.tables.airgap.guests.where("share_arn = ?", share.arn)
    rows = [sharing_lists.of_vault(share, arn) for arn in share.vaults if arn in vaults]
    rows += [sharing_lists.of_guest(share, guest) for guest in guests if guest.account in principals]
    return {"resourceShareAssociations": rows}


def _echo(params: Facts) -> Facts:
    """The client's token, which RAM answers with."""
    return {"clientToken": params["clientToken"]} if params.get("clientToken") else {}


SHARING: Operations = {
    "CreateResourceShare": _create,
    "UpdateResourceShare": _update,
    "DeleteResourceShare": _delete,
    "AssociateResourceShare": _associate,
    "DisassociateResourceShare": _disassociate,
    **invitations.OPERATIONS,
    **sharing_lists.OPERATIONS,
}
