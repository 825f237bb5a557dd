"""Types that share the form of their ARNs: selecting one takes the others too, unless opt-ins leave them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from backstay.dsl import Condition
from backstay.dsl.condition import ResourceType
from backstay.resolve.conditions import comparisons
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem
from backstay.source import Sources
from backstay_aws import catalog
from backstay_contract.findings import Finding


def warnings(plan: Piece, opt_in: Mapping[str, bool], sources: Sources) -> Iterator[Finding]:
    """A warning for each type in a plan's selections that takes others along."""
    for select in plan.children["select"]:
        condition: Condition | None = select.get("where")
        for said in comparisons(condition) if condition is not None else ():
            if isinstance(said, ResourceType):
                left = [name for name, key in fellows(said.type) if opt_in.get(key) is not False]
                if left:
                    yield _warning(select.name, said, left, sources)


@cache
def fellows(name: str) -> tuple[tuple[str, str], ...]:
    """The other types that the type's ARN patterns select, each with its opt-in key."""
    row = catalog.resource_type(name)
    if row is None:
        return ()
    others = (other for other in catalog.resource_types() if other.name != name)
    return tuple((other.name, other.opt_in) for other in others if set(other.patterns) & set(row.patterns))


def _warning(selection: str, said: ResourceType, left: list[str], sources: Sources) -> Finding:
    others = " and ".join(left)
    message = f"selection `{selection}` names {said.type}; the same ARNs are those of {others}"
    opt_outs = ", ".join(f'"{name}": False' for name in left)
    return problem(
        "shared-arn-form",
        message,
        sources.where(said)[0],
        label=f"takes {others} too",
        notes=("RDS Multi-AZ clusters have ARNs of this form as well",),
        help=f"opt them out with `Settings(opt_in={{{opt_outs}}})`, or add a tag that only {said.type} carries",
    )
