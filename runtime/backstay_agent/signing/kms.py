"""A key of AWS KMS that signs. The key never leaves KMS; what it is called with is the digest of the message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from backstay_agent.aws import Aws
from backstay_agent.signing.keys import KeyProblem, PublicKey, public_key

_ALGORITHM = "ECDSA_SHA_256"


@dataclass(frozen=True, slots=True)
class KmsKey:
    """An asymmetric key, ECC_NIST_P256 for signing, used with the caller's own credentials; raises AwsProblem."""

    aws: Aws
    arn: str
    region: str

    def public(self) -> PublicKey:
        """The key that others check with; raises KeyProblem for a key of another kind."""
        answer = self.aws.call(self.aws.caller(), self.region, "kms", "GetPublicKey", KeyId=self.arn)
        if _ALGORITHM not in answer.get("SigningAlgorithms", ()):
            raise KeyProblem("it does not sign with ECDSA_SHA_256 (key spec ECC_NIST_P256, usage SIGN_VERIFY)")
        return public_key(answer["PublicKey"])

    def sign(self, message: bytes) -> bytes:
        """The signature in DER."""
        members = {"KeyId": self.arn, "Message": hashlib.sha256(message).digest(), "MessageType": "DIGEST"}
        answer = self.aws.call(self.aws.caller(), self.region, "kms", "Sign", SigningAlgorithm=_ALGORITHM, **members)
        signature: bytes = answer["Signature"]
        return signature
