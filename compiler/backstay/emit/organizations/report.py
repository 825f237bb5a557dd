"""What the author is told: plans that go elsewhere and why, plans that change their names, limits that do not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from backstay import ir
from backstay.emit.organizations.limits import ATTACHMENTS, CHARACTERS, POLICIES
from backstay.emit.organizations.packing import Packed
from backstay.emit.organizations.pieces import Sorted
from backstay.emit.organizations.problem import problem
from backstay_contract.findings import Finding, in_order


def findings(model: ir.Model, plans: Sorted, packed: Packed) -> tuple[Finding, ...]:
    """All findings of the target, in the order of the files."""
    return tuple(in_order([*_moved(model, plans), *_split(plans), *_mixed(model, plans), *_limits(packed)]))


def _moved(model: ir.Model, plans: Sorted) -> Iterator[Finding]:
    """One finding a reason, whatever the number of Regions; `accounts` counts each account once."""
    found: dict[Finding, set[str]] = {}
    for one in plans.moved:
        for obstacle in one.obstacles:
            message = f"plan `{one.plan.name}` is no part of the backup policies: {obstacle.reason}"
            help_ = "the accounts target makes the whole plan; `prerequisites.json` lists it"
            finding = problem("plan-beyond-organizations", message, obstacle.span or one.plan.where.span, help=help_)
            found.setdefault(finding, set()).update(model.shapes[one.shape].accounts)
    for finding, accounts in found.items():
        yield replace(finding, accounts=len(accounts))


def _split(plans: Sorted) -> Iterator[Finding]:
    for name, same in plans.split.items():
        made = sorted({piece.name for piece in plans.pieces if piece.plan == name and piece.name != name.lower()})
        message = (
            f"plan `{name}` differs between the Regions of an account; backup policies make {len(made)} plans of it"
        )
        yield problem("plan-split-by-region", message, same[0].where.field("name"), notes=(", ".join(made),))


def _mixed(model: ir.Model, plans: Sorted) -> Iterator[Finding]:
    """Whether one plan of a policy may select both by tags and by types, AWS does not say."""
    elsewhere = {(one.shape, one.plan.name) for one in plans.moved}
    for number, shape in enumerate(model.shapes):
        for plan in shape.plans:
            tagged = [one for one in plan.selections if one.selection.list_of_tags]
            if 0 < len(tagged) < len(plan.selections) and (number, plan.name) not in elsewhere:
                message = f"plan `{plan.name}` selects both by a tag alone and by types or conditions"
                note = "AWS does not say whether a plan of a backup policy may have both kinds"
                yield problem("mixed-selections", message, tagged[0].where.span, notes=(note,))


def _limits(packed: Packed) -> Iterable[Finding]:
    for number in sorted({number for _, number in packed.overfull}):
        alike = [node for node, needed in packed.overfull if needed == number]
        more = f" (and {len(alike) - 1:,} more the same)" if len(alike) > 1 else ""
        message = f"{alike[0]} needs {number} backup policies{more}; Organizations attaches at most {ATTACHMENTS}"
        note = f"filled up to {CHARACTERS:,} characters each, and with no unit below to hand any down to"
        help_ = "merge plans, or drop some"
        yield problem("too-many-attachments", message, None, notes=(note,), help=help_, accounts=len(alike))
    if len(packed.documents) > POLICIES:
        message = f"the plans need {len(packed.documents):,} backup policies; an organization has at most {POLICIES:,}"
        help_ = "attach policies to whole units, and give the accounts of a unit the same Regions"
        yield problem("too-many-policies", message, None, help=help_)
