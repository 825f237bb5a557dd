"""Keys that sign builds: Ed25519, and ECDSA over P-256 with SHA-256, in the files that everybody's tools write."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_KINDS = "Ed25519 or ECDSA P-256"


class KeyProblem(Exception):  # noqa: N818 -- says what is wrong with a key that was given
    """A key that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that tells whether a signature is its own."""

    key: Ed25519PublicKey | EllipticCurvePublicKey

    def fits(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's over the message."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            if isinstance(self.key, ed25519.Ed25519PublicKey):
                self.key.verify(signature, message)
            else:
                self.key.verify(signature, message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    def pem(self) -> bytes:
        """The key as a PEM file holds it (SubjectPublicKeyInfo)."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def id(self) -> str:
        """The SHA-256 of the key itself (SubjectPublicKeyInfo in DER), in hexadecimal: its name by default."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return hashlib.sha256(self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs."""

    key: Ed25519PrivateKey | EllipticCurvePrivateKey

    def sign(self, message: bytes) -> bytes:
        """The signature; for ECDSA in DER."""
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519
        from cryptography.hazmat.primitives.hashes import SHA256

        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(message)
        return self.key.sign(message, ec.ECDSA(SHA256()))

    @property
    def public(self) -> PublicKey:
        """The key that others check with."""
        return PublicKey(self.key.public_key())

    def pem(self) -> bytes:
        """The key as a PEM file holds it (PKCS #8, not encrypted)."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def new() -> PrivateKey:
    """A new Ed25519 key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return PrivateKey(Ed25519PrivateKey.generate())


def private_key(data: bytes, passphrase: bytes | None = None) -> PrivateKey:
    """The private key of a PEM file; raises KeyProblem."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(data, passphrase)
    except TypeError as error:
        told = "it is encrypted, and no passphrase is given" if passphrase is None else "it is not encrypted"
        raise KeyProblem(told) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyProblem("it holds no private key in PEM, or the passphrase is wrong") from error
    if not _signs(key):
        raise KeyProblem(f"its key is of another kind than {_KINDS}")
    return PrivateKey(key)


def public_key(data: bytes) -> PublicKey:
    """The public key of a PEM file, or of its DER form (which KMS answers); raises KeyProblem."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

    load = load_pem_public_key if b"-----BEGIN" in data else load_der_public_key
    if b"PRIVATE KEY-----" in data:
        raise KeyProblem("it holds a private key; name the public one")
    try:
        key = load(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyProblem("it holds no public key in PEM or DER") from error
    if not _verifies(key):
        raise KeyProblem(f"its key is of another kind than {_KINDS}")
    return PublicKey(key)


def public_keys(text: str) -> tuple[PublicKey, ...]:
    """The public keys of a text that holds one PEM block after another; raises KeyProblem if it holds none.

    Where a form or a variable turned the line ends of a block into spaces, they are put back.
    """
    blocks = re.findall(r"-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----", text, re.DOTALL)
    if not blocks:
        raise KeyProblem("it holds no public key in PEM")
    pems = ("\n".join([f"-----BEGIN {kind}-----", *body.split(), f"-----END {kind}-----"]) for kind, body in blocks)
    return tuple(public_key(pem.encode()) for pem in pems)


def _signs(key: Any) -> TypeGuard[Ed25519PrivateKey | EllipticCurvePrivateKey]:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    of_curve = isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    return of_curve or isinstance(key, ed25519.Ed25519PrivateKey)


def _verifies(key: Any) -> TypeGuard[Ed25519PublicKey | EllipticCurvePublicKey]:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    of_curve = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    return of_curve or isinstance(key, ed25519.Ed25519PublicKey)
