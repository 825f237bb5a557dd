"""Selections of the model: each `Select` as the AWS selections that its condition comes to, worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from backstay import ir
from backstay.dsl import Condition
from backstay.resolve import places
from backstay.resolve.context import Context
from backstay.resolve.patterns import Inexpressible
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem, second
from backstay.resolve.selections import Made, selections
from backstay_contract.findings import Span


@dataclass(frozen=True, slots=True)
class Chooser:
    """Turns the selections of plan pieces into AWS selections. A condition is worked out once, by its identity."""

    context: Context
    _made: dict[int, tuple[Made, ...]] = field(default_factory=dict)

    def chosen(self, plan: Piece) -> tuple[ir.PlanSelection, ...]:
        """Every AWS selection of a plan; two of one name are a complaint."""
        found: dict[str, ir.PlanSelection] = {}
        for piece in plan.children["select"]:
            for selection in self._selections(piece, plan):
                if selection.name in found:
                    self._twice(plan, found[selection.name], selection)
                found.setdefault(selection.name, selection)
        return tuple(found.values())

    def types(self, piece: Piece) -> frozenset[str] | None:
        """The resource types that a selection can take; None if it may be any."""
        made = [one.types for one in self._conditions(piece)]
        return frozenset(name for types in made for name in types) if all(made) else None

    def _selections(self, piece: Piece, plan: Piece) -> Iterator[ir.PlanSelection]:
        where = places.of_piece(piece, self.context.sources)
        role = self.context.role_arn(piece.get("role") or plan.get("role"))
        if piece.get("role") is None and plan.get("role") is not None:
            where = places.with_field(where, "role", plan, self.context.sources)
        for number, made in enumerate(self._conditions(piece), start=1):
            name = piece.name if number == 1 else f"{piece.name}-{number}"
            fields = {**where.fields, **self._values(made)}
            yield ir.PlanSelection(name, role, made.selection, made.types, replace(where, fields=fields))

    def _values(self, made: Made) -> Mapping[str, Span]:
        """The place of each comparison, by the JSON pointer of the value that it became."""
        found = {pointer: self.context.sources.where(said)[0] for pointer, said in made.said.items()}
        return {pointer: span for pointer, span in found.items() if span is not None}

    def _conditions(self, piece: Piece) -> tuple[Made, ...]:
        condition: Condition | None = piece.get("where")
        if condition is None:
            message = f"selection `{piece.name}` does not say what it takes"
            span = self.context.sources.where(piece.first.node)[0]
            help_ = "add `where=` and a condition; `Select.everything()` takes everything"
            self.context.findings.append(problem("selection-without-condition", message, span, help=help_))
            return ()
        known = self._made.get(id(condition))
        if known is None:
            known = self._made[id(condition)] = self._work_out(piece, condition)
        return known

    def _work_out(self, piece: Piece, condition: Condition) -> tuple[Made, ...]:
        try:
            return selections(condition, self.context.partition)
        except Inexpressible as wrong:
            said = self.context.sources.where(wrong.said)[0] if wrong.said is not None else None
            span = said or places.of_field(piece, "where", self.context.sources)
            message = f"selection `{piece.name}`: {wrong.message}"
            self.context.findings.append(problem(wrong.name, message, span, help=wrong.cure))
            return ()

    def _twice(self, plan: Piece, one: ir.PlanSelection, other: ir.PlanSelection) -> None:
        message = f"plan `{plan.name}` has two selections named `{one.name}`"
        notes = ("a selection with alternatives becomes several: `name`, `name-2`, …",)
        others = second(one.where.span, "the first of them")
        span = other.where.field("name")
        self.context.findings.append(problem("same-name-twice", message, span, others=others, notes=notes))
