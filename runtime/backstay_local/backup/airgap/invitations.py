"""Invitations to shares of backup vaults, for accounts outside the organization: taken, turned down, or run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from backstay_local.backup.airgap import sharing_lists
from backstay_local.backup.airgap.rows import Guest, Share
from backstay_local.backup.state import Facts, Happenings, Operations, State
from backstay_local.wire.call import AwsError, Call

_ENDED = {
    "ACCEPTED": ("ResourceShareInvitationAlreadyAcceptedException", "was accepted already"),
    "REJECTED": ("ResourceShareInvitationAlreadyRejectedException", "was rejected already"),
    "EXPIRED": ("ResourceShareInvitationExpiredException", "has expired"),
}


def _accept(state: State, call: Call, params: Facts) -> Facts:
    return _decide(state, call, params, "ACCEPTED")


def _reject(state: State, call: Call, params: Facts) -> Facts:
    return _decide(state, call, params, "REJECTED")


def _decide(state: State, call: Call, params: Facts, decision: Literal["ACCEPTED", "REJECTED"]) -> Facts:
    arn = params["resourceShareInvitationArn"]
    guest = state.tables.airgap.guests.first("invitation_arn = ?", arn)
    share = state.tables.airgap.shares.get(guest.share_arn) if guest is not None else None
    if guest is None or share is None or guest.account != call.account:
        sentence = f"ResourceShareInvitation {arn} could not be found."
        raise AwsError("ResourceShareInvitationArnNotFoundException", sentence)
    if guest.status != "PENDING":
        code, how = _ENDED[guest.status]
        raise AwsError(code, f"ResourceShareInvitation {arn} {how}.")
    decided = replace(guest, status=decision, updated=call.now)
    state.tables.airgap.guests.put(decided)
    state.agenda.drop(arn, "share-expire")
    token = {"clientToken": params["clientToken"]} if params.get("clientToken") else {}
    return {"resourceShareInvitation": _facts(share, decided)} | token


def _list(state: State, call: Call, params: Facts) -> Facts:
    wanted, shares = params.get("resourceShareInvitationArns"), params.get("resourceShareArns")
    guests = state.tables.airgap.guests.where(
        "account = ? AND invitation_arn IS NOT NULL", call.account, order="invitation_arn"
    )
    both = [(state.tables.airgap.shares.get(guest.share_arn), guest) for guest in guests]
    rows = [
        _facts(share, guest)
        for share, guest in both
        if share is not None
        and share.region == call.region
        and (not wanted or guest.invitation_arn in wanted)
        and (not shares or share.arn in shares)
    ]
    return {"resourceShareInvitations": rows}


def _facts(share: Share, guest: Guest) -> Facts:
    return {
        "resourceShareInvitationArn": guest.invitation_arn,
        "resourceShareName": share.name,
        "resourceShareArn": share.arn,
        "senderAccountId": share.account,
        "receiverAccountId": guest.account,
        "invitationTimestamp": guest.created,
        "status": guest.status,
        "resourceShareAssociations": [sharing_lists.of_vault(share, arn) for arn in share.vaults],
    }


def _expire(state: State, invitation_arn: str, at: datetime) -> None:
    guest = state.tables.airgap.guests.first("invitation_arn = ?", invitation_arn)
    if guest is not None and guest.status == "PENDING":
        state.tables.airgap.guests.put(replace(guest, status="EXPIRED", updated=at))


OPERATIONS: Operations = {
    "AcceptResourceShareInvitation": _accept,
    "RejectResourceShareInvitation": _reject,
    "GetResourceShareInvitations": _list,
}

HAPPENINGS: Happenings = {"share-expire": _expire}
