"""What the resource types that a plan names can do, by the catalogue; what it leaves open refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from backstay.ir import Plan
from backstay_aws import catalog

Ability = Literal["yes", "no", "unknown", "mixed"]
"""A cell of the catalogue; "mixed" where the plain kind of a type cannot what another can (DynamoDB with its advanced
features); what only a special kind cannot (RDS Multi-AZ clusters) the type can."""


def named_types(plan: Plan) -> tuple[str, ...]:
    """The types that the plan's selections name, each once. A selection by tags alone names none."""
    return tuple(dict.fromkeys(name for selection in plan.selections for name in selection.types))


def ability(type_name: str, column: str, region: str) -> Ability:
    """Whether a type can do something in a Region."""
    row = catalog.resource_type(type_name)
    if row is None:
        return "unknown"
    plain = catalog.cell(row, column, region)
    other = any(catalog.cell(kind, column, region) != "no" for kind in row.kinds)
    return "mixed" if plain == "no" and other else plain


def unable(plan: Plan, column: str, region: str, answer: Ability = "no") -> tuple[str, ...]:
    """The named types of a plan that have this answer for an ability."""
    return tuple(name for name in named_types(plan) if ability(name, column, region) == answer)


def sharing(pattern: str, partition: str) -> Iterator[str]:
    """The types that an ARN pattern selects as a whole: more than one where AWS gave them one form."""
    for row in catalog.resource_types():
        if pattern in (text.replace("{partition}", partition) for text in row.patterns):
            yield row.name
