"""The signature of a bundle: an in-toto statement about its manifest, in a DSSE envelope."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pydantic import ValidationError

from backstay_agent.audit.evidence.archive import UnreadableEvidenceError
from backstay_agent.audit.evidence.bundle import MANIFEST, SIGNATURE
from backstay_agent.signing import envelope
from backstay_agent.signing.keys import PrivateKey, PublicKey
from backstay_contract.canonical import compact, pretty
from backstay_contract.evidence import EvidenceCheck, EvidenceManifest, EvidenceStatement, SignedEvidence
from backstay_contract.signature import Envelope, Subject


def sign(manifest: EvidenceManifest, spelt: bytes, key: PrivateKey) -> bytes:
    """The envelope's file. `spelt` are the manifest's bytes."""
    payload = compact(_statement(manifest, spelt).model_dump(mode="json", by_alias=True))
    sealed = envelope.seal(payload, key.sign(envelope.encoded(payload)), key.public.id)
    return pretty(sealed.model_dump(mode="json", by_alias=True))


def _statement(manifest: EvidenceManifest, spelt: bytes) -> EvidenceStatement:
    return EvidenceStatement(
        subject=(Subject(name=MANIFEST, digest={"sha256": hashlib.sha256(spelt).hexdigest()}),),
        predicate=SignedEvidence(
            root=manifest.root,
            organization=manifest.organization,
            build=manifest.build,
            started=manifest.started,
            ended=manifest.ended,
        ),
    )


def check(
    manifest: EvidenceManifest, spelt: bytes, signature: bytes | None, keys: Sequence[PublicKey]
) -> EvidenceCheck:
    """Whether one of the keys signed this manifest; raises UnreadableEvidenceError for a signature that is none."""
    found = None if signature is None else _read(signature)
    if not keys:
        told = "it is not signed" if found is None else f"it is signed by {_hints(found)}; name the key to check it"
        return EvidenceCheck(check="signature", status="not checked", told=(told,))
    if found is None:
        return EvidenceCheck(check="signature", status="differs", told=("it is not signed",))
    payload = envelope.opened(found, keys)
    if payload is None:
        told = f"it is signed by {_hints(found)}, and by none of the keys that were named"
        return EvidenceCheck(check="signature", status="differs", told=(told,))
    if payload != compact(_statement(manifest, spelt).model_dump(mode="json", by_alias=True)):
        return EvidenceCheck(check="signature", status="differs", told=("what was signed is another manifest",))
    return EvidenceCheck(check="signature", status="holds", told=(f"signed by {_hints(found)}",))


def _read(signature: bytes) -> Envelope:
    try:
        return Envelope.model_validate_json(signature)
    except ValidationError as error:
        raise UnreadableEvidenceError(f"{SIGNATURE} is no DSSE envelope around an in-toto statement") from error


def _hints(found: Envelope) -> str:
    return ", ".join(one.keyid[:16] or "a key without a name" for one in found.signatures)
