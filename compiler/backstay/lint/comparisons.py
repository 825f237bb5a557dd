"""What the author of a selection compared: tags with values, and ARNs, each with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from backstay.ir import Plan, PlanSelection
from backstay.lint.context import Context
from backstay.lint.site import SelectionSite
from backstay_contract.findings import Span

Operator = Literal["==", "!=", "like", "not like"]

_WANTED: tuple[Operator, ...] = ("==", "like")


@dataclass(frozen=True, slots=True)
class Compared:
    """A tag compared with a value or a pattern."""

    key: str
    operator: Operator
    value: str
    span: Span | None

    @property
    def wanted(self) -> bool:
        """Whether resources with this tag are asked for, not kept out."""
        return self.operator in _WANTED

    @property
    def said(self) -> str:
        """The comparison as the author writes it."""
        if self.operator in ("==", "!="):
            return f'tag("{self.key}") {self.operator} "{self.value}"'
        return f'{"" if self.wanted else "~"}tag("{self.key}").like("{self.value}")'


@dataclass(frozen=True, slots=True)
class Named:
    """An ARN, or a pattern of ARNs, that is taken or kept out."""

    arn: str
    taken: bool
    span: Span | None


def compared(site: SelectionSite) -> Iterator[Compared]:
    """Every comparison of a tag."""
    chosen = site.selection.selection
    members: tuple[tuple[str, Operator, tuple[tuple[str, str], ...]], ...] = (
        ("/ListOfTags", "==", chosen.list_of_tags),
        ("/Conditions/StringEquals", "==", chosen.string_equals),
        ("/Conditions/StringNotEquals", "!=", chosen.string_not_equals),
        ("/Conditions/StringLike", "like", chosen.string_like),
        ("/Conditions/StringNotLike", "not like", chosen.string_not_like),
    )
    for member, operator, pairs in members:
        for number, (key, value) in enumerate(pairs):
            yield Compared(key, operator, value, _place(site, f"{member}/{number}"))


def named(site: SelectionSite) -> Iterator[Named]:
    """Every ARN; the lone `*` that stands for all resources is none."""
    chosen = site.selection.selection
    for member, arns in (("/Resources", chosen.resources), ("/NotResources", chosen.not_resources)):
        for number, arn in enumerate(arns):
            if arn != "*":
                yield Named(arn, member == "/Resources", _place(site, f"{member}/{number}"))


def selects(plan: Plan) -> Iterator[tuple[PlanSelection, ...]]:
    """The selections of a plan, those that AWS needs for one `Select` together: `name`, `name-2`, …

    Selects that a comprehension makes share a place, so the names must say it too.
    """
    pieces: list[PlanSelection] = []
    for one in plan.selections:
        if pieces and not _continues(pieces, one):
            yield tuple(pieces)
            pieces = []
        pieces.append(one)
    if pieces:
        yield tuple(pieces)


def _continues(pieces: Sequence[PlanSelection], other: PlanSelection) -> bool:
    first = pieces[0]
    return other.where.span == first.where.span and other.name == f"{first.name}-{len(pieces) + 1}"


def author_name(site: SelectionSite, selection: PlanSelection | None = None) -> str:
    """The name that the author gave (to another selection of the plan): `name-2` is the second of one `Select`."""
    asked = selection or site.selection
    same = (pieces[0].name for pieces in selects(site.plan) if any(one is asked for one in pieces))
    return next(same, asked.name)


def select_sites(context: Context) -> Iterable[tuple[SelectionSite, ...]]:
    """The sites of each `Select`, over all selections that AWS needs for it and all that have it."""
    names = {id(one): pieces[0].name for site in context.plans for pieces in selects(site.plan) for one in pieces}
    found: dict[object, list[SelectionSite]] = defaultdict(list)
    for site in context.selections:
        found[(*site.path[:-1], names[id(site.selection)], site.where.span)].append(site)
    return (tuple(sites) for sites in found.values())


def uses(context: Context) -> Iterable[tuple[SelectionSite, ...]]:
    """The sites of each selection, over all accounts and Regions that have it."""
    found: dict[object, list[SelectionSite]] = defaultdict(list)
    for site in context.selections:
        found[(*site.path, site.where.span)].append(site)
    return (tuple(sites) for sites in found.values())


def _place(site: SelectionSite, pointer: str) -> Span | None:
    return site.where.fields.get(pointer) or site.where.field("where")
