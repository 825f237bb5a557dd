"""The Merkle root of a bundle's files: one number for all, with which one file can be shown without the others. Pure.

As in RFC 6962, 2.1, with SHA-256: a leaf is hashed behind the byte 0, two halves behind the byte 1, the left half being
the largest power of two below the number of leaves. A leaf is the canonical JSON of path, sha256 and size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from backstay_contract.canonical import compact
from backstay_contract.evidence import EvidenceFile


def root(files: Sequence[EvidenceFile]) -> str:
    """The root of the files in the order of their paths, in hexadecimal; of no files the hash of nothing."""
    leaves = [_leaf(file) for file in sorted(files, key=lambda file: file.path)]
    return (_joined(leaves) if leaves else hashlib.sha256().digest()).hex()


def _leaf(file: EvidenceFile) -> bytes:
    return hashlib.sha256(b"\x00" + compact(file.model_dump())).digest()


def _joined(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + _joined(hashes[:half]) + _joined(hashes[half:])).digest()
