"""Logical ids: readable, alphanumeric, and the same from build to build, whatever else a template holds."""

from __future__ import annotations

import hashlib
import re

_WORDS = re.compile(r"(?!arn-)[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")  # the key `arn-x` is not the parameter `KeyArn` of `x`
_SUFFIXED = re.compile(r".*-z[0-9a-f]{8}")
_PARTS = re.compile(r"[A-Za-z0-9]+")
LONGEST = 200


def logical_id(kind: str, *names: str) -> str:
    """`("Vault", "acme-primary")` → `VaultAcmePrimary`.

    A name that cannot be read back from its id (capitals, dots, several names) gets a digest of itself at the end. An
    id never depends on what else there is: another id would mean another resource to CloudFormation.
    """
    shown = "".join(word[0].upper() + word[1:] for name in names for word in _PARTS.findall(name))
    faithful = len(names) == 1 and _WORDS.fullmatch(names[0]) and not _SUFFIXED.fullmatch(names[0])
    if faithful and len(shown) <= LONGEST:
        return kind + shown
    return f"{kind}{shown[:LONGEST]}Z{hashlib.sha256(chr(0).join(names).encode()).hexdigest()[:8]}"
