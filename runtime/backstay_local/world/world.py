"""The world around AWS Backup: clients, keys, roles, the organization and messages, for the engine and for data."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from backstay_local import whole

from . import permissions, snapshot, tree
from .blocks import Blocks
from .declared import SERVICE as DECLARED
from .declared import Register
from .delivery import Delivery
from .keys import Key, Keys
from .objects import Objects
from .permissions import Document, Identity
from .substrate import Substrate, backends
from .tree import Organization

if TYPE_CHECKING:
    from backstay_local.store import Store

__all__ = ["Identity", "Key", "Organization", "World"]

_PARTITIONS = {"us-gov": "aws-us-gov", "cn": "aws-cn"}
_HOMES = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-northwest-1"}


class World:
    """Everything that is not AWS Backup. The only class outside this folder's siblings that knows where it is kept."""

    def __init__(
        self,
        substrate: Substrate,
        client: Callable[[str, str, str], Any],
        management_account: str,
        partition: str,
        store: Store,
    ) -> None:
        """`client(service, account, region)` gives boto3 clients that act in-process, trusted, in that account.

        What no service has is kept in `store`.
        """
        self.substrate = substrate
        self.management_account = management_account
        self.partition = partition
        self._client = client
        self._delivery = Delivery(substrate)
        self._keys = Keys(substrate, self.must_last)
        self.blocks = Blocks(substrate)
        self.objects = Objects(substrate)
        self.declared = Register(store, self.changed)
        self.elsewhere: dict[str, Callable[[str, str], bool]] = {DECLARED: self.declared.any}
        """Services that are not moto's -> whether they hold anything in an account and Region."""
        self._sessions: dict[str, tuple[str, str]] = {}
        self._saving = threading.Lock()
        self.needed = False
        """Whether something in here that was not stored yet has become needed by what is stored elsewhere."""
        self.policies = 0
        """How often the effective backup policy of any account has, or may have, changed."""

    @property
    def home(self) -> str:
        """The Region where the partition's global services live."""
        return home_of(self.partition)

    def client(self, service: str, account: str, region: str) -> Any:
        """A boto3 client that acts in-process as the root of `account`."""
        return self._client(service, account, region)

    def key(self, reference: str, account: str, region: str) -> Key | None:
        """The KMS key of an id, key ARN, alias or alias ARN; AWS's own `alias/aws/*` keys are made on first use."""
        return self._keys.find(reference, account, region)

    def make_key(self, alias: str, account: str, region: str, description: str, policy: str | None) -> Key:
        """A new KMS key of the customer under an alias that is free."""
        return self._keys.make(alias, account, region, description, policy)

    def make_owned_key(self, region: str, description: str) -> Key:
        """A new KMS key that AWS owns, in no customer's account."""
        return self._keys.make_owned(region, description)

    def drop_owned_key(self, key_arn: str) -> None:
        """Let go of such a key."""
        self._keys.drop_owned(key_arn)

    def encrypt(self, key_arn: str, plaintext: bytes) -> bytes:
        """Ciphertext under a KMS key (at most 4096 bytes); an `AwsError` if the key is off or gone."""
        return self._keys.encrypt(key_arn, plaintext)

    def decrypt(self, key_arn: str, blob: bytes) -> bytes:
        """The plaintext again; an `AwsError` if the key is off or gone, or did not make `blob`."""
        return self._keys.decrypt(key_arn, blob)

    def must_last(self) -> None:
        """Note that what is in here now is needed by what is about to be stored elsewhere."""
        self.needed = True

    def role(self, arn: str) -> Mapping[str, Any] | None:
        """`Arn` and `AssumeRolePolicyDocument` (parsed) of an IAM role, or None."""
        parts = arn.split(":", 5)
        if len(parts) < 6 or not parts[5].startswith("role/"):
            return None
        registry = backends("iam")
        with self.substrate.inside():
            if parts[4] not in registry:
                return None
            roles = registry[parts[4]][parts[1]].roles.values()
            role = next((role for role in roles if role.arn == arn), None)
            return None if role is None else {"Arn": role.arn, "AssumeRolePolicyDocument": _document(role)}

    def organization(self) -> Organization | None:
        """The organization that the management account manages."""
        with self.substrate.inside():
            return tree.organization(self.management_account, self.partition)

    def zones(self, region: str) -> tuple[str, ...]:
        """The names of the Availability Zones of a Region; none of one that is not known."""
        from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

        known = RegionsAndZonesBackend.zones.get(region, ())
        return tuple(sorted(zone.name for zone in known if zone.zone_type == "availability-zone"))

    def policies_changed(self) -> None:
        """Note that accounts have other effective backup policies than before."""
        self.policies += 1

    def effective_policies(self) -> dict[str, tuple[str, str]]:
        """Of each account that has one, the management account above it, and its effective backup policy."""
        with self.substrate.inside():
            if not self.substrate.loaded("organizations"):
                return {}
            return {
                account: (manager, kept.published)
                for manager in tree.managers(self.partition)
                for account, kept in sorted(tree.kept(manager, self.partition).items())
                if kept.published != "{}"
            }

    def publish(
        self,
        region: str,
        topic_arn: str,
        subject: str | None,
        message: str,
        attributes: Mapping[str, str],
        at: datetime,
    ) -> None:
        """Send a message to an SNS topic, if anything hears it; one that is gone swallows it, as in AWS Backup."""
        self._delivery.message(region, topic_arn, subject, message, attributes, at)

    def put_event(
        self,
        account: str,
        region: str,
        detail_type: str,
        detail: Mapping[str, Any],
        resources: Sequence[str],
        at: datetime,
    ) -> None:
        """Put an event of source `aws.backup` on the account's default bus, if anything listens there."""
        self._delivery.event(account, region, detail_type, detail, resources, at)

    def listened(self, account: str, region: str) -> bool:
        """Whether an account has rules or archives in a Region that an event could reach."""
        return self._delivery.listens(account, region)

    def changes(self) -> int:
        """How often anything outside AWS Backup may have changed; the same number twice: nothing did in between."""
        return self.substrate.changes

    def principal(self, access_key: str) -> tuple[str, str] | None:
        """Account and principal ARN behind an access key that IAM or STS gave out, if it is in force."""
        if access_key in self._sessions:
            return self._sessions[access_key]
        with self.substrate.inside():
            for account, regions in list(backends("iam").items()):
                for partition, backend in list(regions.items()):
                    if access_key in backend.access_keys:
                        return self._holder(access_key, backend.access_keys[access_key], account, partition)
        return None

    def _holder(self, access_key: str, key: Any, account: str, partition: str) -> tuple[str, str] | None:
        if key.status != "Active":
            return None
        if key.user_name:
            for user in backends("iam")[account][partition].users.values():
                if user.name == key.user_name:
                    return account, user.arn
            return None
        assumed = backends("sts")[account][partition].get_assumed_role_from_access_key(access_key)
        if assumed is None:
            return None
        self._sessions[access_key] = (account, assumed.arn)
        return account, assumed.arn

    def session_role(self, principal: str) -> str:
        """The role behind an assumed-role session's ARN, as far as it still exists; any other principal is itself."""
        parts = principal.split(":", 5)
        if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
            return principal
        found = self.identity(principal)
        return principal if found is None else found.arn

    def identity(self, principal: str) -> Identity | None:
        """The user, the role, or the role behind the session of an ARN, with its policies."""
        with self.substrate.inside():
            return permissions.identity(principal)

    def session_policy(self, account: str, access_key: str) -> Document | None:
        """What the session of a role was limited to when it was begun; None: to nothing."""
        with self.substrate.inside():
            return permissions.session_policy(account, self.partition, access_key)

    def controls(self, account: str, kind: str) -> tuple[tuple[Document, ...], ...]:
        """The policies of a type of AWS Organizations over an account, from the root down; none: not in force."""
        with self.substrate.inside():
            return permissions.controls(self.management_account, self.partition, account, kind)

    def changed(self) -> None:
        """Note that something changed that is not moto's, so that whoever trusts `changes` looks again."""
        self.substrate.changes += 1

    def touched(self, service: str, account: str, region: str) -> bool:
        """Whether a service was ever used in an account and Region: where not, there is nothing to look for."""
        if service in self.elsewhere:
            return self.elsewhere[service](account, region)
        with self.substrate.inside():
            return self.substrate.used(service, account, (region, partition_of(region)))

    def load(self, path: Path) -> bool:
        """Take up the stored world, if there is one."""
        if not path.exists():
            return False
        with self.substrate.alone(5.0):
            self.substrate.put(snapshot.load(snapshot.own(path)))
        self.policies_changed()
        return True

    def save(self, path: Path, patience: float) -> list[str] | None:
        """Store the world if it changed, and name the services that could not be kept; None if it was never still.

        When it returns, the file is written, even if it was another thread that did.
        """
        with self._saving:
            if not self.substrate.touched:
                return []
            with self.substrate.alone(patience) as granted:
                if not granted:
                    return None
                data, lost = snapshot.dump(self.substrate.state())
                self.substrate.touched = self.needed = False
            try:
                whole.write(path, data)
            except BaseException:
                self.substrate.touched = self.needed = True
                raise
        return lost


def partition_of(region: str) -> str:
    """The partition that a Region lies in."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix + "-")), "aws")


def home_of(partition: str) -> str:
    """The Region where a partition's global services live."""
    return _HOMES[partition]


def _document(role: Any) -> Mapping[str, Any]:
    text = role.assume_role_policy_document
    document = json.loads(unquote(text) if text.startswith("%") else text)
    return document if isinstance(document, dict) else {}
