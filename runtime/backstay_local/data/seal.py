"""One data key at work: it names chunks by their content and closes them against eyes and changes."""

from __future__ import annotations

import hashlib
import hmac
import os
import zlib
from dataclasses import dataclass, field

from .errors import DataError

_NONCE = 12
_RAW, _DEFLATED = b"\x00", b"\x01"
_PROBE = 16 * 1024
_WORTH_IT = 0.95


@dataclass(frozen=True, slots=True)
class Seal:
    """A data key of 32 bytes and the name of its ring.

    The key that names chunks and the key that encrypts them are both derived from it, so that the names under two
    vault keys never meet, and a name tells nothing about the content to who does not hold the key.
    """

    ring: str
    key: bytes = field(repr=False)
    _naming: bytes = field(init=False, repr=False, compare=False)
    _closing: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_naming", self._derived(b"name"))
        object.__setattr__(self, "_closing", self._derived(b"close"))

    def name(self, content: bytes, context: bytes = b"") -> str:
        """The name of some content (and of what else belongs to it): keyed SHA-256, in hexadecimal."""
        digest = hmac.new(self._naming, hashlib.sha256(context).digest(), hashlib.sha256)
        digest.update(content)
        return digest.hexdigest()

    def close(self, content: bytes, context: bytes) -> bytes:
        """Compress, encrypt (AES-256-GCM) and bind to `context`, which is not stored here."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._closing).encrypt(nonce, _compress(content), context)

    def open(self, closed: bytes, context: bytes) -> bytes:
        """Undo `close`; a `DataError` when a bit or the context differs, or the key is another."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            opened = AESGCM(self._closing).decrypt(closed[:_NONCE], closed[_NONCE:], context)
        except (InvalidTag, ValueError) as error:
            raise DataError("The backup data is damaged or was not encrypted under this key.") from error
        return zlib.decompress(opened[1:]) if opened[:1] == _DEFLATED else opened[1:]

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.digest(self.key, b"backstay data key: " + purpose, "sha256")


def _compress(content: bytes) -> bytes:
    """Deflate unless the first bytes show that it would not pay."""
    probe = content[:_PROBE]
    if len(zlib.compress(probe, 1)) > _WORTH_IT * len(probe):
        return _RAW + content
    deflated = zlib.compress(content, 1)
    return _DEFLATED + deflated if len(deflated) < len(content) else _RAW + content
