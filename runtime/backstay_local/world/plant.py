"""An organization put into moto as described: its own ids, its tree, its tags; what is there already stays."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from . import tree
from .substrate import backends

_ROLE = "OrganizationAccountAccessRole"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


class PlantError(Exception):
    """The organization cannot be put there; the message says why."""


class Planter:
    """Puts one organization into moto's backend, step by step; call it inside the substrate."""

    def __init__(self, organization_id: str, manager: str, partition: str, home: str) -> None:
        """`home` is the Region of the partition's global services."""
        self._id = organization_id
        self._manager = manager
        self._partition = partition
        self._home = home
        self._registry = backends("organizations")
        self._backend = self._registry[manager][partition]
        self.created: Counter[str] = Counter()
        self.present: Counter[str] = Counter()

    def ground(self) -> None:
        """The organization itself and its root; PlantError if the account is in another one."""
        other = self._registry.master_accounts.get(self._manager)
        if other is not None:
            raise PlantError(f"account {self._manager} is a member of the organization of {other[0]} already")
        if self._backend.org is None:
            self._backend.create_organization(self._home, FeatureSet="ALL")
            self._rename()
        elif self._backend.org.id != self._id:
            raise PlantError(f"account {self._manager} manages organization {self._backend.org.id} already")

    def units(self, paths: Iterable[tuple[str, ...]]) -> None:
        """The units, parents first, with ids that follow from their names."""
        known = {unit.id for unit in self._backend.ou}
        for path in paths:
            unit_id = self._unit_id(path)
            if unit_id not in known:
                self._backend.create_organizational_unit(Name=path[-1], ParentId=self._unit_id(path[:-1]), Tags=[])
                self._backend.ou[-1].id = unit_id
                self.created["units"] += 1
            else:
                self.present["units"] += 1

    def accounts(self, wanted: Iterable[tuple[str, str, Mapping[str, str], tuple[str, ...]]]) -> None:
        """The accounts (id, name, tags, unit), each with the role that its management account may assume."""
        known = {account.id: account for account in self._backend.accounts}
        just_made = {self._manager} if self.created["organization"] else set()
        for number, name, tags, path in wanted:
            account = known.get(number)
            if account is None:
                account = self._account(number, name)
                self.created["accounts"] += 1
            elif number in just_made:
                self.created["accounts"] += 1
            else:
                self.present["accounts"] += 1
            account.name, account.tags, account.parent_id = name, dict(tags), self._unit_id(path)
            self._role(number)

    def delegate(self, account: str, service: str) -> None:
        """Trusted access of a service, and an account as its delegated administrator."""
        tree.know_backup()
        enabled = {row["ServicePrincipal"] for row in self._backend.services}
        if service not in enabled:
            self._backend.enable_aws_service_access(ServicePrincipal=service)
        delegated = {admin.account.id: admin.services for admin in self._backend.admins}
        if account != self._manager and service not in delegated.get(account, ()):
            self._backend.register_delegated_administrator(AccountId=account, ServicePrincipal=service)

    def _rename(self) -> None:
        """Give organization, root and management account the ids they shall have."""
        root = self._backend.ou[0]
        self._backend.org.id = self._id
        self._backend.org.root_id = root.id = self._root_id()
        for node in (root, self._backend.accounts[0], *self._backend.policies):
            node.organization_id = self._id
        self._backend.accounts[0].parent_id = root.id
        self.created["organization"] += 1

    def _account(self, number: str, name: str) -> Any:
        from moto.organizations.models import FakeAccount

        # moto draws a number and makes a role under it: the draw is put aside, with what it left in IAM.
        made = FakeAccount(self._backend.org, AccountName=name, Email=f"{number}@accounts.example")
        backends("iam").pop(made.id, None)
        made.id = number
        self._backend.accounts.append(made)
        self._registry.master_accounts[number] = (self._manager, self._partition)
        for policy in self._backend.policies:
            if policy.aws_managed:
                made.attached_policies.append(policy)
                policy.attachments.append(made)
        return made

    def _role(self, number: str) -> None:
        iam = backends("iam")[number][self._partition]
        if any(role.name == _ROLE for role in iam.roles.values()):
            return
        principal = {"AWS": f"arn:{self._partition}:iam::{self._manager}:root"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(_ROLE, trust, "/", None, "", [], "3600")

    def _root_id(self) -> str:
        return f"r-{_code(self._id, 4)}"

    def _unit_id(self, path: tuple[str, ...]) -> str:
        if not path:
            return self._root_id()
        return f"ou-{_code(self._id, 4)}-{_code('/'.join((self._id, *path)), 8)}"


def _code(text: str, length: int) -> str:
    """Letters and digits that follow from `text`, in the alphabet of Organizations' ids."""
    digest = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    letters = []
    for _ in range(length):
        digest, rest = divmod(digest, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(letters)
