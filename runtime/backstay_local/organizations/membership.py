"""Accounts that leave an organization, are taken out of it, or are closed, and who may not.

Source: Organizations API Reference, LeaveOrganization, RemoveAccountFromOrganization, CloseAccount, read 2026-11.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from backstay_local.wire.call import AwsError
from backstay_local.world import tree

from .effective import renew

if TYPE_CHECKING:
    from backstay_local.world.world import World


def leave(world: World, account: str, now: datetime) -> Mapping[str, Any]:
    """The account itself leaves; its plans of the organization go, its recovery points stay."""
    manager = tree.manager_of(account, world.partition)
    if manager is None:
        raise outside()
    _refuse(world, manager, account)
    tree.leave(manager, world.partition, account)
    renew(world, manager, now)
    return {}


def remove(world: World, manager: str, params: Mapping[str, Any]) -> None:
    """Refuse what moto would do: take out the management account, a delegated administrator, or somebody else."""
    account = str(params.get("AccountId", ""))
    organization = tree.organization(manager, world.partition)
    if organization is None:
        raise outside()
    if account not in organization.members:
        raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")
    _refuse(world, manager, account)


def close(world: World, manager: str, params: Mapping[str, Any]) -> None:
    """Refuse what moto would do: close the management account or a delegated administrator."""
    account = str(params.get("AccountId", ""))
    if account == manager:
        raise constraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account.")
    _refuse_delegate(world, manager, account)


def enable_all_features(world: World, manager: str, now: datetime) -> Mapping[str, Any]:
    """Enable all features at once: those asked are accounts that were invited, and here none was.

    Source: Organizations user guide, "Enabling all features"; read 2026-11.
    """
    tree.enable_all_features(manager, world.partition)
    handshake = {
        "Id": f"h-{uuid.uuid4().hex[:16]}",
        "State": "ACCEPTED",
        "Action": "ENABLE_ALL_FEATURES",
        "RequestedTimestamp": now.timestamp(),
    }
    return {"Handshake": handshake}


def outside() -> AwsError:
    """The answer to an account that is in no organization."""
    return AwsError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")


def constraint(reason: str, sentence: str) -> AwsError:
    """A limit or a rule of Organizations that is broken, with the reason in AWS's code."""
    return AwsError("ConstraintViolationException", sentence, members={"Reason": reason})


def _refuse(world: World, manager: str, account: str) -> None:
    if account == manager:
        sentence = "You can't remove a management account from an organization; delete the organization instead."
        raise AwsError("MasterCannotLeaveOrganizationException", sentence)
    _refuse_delegate(world, manager, account)


def _refuse_delegate(world: World, manager: str, account: str) -> None:
    organization = tree.organization(manager, world.partition)
    if organization is not None and any(account in accounts for accounts in organization.delegated.values()):
        sentence = "The account is a delegated administrator of a service. Deregister it first."
        raise constraint("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", sentence)
