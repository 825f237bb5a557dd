"""The DSSE envelope: what exactly is signed, and how a signed payload is taken out again. Pure.

Source: DSSE protocol v1.0 (github.com/secure-systems-lab/dsse, protocol.md), read 2026-11.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Protocol

from backstay_contract.signature import PAYLOAD_TYPE, Envelope, EnvelopeSignature


class Verifier(Protocol):
    """A public key."""

    def fits(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's over the message."""


def encoded(payload: bytes, kind: str = PAYLOAD_TYPE) -> bytes:
    """The pre-authentication encoding: the bytes that are signed. Lengths are in bytes, decimal."""
    type_ = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(type_), type_, len(payload), payload)


def seal(payload: bytes, signature: bytes, key_id: str, beside: Envelope | None = None) -> Envelope:
    """An envelope around a payload. Signatures of other keys over the same payload, `beside`, are kept."""
    fresh = EnvelopeSignature(keyid=key_id, sig=base64.b64encode(signature).decode())
    same = beside is not None and _bytes(beside.payload) == payload
    others = [one for one in beside.signatures if one.keyid != key_id] if beside is not None and same else []
    return Envelope(payload=base64.b64encode(payload).decode(), signatures=(*others, fresh))


def opened(envelope: Envelope, keys: Iterable[Verifier]) -> bytes | None:
    """The payload, if one of the keys signed it; None otherwise. Nothing of the payload is read before."""
    payload = _bytes(envelope.payload)
    if payload is None:
        return None
    message = encoded(payload, envelope.payload_type)
    signatures = [raw for one in envelope.signatures if (raw := _bytes(one.sig)) is not None]
    return payload if any(key.fits(message, one) for key in keys for one in signatures) else None


def _bytes(text: str) -> bytes | None:
    """What base64 says, in the usual alphabet or the one for URLs; None where it is none."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
