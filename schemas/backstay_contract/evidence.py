"""Evidence of an audit: the manifest of a bundle, the statement that a signature is over, and what a check came to.

A bundle is a zip file: `manifest.json`, the files that it lists, and `signature.dsse.json` where somebody signed.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backstay_contract.organization import ORGANIZATION_ID
from backstay_contract.signature import STATEMENT, Subject

VERSION: Literal[1] = 1
PREDICATE: Literal["urn:backstay:predicate:evidence:1"] = "urn:backstay:predicate:evidence:1"
SHA256 = "^[0-9a-f]{64}$"
PATH = "^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$"
"""Paths of a bundle: no absolute one, none that leads out of it."""

CheckStatus = Literal["holds", "differs", "not checked"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EvidenceFile(_Frozen):
    """A file of the bundle."""

    path: str = Field(pattern=PATH)
    sha256: str = Field(pattern=SHA256)
    size: int = Field(ge=0, description="bytes")


class EvidenceManifest(_Frozen):
    """What a bundle holds. `root` is the Merkle root of the files, so that one can be shown without the others."""

    version: Literal[1] = VERSION
    tool: str = Field(description="who made it, with its version")
    organization: str = Field(pattern=ORGANIZATION_ID)
    build: str = Field(description="digest of the build, as plans name it")
    started: str = Field(description="AWS's time when the audit began; ages are judged by it")
    ended: str
    files: tuple[EvidenceFile, ...] = Field(description="sorted by path")
    root: str = Field(pattern=SHA256)


class EvidenceControl(_Frozen):
    """A control as it ran: `version` is the digest of its definition and its parameters."""

    name: str
    version: str
    parameters: dict[str, int | str | tuple[str, ...]] = Field(default_factory=dict)


class EvidenceControls(_Frozen):
    """The controls, in the order in which they were put."""

    controls: tuple[EvidenceControl, ...]


class EvidenceBuild(_Frozen):
    """The build that was audited: `named` is what its digest is taken of, the index first of all."""

    digest: str
    named: Any


class SignedEvidence(_Frozen):
    """What is said of a bundle."""

    root: str = Field(pattern=SHA256)
    organization: str = Field(pattern=ORGANIZATION_ID)
    build: str
    started: str
    ended: str


class EvidenceStatement(BaseModel):
    """The in-toto statement about a bundle; its subject is the manifest, which names every other file."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    type: Literal["https://in-toto.io/Statement/v1"] = Field(default=STATEMENT, alias="_type")
    subject: tuple[Subject, ...] = Field(min_length=1)
    predicate_type: Literal["urn:backstay:predicate:evidence:1"] = Field(default=PREDICATE, alias="predicateType")
    predicate: SignedEvidence


class EvidenceCheck(_Frozen):
    """One thing that was checked; `told` says it in sentences, when it differs each difference in one."""

    check: Literal["files", "root", "build", "signature", "controls", "results"]
    status: CheckStatus
    told: tuple[str, ...]


class EvidenceVerdict(_Frozen):
    """The JSON output of `backstay audit verify`: `holds` when nothing differs."""

    holds: bool
    organization: str
    build: str
    started: str
    ended: str
    root: str
    checks: tuple[EvidenceCheck, ...]
