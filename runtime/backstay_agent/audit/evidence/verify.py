"""Checks a bundle: its files, root, build and signature, and its results by putting the same controls again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from backstay_agent.audit import control_facts, identity, packed
from backstay_agent.audit.evaluate import evaluate
from backstay_agent.audit.evidence import bundle, merkle, signed
from backstay_agent.audit.evidence.archive import Archive, UnreadableEvidenceError
from backstay_agent.controls import registry
from backstay_agent.controls.control import Control
from backstay_agent.controls.facts import Facts, Place
from backstay_agent.controls.parameters import Parameters
from backstay_agent.signing.keys import PublicKey
from backstay_contract.canonical import digest
from backstay_contract.evidence import (
    CheckStatus,
    EvidenceBuild,
    EvidenceCheck,
    EvidenceControls,
    EvidenceManifest,
    EvidenceVerdict,
)
from backstay_contract.findings import AuditReport, AuditSummary

MOST_TOLD = 20
"""Differences that are told one by one; the others are counted."""
_M = TypeVar("_M", bound=BaseModel)


def verify(archive: Archive, keys: Sequence[PublicKey] = ()) -> EvidenceVerdict:
    """What the check came to; raises UnreadableEvidenceError where there is nothing that could be compared."""
    spelt = archive.read(bundle.MANIFEST)
    manifest = _model(EvidenceManifest, bundle.MANIFEST, spelt)
    signature = archive.read(bundle.SIGNATURE) if bundle.SIGNATURE in archive.names else None
    listed = [file.path for file in manifest.files]
    if len(set(listed)) < len(listed):
        twice = next(path for path in listed if listed.count(path) > 1)
        raise UnreadableEvidenceError(f"{bundle.MANIFEST} lists {twice} twice")
    for path in (*bundle.REQUIRED, *listed):
        if path not in archive.names:
            raise UnreadableEvidenceError(f"it has no {path}")
    changed = _changed(archive, manifest)
    checks = [
        _check("files", f"{len(manifest.files):,} files are as the manifest lists them", changed.values()),
        _root(manifest),
        signed.check(manifest, spelt, signature, keys),
    ]
    inputs = [path for path in changed if path != bundle.REPORT]
    if inputs:
        told = "not evaluated again, since the inputs are not those of the manifest"
        checks.append(EvidenceCheck(check="results", status="not checked", told=(told,)))
    else:
        checks += _again(archive, manifest)
    return EvidenceVerdict(
        holds=all(check.status != "differs" for check in checks),
        organization=manifest.organization,
        build=manifest.build,
        started=manifest.started,
        ended=manifest.ended,
        root=manifest.root,
        checks=tuple(checks),
    )


def _check(name: Any, holds: str, differences: Any) -> EvidenceCheck:
    found = list(differences)
    status: CheckStatus = "differs" if found else "holds"
    return EvidenceCheck(check=name, status=status, told=_short(found) if found else (holds,))


def _short(found: Sequence[str]) -> tuple[str, ...]:
    more = len(found) - MOST_TOLD
    return (*found[:MOST_TOLD], f"and {more:,} more") if more > 0 else tuple(found)


def _changed(archive: Archive, manifest: EvidenceManifest) -> dict[str, str]:
    """What is wrong with which file."""
    known = {file.path: file for file in manifest.files}
    changed = {}
    for name in archive.names:
        if name in (bundle.MANIFEST, bundle.SIGNATURE):
            continue
        file = known.get(name)
        if file is None:
            changed[name] = f"{name} was added: the manifest does not list it"
        elif hashlib.sha256(content := archive.read(name)).hexdigest() != file.sha256 or len(content) != file.size:
            changed[name] = f"{name} was changed: its SHA-256 is not that of the manifest"
    return changed


def _root(manifest: EvidenceManifest) -> EvidenceCheck:
    found = merkle.root(manifest.files)
    differs = [] if found == manifest.root else [f"the files' root is {found}, the manifest says {manifest.root}"]
    return _check("root", f"Merkle root {found}", differs)


def _again(archive: Archive, manifest: EvidenceManifest) -> Iterator[EvidenceCheck]:
    """The checks that need the inputs: the build, the controls, and the results by evaluating once more."""
    built = _model(EvidenceBuild, bundle.BUILD, archive.read(bundle.BUILD))
    facts = facts_in(archive)
    yield _check("build", f"build {built.digest}", _about_another(built, facts, manifest))
    put = _model(EvidenceControls, bundle.CONTROLS, archive.read(bundle.CONTROLS))
    here = {control.name: control for control in registry.controls()}
    other = [
        f"{one.name} is another control in this version of Backstay (made by {manifest.tool})"
        for one in put.controls
        if one.name not in here or control_facts.version(here[one.name], _parameters(one.parameters)) != one.version
    ]
    stored = archive.read(bundle.REPORT)
    chosen = [here[one.name] for one in put.controls if one.name in here]
    parameters = {one.name: _parameters(one.parameters) for one in put.controls}
    differences = list(_differences(stored, facts, chosen, parameters))
    holds = f"{len(put.controls)} controls are those of this version of Backstay"
    if other and not differences:
        told = (*_short(other), "yet the results are the same")
        yield EvidenceCheck(check="controls", status="not checked", told=told)
    else:
        yield _check("controls", holds, other)
    yield _check("results", "evaluated again: the results are the same, byte for byte", differences)


def facts_in(archive: Archive) -> Facts:
    """The facts that a bundle holds; raises UnreadableEvidenceError."""
    try:
        facts = packed.unpack(Facts, archive.read(bundle.FACTS))
        names = [name for name in archive.names if name.startswith(bundle.PLACES)]
        return replace(facts, places=tuple(_place(archive, name) for name in names))
    except packed.UnreadableFactsError as error:
        raise UnreadableEvidenceError(f"{bundle.FACTS} holds no facts that this version reads: {error}") from error


def _place(archive: Archive, name: str) -> Place:
    try:
        place = packed.unpack(Place, archive.read(name))
    except packed.UnreadableFactsError as error:
        raise UnreadableEvidenceError(f"{name} holds no facts that this version reads: {error}") from error
    if bundle.place_path(place.account, place.region) != name:
        raise UnreadableEvidenceError(f"{name} holds the facts of {place.account} in {place.region}")
    return place


def _about_another(built: EvidenceBuild, facts: Facts, manifest: EvidenceManifest) -> Iterator[str]:
    """Where build, facts and manifest speak of different things."""
    if built.digest != manifest.build:
        yield f"the build is {built.digest}, the manifest says {manifest.build}"
    if digest(built.named) != built.digest:
        yield f"the build's index has the digest {digest(built.named)}, not {built.digest}"
    for what, mine, said in (
        ("organization", facts.organization, manifest.organization),
        ("begin of the audit", facts.now.isoformat(), manifest.started),
        ("end of the audit", facts.ended.isoformat(), manifest.ended),
    ):
        if mine != said:
            yield f"the {what} is {mine} by the facts, {said} by the manifest"


def _parameters(values: dict[str, Any]) -> Parameters:
    return Parameters({name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def _differences(
    stored: bytes, facts: Facts, chosen: Sequence[Control[Any]], parameters: dict[str, Parameters]
) -> Iterator[str]:
    again = evaluate(facts, chosen, parameters)
    if bundle.results(again) == stored:
        return
    try:
        before = TypeAdapter(AuditReport).validate_json(stored)
    except ValidationError:
        yield f"{bundle.REPORT} is no report of an audit"
        return
    found = list(chain(_of_findings(before, again), _of_summary(before, again)))
    yield from found or [f"{bundle.REPORT} is spelt otherwise than it would be written"]


def _of_findings(before: AuditReport, again: AuditReport) -> Iterator[str]:
    stored, now = ({identity.key(one): one for one in report.findings} for report in (before, again))
    for key in sorted(stored.keys() | now.keys()):
        old, new = stored.get(key), now.get(key)
        if old is None:
            yield f"{' '.join(key[:4])}: the results do not have it, evaluated again it is {new.status if new else ''}"
        elif new is None:
            yield f"{' '.join(key[:4])}: the results say {old.status}, evaluated again there is no such finding"
        elif old.status != new.status:
            yield f"{' '.join(key[:4])}: the results say {old.status}, evaluated again it is {new.status}"
        elif old != new:
            yield f"{' '.join(key[:4])}: the results give another reason or remedy than it has evaluated again"


def _of_summary(before: AuditReport, again: AuditReport) -> Iterator[str]:
    for name in (field.name for field in fields(AuditSummary)):
        old, new = getattr(before.summary, name), getattr(again.summary, name)
        if old != new:
            yield f"summary: {name} is {old} in the results, {new} evaluated again"


def _model(form: type[_M], path: str, content: bytes) -> _M:
    try:
        return form.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the document"
        raise UnreadableEvidenceError(f"{path} is not what this version reads: {place}: {first['msg']}") from error
