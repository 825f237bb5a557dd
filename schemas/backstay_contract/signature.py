"""The signature of a build: an in-toto statement in a DSSE envelope.

Sources: DSSE protocol and envelope v1.0 (github.com/secure-systems-lab/dsse), in-toto Statement v1
(github.com/in-toto/attestation, spec/v1), read 2026-11.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.organization import ORGANIZATION_ID

PAYLOAD_TYPE: Literal["application/vnd.in-toto+json"] = "application/vnd.in-toto+json"
STATEMENT: Literal["https://in-toto.io/Statement/v1"] = "https://in-toto.io/Statement/v1"
PREDICATE: Literal["urn:backstay:predicate:build:1"] = "urn:backstay:predicate:build:1"


class EnvelopeSignature(BaseModel):
    """One signature. `keyid` is a hint for people and tools; who signed is told by the key that fits."""

    model_config = ConfigDict(frozen=True)

    keyid: str = ""
    sig: str = Field(description="base64")


class Envelope(BaseModel):
    """A DSSE envelope. Members that it does not know are let be, as the specification asks."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    payload: str = Field(description="base64 of the statement's bytes")
    payload_type: Literal["application/vnd.in-toto+json"] = Field(default=PAYLOAD_TYPE, alias="payloadType")
    signatures: tuple[EnvelopeSignature, ...] = Field(min_length=1)


class Subject(BaseModel):
    """A file of the build, by its path from the build's folder."""

    model_config = ConfigDict(frozen=True)

    name: str
    digest: dict[str, str] = Field(description="`sha256` of the file's bytes, in hexadecimal")


class SignedBuild(BaseModel):
    """What is said of the build: which it is, whose, and from which revision of the policies."""

    model_config = ConfigDict(frozen=True)

    build: str = Field(description="digest of the build, as plans name it")
    organization: str = Field(pattern=ORGANIZATION_ID)
    revision: str | None = Field(default=None, description="commit, where the CI system tells it")


class Statement(BaseModel):
    """The in-toto statement about a build."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    type: Literal["https://in-toto.io/Statement/v1"] = Field(default=STATEMENT, alias="_type")
    subject: tuple[Subject, ...] = Field(min_length=1)
    predicate_type: Literal["urn:backstay:predicate:build:1"] = Field(default=PREDICATE, alias="predicateType")
    predicate: SignedBuild
