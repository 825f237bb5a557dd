"""KMS as AWS Backup needs it: keys by any name, AWS's own keys on first use, and no service from a key that is off."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backstay_local.wire.call import AwsError

from .substrate import Substrate, backends

_AWS_ALIAS = "alias/aws/"
_SERVICE_ACCOUNT = "000000000000"  # AWS's own: nobody has an access key of it


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key as a snapshot in time."""

    arn: str
    account: str
    region: str
    manager: Literal["AWS", "CUSTOMER"]
    state: str
    policy: Mapping[str, Any]


class Keys:
    """The keys of every account. Only this checks their state: moto encrypts under a disabled key, too."""

    def __init__(self, substrate: Substrate, relies: Callable[[], None]) -> None:
        """`relies` is called when AWS's own key was made, whose ARN somebody is about to keep."""
        self._substrate = substrate
        self._relies = relies

    def find(self, reference: str, account: str, region: str) -> Key | None:
        """The key of an id, key ARN, alias name or alias ARN, seen from `account` and `region`."""
        with self._substrate.inside():
            found = self._look_up(reference, account, region)
            return None if found is None else _described(found)

    def make(self, alias: str, account: str, region: str, description: str, policy: str | None) -> Key:
        """A new symmetric key of the customer under an alias."""
        with self._substrate.inside():
            backend = backends("kms")[account][region]
            key = _symmetric(backend, alias, description, policy)
            self._substrate.touched = True
            return _described(key)

    def make_owned(self, region: str, description: str) -> Key:
        """A new key that AWS owns: it lies in no customer's account, so none sees it or can turn it off."""
        with self._substrate.inside():
            key = _symmetric(backends("kms")[_SERVICE_ACCOUNT][region], None, description, None)
            key.key_manager = "AWS"
            self._substrate.touched = True
            self._relies()
            return _described(key)

    def drop_owned(self, arn: str) -> None:
        """Let go of a key that AWS owns; of any other, nothing."""
        account, region = _place(arn, "", "")
        if account != _SERVICE_ACCOUNT:
            return
        with self._substrate.inside():
            backends("kms")[account][region].keys.pop(arn.rpartition("/")[2], None)
            self._substrate.touched = True

    def encrypt(self, arn: str, plaintext: bytes) -> bytes:
        """Ciphertext under the key, if it is enabled."""
        with self._substrate.inside():
            backend, key = self._usable(arn)
            blob, _ = backend.encrypt(key.id, plaintext, {})
            return bytes(blob)

    def decrypt(self, arn: str, blob: bytes) -> bytes:
        """The plaintext again, if the key is still enabled and is the one that made `blob`."""
        from moto.core.exceptions import JsonRESTError

        with self._substrate.inside():
            backend, key = self._usable(arn)
            try:
                plaintext, _ = backend.decrypt(blob, {}, key.id)
            except (JsonRESTError, KeyError, ValueError) as error:
                raise AwsError("InvalidCiphertextException", f"{arn} cannot decrypt this ciphertext.") from error
            return bytes(plaintext)

    def _usable(self, arn: str) -> tuple[Any, Any]:
        account, region = _place(arn, "", "")
        key = self._look_up(arn, account, region)
        if key is None:
            raise AwsError("NotFoundException", f"Key '{arn}' does not exist")
        if key.key_state == "Disabled" or (key.key_state == "Enabled" and not key.enabled):
            raise AwsError("DisabledException", f"{key.arn} is disabled.")
        if key.key_state != "Enabled":
            readable = {"PendingDeletion": "pending deletion", "PendingImport": "pending import"}
            state = readable.get(key.key_state, key.key_state)
            raise AwsError("KMSInvalidStateException", f"{key.arn} is {state}.")
        return backends("kms")[account][region], key

    def _look_up(self, reference: str, account: str, region: str) -> Any | None:
        account, region = _place(reference, account, region)
        registry = backends("kms")
        if account not in registry and not _alias(reference).startswith(_AWS_ALIAS):
            return None
        backend = registry[account][region]
        alias = _alias(reference)
        if alias.startswith(_AWS_ALIAS) and not backend.alias_exists(alias):
            return self._aws_key(backend, alias)
        if alias.startswith("alias/") and not backend.alias_exists(alias):
            return None
        return backend.keys.get(backend.any_id_to_key_id(reference))

    def _aws_key(self, backend: Any, alias: str) -> Any:
        """Make the key behind `alias/aws/<service>`, which AWS makes when a service first wants it."""
        service = alias.removeprefix(_AWS_ALIAS)
        text = f"Default key that protects my {service} data when no other key is defined"
        key = _symmetric(backend, alias, text, None)
        key.key_manager = "AWS"
        self._substrate.touched = True
        self._relies()
        return key


# Operations that moto answers for a bare key id only, where AWS takes the ARN as well.
_BARE = frozenset({"EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion", "ReplicateKey"})


def plain(operation: str, body: bytes) -> bytes:
    """The body of a KMS request as moto understands it."""
    if operation not in _BARE:
        return body
    try:
        params = json.loads(body)
        params["KeyId"] = params["KeyId"].rpartition(":key/")[2]
    except (ValueError, TypeError, KeyError, AttributeError):
        return body
    return json.dumps(params).encode()


def _symmetric(backend: Any, alias: str | None, description: str, policy: str | None) -> Any:
    """A symmetric key of moto's, under an alias if one is given.

    moto gives each key a pair for signatures, too, which for a symmetric one nobody ever sees. Making that of RSA takes
    a tenth of a second; of a curve, nothing.
    """
    key = backend.create_key(policy, "ENCRYPT_DECRYPT", "ECC_NIST_P256", description, None)
    key.key_spec = "SYMMETRIC_DEFAULT"
    if alias is not None:
        backend.create_alias(key.id, alias)
    return key


def _alias(reference: str) -> str:
    """The alias name in an alias or alias ARN; of anything else, the text itself."""
    _, colon, tail = reference.partition(":alias/")
    return f"alias/{tail}" if colon else reference


def _place(reference: str, account: str, region: str) -> tuple[str, str]:
    """The account and Region that an ARN names, else the caller's."""
    parts = reference.split(":")
    return (parts[4], parts[3]) if reference.startswith("arn:") and len(parts) >= 6 else (account, region)


def _described(key: Any) -> Key:
    managed = key.key_manager == "AWS" or any(name.startswith(_AWS_ALIAS) for name in key.aliases)
    try:
        policy = json.loads(key.policy)
    except ValueError:
        policy = {}
    state = key.key_state if key.enabled or key.key_state != "Enabled" else "Disabled"
    return Key(key.arn, key.account_id, key.region, "AWS" if managed else "CUSTOMER", state, policy)
