"""What RAM lists of shares of backup vaults: the shares, what is in them, and for whom they are."""

from __future__ import annotations

from collections.abc import Iterator

from backstay_local.backup.airgap.rows import Guest, Share
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call

_TYPE = "backup:BackupVault"
_STANDING = {"PENDING": "ASSOCIATING", "ACCEPTED": "ASSOCIATED", "REJECTED": "FAILED", "EXPIRED": "FAILED"}


def of_vault(share: Share, arn: str) -> Facts:
    """The association of a share with a vault."""
    return _association(share, arn, "RESOURCE", "ASSOCIATED")


def of_guest(share: Share, guest: Guest) -> Facts:
    """The association of a share with an account."""
    return _association(share, guest.account, "PRINCIPAL", _STANDING[guest.status]) | {
        "creationTime": guest.created,
        "lastUpdatedTime": guest.updated,
        "external": guest.external,
    }


def _association(share: Share, entity: str, kind: str, status: str) -> Facts:
    return {
        "resourceShareArn": share.arn,
        "resourceShareName": share.name,
        "associatedEntity": entity,
        "associationType": kind,
        "status": status,
        "creationTime": share.created,
        "lastUpdatedTime": share.updated,
        "external": False,
    }


def together(state: State, one: str, other: str) -> bool:
    """Whether two accounts are in the same organization."""
    organization = state.world.organization()
    return organization is not None and one in organization.members and other in organization.members


def _shares(state: State, call: Call, params: Facts) -> Iterator[Share]:
    """The shares that the caller owns, or takes part in, as far as they are asked for."""
    tables, wanted = state.tables.airgap, params.get("resourceShareArns")
    if params.get("resourceOwner", "SELF") == "SELF":
        found = tables.shares.where("account = ? AND region = ?", call.account, call.region, order="arn")
    else:
        joined = tables.guests.where("account = ? AND status = 'ACCEPTED'", call.account, order="share_arn")
        both = (tables.shares.get(guest.share_arn) for guest in joined)
        found = [share for share in both if share is not None and share.region == call.region]
    for share in found:
        if not wanted or share.arn in wanted:
            yield share


def _list_shares(state: State, call: Call, params: Facts) -> Facts:
    name, status = params.get("name"), params.get("resourceShareStatus")
    filters = {one.get("tagKey"): one.get("tagValues") for one in params.get("tagFilters") or []}
    rows = [
        facts_of(share)
        for share in _shares(state, call, params)
        if name in (None, share.name)
        and status in (None, share.status)
        and all(key in share.tags and (not values or share.tags[key] in values) for key, values in filters.items())
    ]
    return {"resourceShares": rows}


def _list_associations(state: State, call: Call, params: Facts) -> Facts:
    rows: list[Facts] = []
    for share in _shares(state, call, {"resourceShareArns": params.get("resourceShareArns")}):
        if params["associationType"] == "RESOURCE":
            rows += [of_vault(share, arn) for arn in share.vaults]
        elif params["associationType"] == "PRINCIPAL":
            guests = state.tables.airgap.guests.where("share_arn = ?", share.arn, order="account")
            rows += [of_guest(share, guest) for guest in guests]
    entity, status = params.get("resourceArn") or params.get("principal"), params.get("associationStatus")
    kept = [row for row in rows if entity in (None, row["associatedEntity"]) and status in (None, row["status"])]
    return {"resourceShareAssociations": kept}


def _list_resources(state: State, call: Call, params: Facts) -> Facts:
    wanted, principal, kind = params.get("resourceArns"), params.get("principal"), params.get("resourceType")
    rows = [
        {
            "arn": arn,
            "type": _TYPE,
            "resourceShareArn": share.arn,
            "creationTime": share.created,
            "lastUpdatedTime": share.updated,
            "resourceRegionScope": "REGIONAL",
        }
        for share in _shares(state, call, params)
        for arn in share.vaults
        if (not wanted or arn in wanted)
        and (kind is None or kind.lower() == _TYPE.lower())
        and (principal is None or principal == share.account or _has(state, share, principal))
    ]
    return {"resources": rows}


def _has(state: State, share: Share, account: str) -> bool:
    return state.tables.airgap.guests.get(share.arn, account) is not None


def _list_principals(state: State, call: Call, params: Facts) -> Facts:
    wanted, vault, kind = params.get("principals"), params.get("resourceArn"), params.get("resourceType")
    rows: list[Facts] = []
    for share in _shares(state, call, params):
        if (vault is not None and vault not in share.vaults) or (kind is not None and kind.lower() != _TYPE.lower()):
            continue
        if params["resourceOwner"] == "SELF":
            guests = state.tables.airgap.guests.where("share_arn = ?", share.arn, order="account")
            found = [(guest.account, guest.external, guest.created, guest.updated) for guest in guests]
        else:
            external = not together(state, share.account, call.account)
            found = [(share.account, external, share.created, share.updated)]
        rows += [
            {
                "id": account,
                "resourceShareArn": share.arn,
                "creationTime": created,
                "lastUpdatedTime": updated,
                "external": external,
            }
            for account, external, created, updated in found
            if not wanted or account in wanted
        ]
    return {"principals": rows}


def facts_of(share: Share) -> Facts:
    """A share as RAM describes it."""
    return {
        "resourceShareArn": share.arn,
        "name": share.name,
        "owningAccountId": share.account,
        "allowExternalPrincipals": share.external,
        "status": share.status,
        "tags": [{"key": key, "value": value} for key, value in sorted(share.tags.items())],
        "creationTime": share.created,
        "lastUpdatedTime": share.updated,
        "featureSet": "STANDARD",
    }


OPERATIONS: Operations = {
    "GetResourceShares": _list_shares,
    "GetResourceShareAssociations": _list_associations,
    "ListResources": _list_resources,
    "ListPrincipals": _list_principals,
}
