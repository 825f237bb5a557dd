"""What several files say together: selections find their plan, and all of them the account that one file names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backstay.importer.found import Found, Reading, Scope, joined
from backstay.importer.problem import problem
from backstay.importer.write.things import whole_of
from backstay_contract.findings import Finding, Label

NO_PLAN = "imported"
_PARTS = ("selection", "lock", "access", "notifications", "restore_testing_selection")
"""What belongs to another thing; selections of one plan may have one name."""


def together(readings: Iterable[Reading]) -> Reading:
    """All readings as one."""
    whole = joined(readings)
    findings = [*whole.findings]
    found = _said_once(_one_account(_paired(whole.found, findings)), findings)
    return replace(whole, found=found, findings=tuple(findings))


def _paired(found: tuple[Found, ...], findings: list[Finding]) -> tuple[Found, ...]:
    """Selections under their plan: by the plan's name or id, or the only plan that there is."""
    plans = [one for one in found if one.kind == "plan"]
    ids = {str(one.body["BackupPlanId"]): one for one in plans if one.body.get("BackupPlanId")}
    paired = []
    for one in found:
        if one.kind != "selection" or one.body.get("BackupPlanName"):
            paired.append(one)
            continue
        plan = ids.get(str(one.body.get("BackupPlanId"))) or (plans[0] if len(plans) == 1 else None)
        if plan is None:
            findings.append(_lost(one, len(plans)))
        name = plan.name if plan is not None else NO_PLAN
        where = plan.where if plan is not None and plan.where != Scope() else one.where
        paired.append(replace(one, body={**one.body, "BackupPlanName": name}, where=where))
    return tuple(paired)


def _lost(one: Found, plans: int) -> Finding:
    count = f"there are {plans} plans" if plans else "there is no plan"
    message = f"the selection `{one.name}` does not name its plan, and {count} to take it"
    help_ = "name the file of its plan as well, and of no other" if plans else "name the file of its plan as well"
    return problem("missing-member", message, one.place, help=help_, severity="warning")


def _said_once(found: tuple[Found, ...], findings: list[Finding]) -> tuple[Found, ...]:
    """Each thing of a place once; two that differ are a complaint, and the first is kept with its own parts.

    What the source's own defaults leave out comes behind what they do not.
    """
    first: dict[tuple[str, str, Scope], Found] = {}
    for one in sorted(found, key=lambda one: one.off):
        first.setdefault((one.kind, one.name, one.where), one)
    dropped: set[tuple[str, str, Scope, str]] = set()
    kept = []
    for one in found:
        known = first[one.kind, one.name, one.where]
        if one is known or one.kind in _PARTS:
            kept.append(one)
            continue
        dropped.add((one.kind, one.name, one.where, one.place.path))
        if one.body != known.body:
            message = f"{one.kind.replace('_', ' ')} `{one.name}` is here for the second time, and not alike"
            others = (Label(known.place, "the first, which is taken"),)
            help_ = "import them apart, or give one of them another name"
            findings.append(problem("conflicting-sources", message, one.place, others=others, help=help_))
    dropped -= {(one.kind, one.name, one.where, one.place.path) for one in kept if one.kind not in _PARTS}
    return tuple(one for one in kept if (*whole_of(one), one.where, one.place.path) not in dropped)


def _one_account(found: tuple[Found, ...]) -> tuple[Found, ...]:
    """Plans whose selections name an account are of that account."""
    accounts = {one.body.get("BackupPlanName"): one.where for one in found if one.kind == "selection"}
    return tuple(
        replace(one, where=accounts[one.name])
        if one.kind == "plan" and one.where == Scope() and one.name in accounts
        else one
        for one in found
    )
