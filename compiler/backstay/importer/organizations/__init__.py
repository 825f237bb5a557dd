"""Backup policies of AWS Organizations: single documents, answers of the CLI, and trees of policies with their targets.

Source of the grammar and of how operators work: AWS Organizations User Guide, "Backup policy syntax and examples", as
`backstay_aws.effective` has it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from backstay.importer.found import Found, Reading, Scope, Unknown
from backstay.importer.organizations.bodies import Bodies
from backstay.importer.organizations.document import ATTACHMENTS, Document, Settler, document, refusals
from backstay.importer.organizations.locks import final, left
from backstay.importer.organizations.placeholders import BARE, Placeholders
from backstay.importer.problem import problem
from backstay.importer.text import read_text as text_of
from backstay.source.text import Text

NO_PLANS = "the policy has no plans"


def recognises(path: str, data: bytes) -> bool:
    """Whether a file is a backup policy, an effective one, or an answer of the CLI that holds one."""
    text, _ = text_of(path, data, bare=BARE)
    return document(text) is not None


def read(path: str, data: bytes, placeholders: Placeholders | None = None, scope: Scope | None = None) -> Reading:
    """The plans of one policy. `placeholders`: values from beside it; `scope`: where it is attached."""
    text, findings = text_of(path, data, bare=BARE)
    if document(text) is None and findings:
        return Reading(findings=findings)
    reading = read_document(text, placeholders, scope)
    return replace(reading, findings=(*findings, *reading.findings))


def read_document(text: Text, placeholders: Placeholders | None = None, scope: Scope | None = None) -> Reading:
    """The plans of one policy that is data with places already."""
    found = document(text)
    if found is None:
        return Reading(findings=(problem("missing-member", NO_PLANS, text.place(())),))
    return _plans(found, placeholders or Placeholders(), scope or Scope())


def _plans(found: Document, placeholders: Placeholders, scope: Scope) -> Reading:
    settler = Settler(found, placeholders)
    settled = settler.settled()
    bodies = Bodies(found)
    things: list[Found] = []
    for name, plan in settled.plans.items():
        regions, note = _regions(plan.get("regions"))
        if note is not None:
            place = found.place((name, "regions") if "regions" in plan else (name,))
            bodies.findings.append(problem("approximated", f"plan `{name}`: {note}", place))
        # A path of `final=` names things, so that all names of the document have to be known.
        locked = () if placeholders.names else final(name, plan, settled.controls)
        where = replace(scope, region=regions, final=locked, note=note or scope.note)
        things += bodies.plan(name, plan, where, left(name, plan, settled.controls))
    told = [*found.findings, *bodies.findings]
    if found.sourced and not placeholders.open and not any(one.severity == "error" for one in told):
        places = {one.span for one in told}
        told += [one for one in refusals(found, placeholders) if one.span not in places]
    return Reading(tuple(_restored(one, placeholders) for one in things), tuple(told), tuple(placeholders.open))


def _restored(one: Found, placeholders: Placeholders) -> Found:
    """The same with undecided names as what they are; a plan is then called as its selections call it."""
    known = placeholders.names.get(one.name)
    name = known.name if known is not None and one.kind == "plan" else one.name
    return replace(one, name=name, body=placeholders.restored(one.body)) if placeholders.names else one


def _regions(regions: list[str | Unknown] | None) -> tuple[str | None, str | None]:
    """The Regions of a plan, and what is said where they are not known."""
    if regions is None:
        return None, "the source does not say in which Regions: all of them here"
    if not regions:
        return None, "the source's list of Regions is empty, so that it makes this plan nowhere; all of them here"
    unknown = [one for one in regions if isinstance(one, Unknown)]
    known = ",".join(sorted({one for one in regions if isinstance(one, str)})) or None
    if not unknown:
        return known, None
    said = ", ".join(one.brief for one in unknown)
    what = "left out: Regions" if known else "the Regions"
    return known, f"could not be decided: {what}, {said} ({unknown[0].why}){'' if known else '; all of them here'}"


def recognises_folder(path: Path) -> bool:
    """Whether a folder holds policies with their targets: `attachments.json` beside `policies/`."""
    return (path / ATTACHMENTS).is_file()


def read_folder(path: Path, organization: Path | None = None) -> Reading:
    """All policies of such a folder, each where it is attached; the organization file may lie in or above it."""
    from backstay.importer.organizations.tree import read_tree

    return read_tree(path, organization)
