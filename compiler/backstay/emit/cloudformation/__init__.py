"""The CloudFormation target: templates for each shape, to be deployed as stack sets, and a manifest of these."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from backstay import ir
from backstay.emit import document
from backstay.emit.cloudformation import gaps, template
from backstay.emit.cloudformation.template import Template
from backstay_aws import arns
from backstay_contract import build
from backstay_contract.canonical import digest, pretty
from backstay_contract.stacksets import StackSet, StackSets

FOLDER = "cloudformation"
TEMPLATES = f"{FOLDER}/templates/"

report = gaps.report
"""Findings of what CloudFormation cannot express."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A template with its path and its bytes; `part`: what tells it from the others of its shape."""

    path: str
    part: str
    body: bytes
    template: Template


def emit(model: ir.Model) -> Iterator[tuple[str, bytes]]:
    """Every template, named by the digest of its shape, and the manifest `cloudformation/stacksets.json`.

    A template is made once for each shape, however many accounts have it.
    """
    units = _Units(model)
    sets: dict[str, StackSet] = {}
    bodies = [(shape, document.shape(shape)) for shape in model.shapes]
    for shape, body in bodies:
        written = list(_written(body, model.partition))
        before = _before(shape, body, bodies, model.partition) if written else 0
        for order, one in enumerate(written, before + 1):
            known = sets.get(one.path)
            if known is None:
                sets[one.path] = _stack_set(one, order, shape)
                yield f"{FOLDER}/{one.path}", one.body
            else:  # the shapes of two classes of accounts may come to the same
                accounts = tuple(sorted({*known.accounts, *shape.accounts}))
                own = _name(shape.region, accounts, one.part)
                both = {"name": own, "accounts": accounts, "order": max(known.order, order)}
                sets[one.path] = known.model_copy(update=both)
    covered = [one.model_copy(update={"units": units.just(one.accounts)}) for one in sets.values()]
    left_out = tuple(one.entry() for one in gaps.of_organization(model))
    ordered = tuple(sorted(covered, key=lambda one: (one.region, one.name)))
    whole = StackSets(stack_sets=ordered, left_out=left_out)
    yield f"{FOLDER}/stacksets.json", pretty(whole.model_dump(mode="json", exclude_none=True))


_Bodies = Sequence[tuple[ir.Shape, build.Shape]]


def _before(shape: ir.Shape, body: build.Shape, bodies: _Bodies, partition: str) -> int:
    """How many templates go before the first of a shape: those with managed roles of the accounts, made elsewhere."""
    makers = [one for one in bodies if one[0].roles and one[0] is not shape]
    makers = [one for one in makers if not set(one[0].accounts).isdisjoint(shape.accounts)]
    text = json.dumps(body.document()) if makers else ""
    needed = (made for _, made in makers if any(f'"{_role(one, partition)}"' in text for one in made.roles))
    return max((len(template.of_shape(made, partition)) for made in needed), default=0)


def _role(role: build.Role, partition: str) -> str:
    return arns.role(partition, ir.ACCOUNT, f"{role.path}{role.role_name}")


def _written(body: build.Shape, partition: str) -> Iterator[_Written]:
    name = digest(body.document())
    made = template.of_shape(body, partition)
    for order, one in enumerate(made, 1):
        part = f"-{order}" if len(made) > 1 else ""
        yield _Written(f"templates/{name}{part}.json", part, pretty(one.document), one)


def _name(region: str, accounts: Iterable[str], part: str) -> str:
    """A stack set's name: that of the first of its accounts, so that it stays when the policies change.

    Every account is in one class of each Region: no two have the same first account.
    """
    return f"backstay-{region}-{min(accounts)}{part}"


def _stack_set(one: _Written, order: int, shape: ir.Shape) -> StackSet:
    return StackSet(
        name=_name(shape.region, shape.accounts, one.part),
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
