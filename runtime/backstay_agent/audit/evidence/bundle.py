"""What goes into a bundle: facts as they were read, the build, the controls with their versions, the results. Pure.

Each account and Region is a file of its own, so that a difference can be told by its place, and one place can be shown
to somebody who may not see the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from backstay_agent.audit import control_facts, packed, spelling
from backstay_agent.audit.evidence import merkle
from backstay_agent.audit.result import Result
from backstay_agent.wanted import Build
from backstay_contract.canonical import compact, pretty
from backstay_contract.evidence import (
    EvidenceBuild,
    EvidenceControl,
    EvidenceControls,
    EvidenceFile,
    EvidenceManifest,
)
from backstay_contract.findings import AuditReport

MANIFEST = "manifest.json"
SIGNATURE = "signature.dsse.json"
FACTS = "inputs/facts.json"
PLACES = "inputs/places/"
BUILD = "inputs/build.json"
CONTROLS = "inputs/controls.json"
REPORT = "results/report.json"
REQUIRED = (FACTS, BUILD, CONTROLS, REPORT)


def members(result: Result, build: Build) -> Iterator[tuple[str, bytes]]:
    """Every file but manifest and signature, by path, sorted by it."""
    yield BUILD, compact(EvidenceBuild(digest=build.digest, named=build.named).model_dump(mode="json"))
    yield CONTROLS, compact(controls(result).model_dump(mode="json"))
    yield FACTS, packed.pack(replace(result.facts, places=()))
    for place in sorted(result.facts.places, key=lambda place: (place.account, place.region)):
        yield place_path(place.account, place.region), packed.pack(place)
    yield REPORT, results(result.report)


def place_path(account: str, region: str) -> str:
    """Where the facts of an account in a Region lie."""
    return f"{PLACES}{account}/{region}.json"


def results(report: AuditReport) -> bytes:
    """The results as they are compared, byte for byte."""
    return spelling.compact(report)


def controls(result: Result) -> EvidenceControls:
    """The controls as they ran."""
    return EvidenceControls(
        controls=tuple(
            EvidenceControl(name=one.name, version=one.version, parameters=dict(one.parameters))
            for one in control_facts.told(result.controls, result.parameters)
        )
    )


def listed(path: str, content: bytes) -> EvidenceFile:
    """A file as the manifest lists it."""
    return EvidenceFile(path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def manifest(result: Result, build: Build, files: tuple[EvidenceFile, ...], tool: str) -> EvidenceManifest:
    """The manifest of those files."""
    ordered = tuple(sorted(files, key=lambda file: file.path))
    summary = result.report.summary
    return EvidenceManifest(
        tool=tool,
        organization=result.facts.organization,
        build=build.digest,
        started=summary.started,
        ended=summary.ended,
        files=ordered,
        root=merkle.root(ordered),
    )


def spelt(document: EvidenceManifest) -> bytes:
    """The bytes of a manifest, which people read, too."""
    return pretty(document.model_dump(mode="json"))
