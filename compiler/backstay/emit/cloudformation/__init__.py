"""The CloudFormation target: templates for each shape, to be deployed as stack sets, and a manifest of these."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
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
class _Made:
    """A shape with its templates. `name`: of their files, without what tells those of one shape apart."""

    shape: ir.Shape
    body: build.Shape
    name: str
    templates: tuple[Template, ...]


def emit(model: ir.Model) -> Iterator[tuple[str, bytes]]:
    """Every template, named by the digest of its shape, and the manifest `cloudformation/stacksets.json`.

    A template is made once for each shape, however many accounts have it.
    """
    made = [_made(shape, model.partition) for shape in model.shapes]
    makers = _makers(made)
    units = _Units(model)
    sets: dict[str, StackSet] = {}
    for one in made:
        for path, body, found in _stack_sets(one, _before(one, makers, model.partition)):
            known = sets.get(path)
            sets[path] = found if known is None else _both(known, found)
            if known is None:
                yield f"{FOLDER}/{path}", body
    covered = [one.model_copy(update={"units": units.just(one.accounts)}) for one in sets.values()]
    left_out = tuple(left.entry() for left in gaps.of_organization(model))
    ordered = tuple(sorted(covered, key=lambda one: (one.region, one.name)))
    whole = StackSets(stack_sets=ordered, left_out=left_out)
    yield f"{FOLDER}/stacksets.json", pretty(whole.model_dump(mode="json", exclude_none=True))


def _made(shape: ir.Shape, partition: str) -> _Made:
    body = document.shape(shape)
    return _Made(shape, body, digest(body.document()), template.of_shape(body, partition))


def _makers(made: Iterable[_Made]) -> Mapping[str, _Made]:
    """By account the one shape that makes its roles, which have no Region."""
    return {account: one for one in made if one.body.roles for account in one.shape.accounts}


def _before(one: _Made, makers: Mapping[str, _Made], partition: str) -> int:
    """How many templates go before the first of a shape: those with managed roles of the accounts, made elsewhere."""
    found = {maker.name: maker for account in one.shape.accounts if (maker := makers.get(account)) is not None}
    elsewhere = [maker for maker in found.values() if maker is not one]
    text = json.dumps(one.body.document()) if elsewhere else ""
    needed = (maker for maker in elsewhere if any(f'"{_role(role, partition)}"' in text for role in maker.body.roles))
    return max((len(maker.templates) for maker in needed), default=0)


def _role(role: build.Role, partition: str) -> str:
    return arns.role(partition, ir.ACCOUNT, f"{role.path}{role.role_name}")


def _stack_sets(one: _Made, before: int) -> Iterator[tuple[str, bytes, StackSet]]:
    """Path, bytes and stack set of each template of a shape."""
    for number, found in enumerate(one.templates, 1):
        part = f"-{number}" if len(one.templates) > 1 else ""
        path = f"templates/{one.name}{part}.json"
        yield path, found.body, _stack_set(one.shape, found, path, part, before + number)


def _both(one: StackSet, other: StackSet) -> StackSet:
    """One stack set of two, since the shapes of two classes of accounts may come to the same."""
    accounts = tuple(sorted({*one.accounts, *other.accounts}))
    name, order = min(one.name, other.name), max(one.order, other.order)  # the first account has the first name
    return one.model_copy(update={"name": name, "accounts": accounts, "order": order})


def _name(region: str, accounts: Iterable[str], part: str) -> str:
    """A stack set's name: that of the first of its accounts, so that it stays when the policies change.

    Every account is in one class of each Region: no two have the same first account.
    """
    return f"backstay-{region}-{min(accounts)}{part}"


def _stack_set(shape: ir.Shape, found: Template, path: str, part: str, order: int) -> StackSet:
    return StackSet(
        name=_name(shape.region, shape.accounts, part),
        template=path,
        order=order,
        region=shape.region,
        accounts=tuple(sorted(shape.accounts)),
        size=len(found.body),
        parameters=found.parameters,
        capabilities=("CAPABILITY_NAMED_IAM",) if found.names_roles else (),
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
