"""Backup policies of AWS Organizations: single documents, answers of the CLI, and trees of policies with their targets.

Source of the grammar and of how operators work: AWS Organizations User Guide, "Backup policy syntax and examples", as
`backstay_aws.effective` has it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from backstay.importer.found import Found, Reading, Scope, Unknown
from backstay.importer.organizations.bodies import Bodies
from backstay.importer.organizations.document import Document, Settler, document, refusals
from backstay.importer.organizations.locks import final, left
from backstay.importer.organizations.placeholders import BARE, Placeholders
from backstay.importer.problem import problem
from backstay.importer.text import read_text
from backstay_contract.findings import Span

NO_PLANS = "the policy has no plans"


def recognises(path: str, data: bytes) -> bool:
    """Whether a file is a backup policy, an effective one, or an answer of the CLI that holds one."""
    text, _ = read_text(path, data, bare=BARE)
    return document(text) is not None


def read(path: str, data: bytes, placeholders: Placeholders | None = None, scope: Scope | None = None) -> Reading:
    """The plans of one policy. `placeholders`: values from beside it; `scope`: where it is attached."""
    text, findings = read_text(path, data, bare=BARE)
    found = document(text)
    if found is None:
        missing = () if findings else (problem("missing-member", NO_PLANS, Span(path, 1, 1, 1, 1)),)
        return Reading(findings=(*findings, *missing))
    reading = _plans(found, placeholders or Placeholders(), scope or Scope())
    return Reading(reading.found, (*findings, *reading.findings), reading.params)


def _plans(found: Document, placeholders: Placeholders, scope: Scope) -> Reading:
    settler = Settler(found, placeholders)
    settled = settler.settled()
    bodies = Bodies(found)
    things: list[Found] = []
    for name, plan in settled.plans.items():
        regions, note = _regions(plan.get("regions"))
        locked = final(name, plan, settled.controls)
        where = replace(scope, region=regions, final=locked, note=note or scope.note)
        things += bodies.plan(name, plan, where, left(name, plan, settled.controls))
    told = [*found.findings, *bodies.findings]
    if found.sourced and not placeholders.open and not any(one.severity == "error" for one in told):
        told += refusals(found)
    return Reading(tuple(things), tuple(told), tuple(placeholders.open))


def _regions(regions: list[str | Unknown] | None) -> tuple[str | None, str | None]:
    """The Regions of a plan, and what is said where they are not known."""
    if regions is None:
        return None, "the source does not say in which Regions: all of them here"
    if not regions:
        return None, "the source's list of Regions is empty, so that it makes this plan nowhere; all of them here"
    unknown = [one for one in regions if isinstance(one, Unknown)]
    if unknown:
        said = ", ".join(one.expression for one in unknown)
        return None, f"could not be decided: the Regions, {said} ({unknown[0].why}); all of them here"
    return ",".join(sorted({str(one) for one in regions})) or None, None


def recognises_folder(path: Path) -> bool:
    """Whether a folder holds policies with their targets: `attachments.json` beside `policies/`."""
    from backstay.importer.organizations.attached import ATTACHMENTS

    return (path / ATTACHMENTS).is_file()


def read_folder(path: Path) -> Reading:
    """All policies of such a folder, each where it is attached."""
    from backstay.importer.organizations.tree import read_tree

    return read_tree(path)
