"""The CloudFormation target: templates for each shape, to be deployed as stack sets, and a manifest of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backstay import ir
from backstay.emit import document
from backstay.emit.cloudformation import gaps, template
from backstay.emit.cloudformation.template import Template
from backstay_contract.canonical import digest, pretty
from backstay_contract.stacksets import StackSet, StackSets

FOLDER = "cloudformation"
TEMPLATES = f"{FOLDER}/templates/"

report = gaps.report
"""Findings of what CloudFormation cannot express."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A template with its path and its bytes."""

    path: str
    body: bytes
    template: Template


def emit(model: ir.Model) -> Iterator[tuple[str, bytes]]:
    """Every template, named by the digest of its shape, and the manifest `cloudformation/stacksets.json`.

    A template is made once for each shape, however many accounts have it.
    """
    units = _Units(model)
    sets: dict[str, StackSet] = {}
    for shape in model.shapes:
        for one, order in _written(shape, model.partition):
            known = sets.get(one.path)
            if known is None:
                sets[one.path] = _stack_set(one, order, shape)
                yield f"{FOLDER}/{one.path}", one.body
            else:  # the shapes of two classes of accounts may come to the same
                accounts = tuple(sorted({*known.accounts, *shape.accounts}))
                sets[one.path] = known.model_copy(update={"accounts": accounts})
    covered = [one.model_copy(update={"units": units.just(one.accounts)}) for one in sets.values()]
    left_out = tuple(one.entry() for one in gaps.of_organization(model))
    ordered = tuple(sorted(covered, key=lambda one: (one.region, one.name)))
    whole = StackSets(stack_sets=ordered, left_out=left_out)
    yield f"{FOLDER}/stacksets.json", pretty(whole.model_dump(mode="json", exclude_none=True))


def _written(shape: ir.Shape, partition: str) -> Iterator[tuple[_Written, int]]:
    body = document.shape(shape)
    name = digest(body.document())
    made = template.of_shape(body, partition)
    for order, one in enumerate(made, 1):
        part = f"-{order}" if len(made) > 1 else ""
        yield _Written(f"templates/{name}{part}.json", pretty(one.document), one), order


def _stack_set(one: _Written, order: int, shape: ir.Shape) -> StackSet:
    return StackSet(
        name=f"backstay-{shape.region}-{one.path.rpartition('/')[2].removesuffix('.json')}",
        template=one.path,
        order=order,
        region=shape.region,
        accounts=tuple(sorted(shape.accounts)),
        size=len(one.body),
        parameters=one.template.parameters,
        capabilities=("CAPABILITY_NAMED_IAM",) if one.template.names_roles else (),
        left_out=tuple(left.entry() for left in gaps.of_shape(shape)),
    )


class _Units:
    """Units by the accounts of their whole subtrees, to name units where they say just the same."""

    def __init__(self, model: ir.Model) -> None:
        self._below: dict[str, frozenset[str]] = {}
        for unit in reversed(model.tree):  # children before parents
            inner = (self._below[path] for path in unit.units)
            self._below[unit.path] = frozenset(unit.accounts).union(*inner)

    def just(self, accounts: Iterable[str]) -> tuple[str, ...]:
        """The uppermost units whose accounts are together just these; none if units cannot say it."""
        left = set(accounts)
        found = []
        for path, below in reversed(self._below.items()):
            if below and below <= left:
                found.append(path)
                left -= below
        return tuple(sorted(found)) if not left else ()
