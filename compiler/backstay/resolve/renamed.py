"""New names: what was called otherwise before can be one thing now, not two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backstay import ir
from backstay.resolve.problem import problem, second
from backstay_contract.findings import Finding

HELP = "only one of them can keep what the old name had: take `moved=` out of the other"

Named = tuple[str, str, str | None, ir.Where]
"""What sort of thing it is, its name, the name from before, its place."""


def renamed_twice(shapes: Iterable[ir.Shape]) -> Iterator[Finding]:
    """A complaint for each thing whose old name another thing of its sort has had too, once for all accounts."""
    told = set()
    for shape in shapes:
        first: dict[tuple[str, str], Named] = {}
        for one in _renamed(shape):
            sort, name, before, where = one
            other = first.setdefault((sort, before or ""), one)
            if other is not one and (where.span, other[3].span) not in told:
                told.add((where.span, other[3].span))
                yield _finding(sort, name, before, other, where)


def _finding(sort: str, name: str, before: str | None, other: Named, where: ir.Where) -> Finding:
    word = sort.partition(" ")[0]
    message = f"{word} `{name}` and {word} `{other[1]}` were both called `{before}` before"
    others = second(other[3].field("moved"), "the other")
    return problem("renamed-twice", message, where.field("moved"), others=others, help=HELP)


def _renamed(shape: ir.Shape) -> Iterator[Named]:
    """Everything of a shape that had another name; a rule's sort says its plan, for only there its name counts."""
    for plan in shape.plans:
        named: list[Named] = [("plan", plan.name, plan.moved, plan.where)]
        named += [(f"rule of {plan.name}", rule.name, rule.moved, rule.where) for rule in plan.rules]
        yield from (one for one in named if one[2] is not None)
    yield from (("vault", vault.name, vault.moved, vault.where) for vault in shape.vaults if vault.moved is not None)
