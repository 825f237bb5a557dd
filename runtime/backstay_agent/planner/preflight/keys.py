"""Whether the keys exist with which vaults are to be encrypted, and can be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backstay_agent.observed import Place
from backstay_agent.wanted import Wanted
from backstay_contract.plan import Prerequisite

# Key states in which nothing can be encrypted, with what helps. Source: AWS KMS developer guide, "Key states of AWS KMS
# keys"; read 2026-11.
_UNUSABLE: Mapping[str, str] = {
    "Disabled": "enable it (kms:EnableKey)",
    "PendingDeletion": "cancel its deletion (kms:CancelKeyDeletion) and enable it",
    "PendingReplicaDeletion": "cancel its deletion (kms:CancelKeyDeletion)",
    "PendingImport": "import its key material",
    "Unavailable": "connect its custom key store",
}


def lacking_keys(wanted: Wanted, place: Place) -> Iterator[Prerequisite]:
    """Keys that are not there, or in a state in which they encrypt nothing."""
    for reference, needed_by in wanted.key_references():
        at = {"account": wanted.account, "region": wanted.region, "name": reference, "needed_by": needed_by}
        key = place.readiness.keys.get(reference)
        if reference in place.keys and place.keys[reference] is None:
            yield Prerequisite(**at, kind="key")
        elif key is not None and key.state in _UNUSABLE:
            yield Prerequisite(**at, kind="key", reason=f"is {key.state}", remedy=_UNUSABLE[key.state])
