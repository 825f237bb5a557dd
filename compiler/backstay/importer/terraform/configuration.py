"""One module: what all files of a folder declare together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from backstay.importer.problem import problem
from backstay.importer.terraform.syntax import Attribute, Block, Body, Expression
from backstay_contract.findings import Finding, Label

Key = TypeVar("Key", str, tuple[str, str])
Thing = TypeVar("Thing", Attribute, Block)


@dataclass
class Declared:
    """Blocks by what they declare. Resources and data by type and name; `values` are those of `.tfvars` files."""

    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    resources: dict[tuple[str, str], Block] = field(default_factory=dict)
    data: dict[tuple[str, str], Block] = field(default_factory=dict)
    modules: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    providers: dict[str, Block] = field(default_factory=dict)
    values: dict[str, Expression] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def of_type(self, kind: str) -> Iterator[tuple[str, Block]]:
        """The resources of a type, by name."""
        return ((name, block) for (type_, name), block in self.resources.items() if type_ == kind)


def gathered(bodies: Iterable[Body], values: Iterable[Body] = ()) -> Declared:
    """What bodies of files declare together; what is declared twice is a finding."""
    declared = Declared()
    for body in bodies:
        for block in body.blocks:
            _declare(declared, block)
    for body in values:
        declared.values.update({one.name: one.value for one in body.attributes})
    return declared


def _declare(declared: Declared, block: Block) -> None:
    match block.type, block.labels:
        case "locals", ():
            for attribute in block.body.attributes:
                _add(declared, declared.locals, attribute.name, attribute, f"the local `{attribute.name}`")
        case "variable", (name,):
            _add(declared, declared.variables, name, block, f"the variable `{name}`")
        case "output", (name,):
            _add(declared, declared.outputs, name, block, f"the output `{name}`")
        case "module", (name,):
            _add(declared, declared.modules, name, block, f"the module `{name}`")
        case "resource", (kind, name):
            _add(declared, declared.resources, (kind, name), block, f"the resource `{kind}.{name}`")
        case "data", (kind, name):
            _add(declared, declared.data, (kind, name), block, f"the data source `{kind}.{name}`")
        case "provider", (name,):
            declared.providers[_provider(name, block)] = block
        case _:
            return


def _add(declared: Declared, known: dict[Key, Thing], key: Key, thing: Thing, what: str) -> None:
    first = known.setdefault(key, thing)
    if first is not thing:
        others = (Label(first.span, "here for the first time"),)
        message = f"{what} is declared twice; the first one counts"
        declared.findings.append(problem("repeated-member", message, thing.span, others=others))


def _provider(name: str, block: Block) -> str:
    alias = block.body.attribute("alias")
    value = getattr(alias.value, "value", None) if alias is not None else None
    return f"{name}.{value}" if isinstance(value, str) else name
