"""The syntax of a Terraform configuration, whichever of its two spellings it was written in: blocks and expressions."""

from __future__ import annotations

from dataclasses import dataclass

from backstay_contract.findings import Span

Number = int | float


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of syntax: where it stands, and its text (shortened), for people."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, a flag, null, or text without variables."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Choice:
    """`%{ if }` in a template."""

    condition: Expression
    then: tuple[Part, ...]
    otherwise: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """`%{ for }` in a template."""

    key: str | None
    value: str
    over: Expression
    body: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Template(Node):
    """Text with variables in it."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Name(Node):
    """The first word of a reference."""

    name: str


@dataclass(frozen=True, slots=True)
class Attr(Node):
    """`of.name`."""

    of: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`of[key]`."""

    of: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Splat(Node):
    """`of[*].a.b`: `then` is what is done with each, on the name `item`."""

    of: Expression
    item: str
    then: Expression


@dataclass(frozen=True, slots=True)
class Items(Node):
    """`[a, b]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Members(Node):
    """`{a = b}`; bare words as keys are literals."""

    members: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`name(arguments)`; `spread`: the last argument is a list of arguments."""

    name: str
    arguments: tuple[Expression, ...]
    spread: bool


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`left operator right`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`operator of`."""

    operator: str
    of: Expression


@dataclass(frozen=True, slots=True)
class ForList(Node):
    """`[for key, value in over : result if condition]`."""

    key: str | None
    value: str
    over: Expression
    result: Expression
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class ForObject(Node):
    """`{for key, value in over : name => result... if condition}`; `grouped` with the dots."""

    key: str | None
    value: str
    over: Expression
    name: Expression
    result: Expression
    grouped: bool
    condition: Expression | None


Expression = (
    Literal
    | Template
    | Name
    | Attr
    | Index
    | Splat
    | Items
    | Members
    | Call
    | Conditional
    | Binary
    | Unary
    | ForList
    | ForObject
)
Part = str | Expression | Choice | Loop


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = value` in a block."""

    name: str
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Body:
    """What stands in a block or a file."""

    attributes: tuple[Attribute, ...] = ()
    blocks: tuple[Block, ...] = ()

    def attribute(self, name: str) -> Attribute | None:
        """An attribute by its name."""
        return next((one for one in self.attributes if one.name == name), None)

    def named(self, kind: str) -> tuple[Block, ...]:
        """The blocks of a type."""
        return tuple(one for one in self.blocks if one.type == kind)


@dataclass(frozen=True, slots=True)
class Block:
    """`type "label" … { body }`; the place is that of its first line."""

    type: str
    labels: tuple[str, ...]
    body: Body
    span: Span
