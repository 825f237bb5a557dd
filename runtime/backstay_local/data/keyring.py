"""The data keys, one for each KMS key, each wrapped by its KMS key and opened anew for every use."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
from collections.abc import Callable

from .canonical import canonical
from .errors import DataError, in_aws_words
from .files import Files
from .outside import Outside
from .seal import Seal

_KEY_BYTES = 32


class Keyring:
    """Wrapped data keys on disk; an opened one is never kept, so a disabled KMS key closes its backups at once."""

    def __init__(self, files: Files, outside: Outside, wrapped: Callable[[], None]) -> None:
        """Keep the wrapped keys in the folder `keys` of `files`; wrap and unwrap through `outside`.

        `wrapped` is told of each new data key: from then on its KMS key must last.
        """
        self._files = files
        self._folder = files.root / "keys"
        self._outside = outside
        self._wrapped = wrapped
        self._lock = threading.Lock()

    def seal_for(self, key_arn: str) -> tuple[Seal, int]:
        """The seal of a KMS key and how many bytes were written to make it (0 when it was there already)."""
        ring = ring_of(key_arn)
        with self._lock:
            written = 0 if (self._folder / ring).exists() else self._make(key_arn, ring)
        return self.seal(ring), written

    def seal(self, ring: str) -> Seal:
        """Open the data key of a ring; a `DataError` in KMS's words when its KMS key cannot be used."""
        key_arn, wrapped = self._read(ring)
        with in_aws_words():
            return Seal(ring, self._outside.decrypt(key_arn, wrapped))

    def key_arn(self, ring: str) -> str:
        """The KMS key that wraps the data key of a ring."""
        return self._read(ring)[0]

    def _make(self, key_arn: str, ring: str) -> int:
        with in_aws_words():
            wrapped = self._outside.encrypt(key_arn, os.urandom(_KEY_BYTES))
        self._wrapped()
        content = canonical({"key": key_arn, "wrapped": base64.b64encode(wrapped).decode()})
        return self._files.write(self._folder / ring, content, durable=True)

    def _read(self, ring: str) -> tuple[str, bytes]:
        try:
            stored = json.loads((self._folder / ring).read_bytes())
            return str(stored["key"]), base64.b64decode(stored["wrapped"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"The wrapped data key {ring} is missing or damaged.") from error


def ring_of(key_arn: str) -> str:
    """The name of the ring of a KMS key."""
    return hashlib.sha256(key_arn.encode()).hexdigest()[:32]
