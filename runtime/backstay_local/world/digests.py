"""KMS signs a digest that it is given as it is; moto would hash it once more, which no public key finds right.

Source: KMS API reference, Sign (MessageType), read 2026-11.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from .substrate import Substrate, backends

_HASHES = {"ECDSA_SHA_256": "SHA256", "ECDSA_SHA_384": "SHA384", "ECDSA_SHA_512": "SHA512"}


def signed(substrate: Substrate, account: str, region: str, body: bytes) -> Mapping[str, Any] | None:
    """KMS's answer to `Sign` of a digest with a key of a curve; None where moto's answer will do, its errors too."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    try:
        asked = json.loads(body)
        digest = base64.b64decode(asked["Message"], validate=True)
        algorithm = asked["SigningAlgorithm"]
        hash_: hashes.HashAlgorithm = getattr(hashes, _HASHES[algorithm])()
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    if asked.get("MessageType") != "DIGEST" or len(digest) != hash_.digest_size:
        return None
    with substrate.inside():
        backend = backends("kms")[account][region]
        key = backend.keys.get(backend.any_id_to_key_id(asked.get("KeyId", "")))
        if key is None or key.key_state != "Enabled" or not key.enabled or algorithm not in key.signing_algorithms:
            return None
        signature = key.private_key.private_key.sign(digest, ec.ECDSA(utils.Prehashed(hash_)))
        return {
            "KeyId": key.arn,
            "Signature": base64.b64encode(signature).decode(),
            "SigningAlgorithm": algorithm,
        }
