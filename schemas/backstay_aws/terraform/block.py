"""The rows: arguments, the blocks that hold them, and the features that the provider lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Nesting = Literal["resource", "single", "list", "set"]

BASE_VERSION = "5.100.0"
"""The provider's version that everything was recorded from; what came later says `since`."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument or attribute. `type` as Terraform writes it: `string`, `number`, `bool`, `map(bool)`, `set(string)`.

    What AWS or the provider fills in is `computed`; with neither `required` nor `optional` it can only be read.
    `default`: what the provider sends when the argument is left out (not always AWS's own default); None where it sends
    nothing. `values`: the only values that it lets through, empty where it does not care. `since`: the first version
    of the provider that has the argument.
    """

    type: str
    required: bool = False
    optional: bool = False
    computed: bool = False
    default: str | int | bool | None = None
    values: tuple[str, ...] = ()
    since: str = BASE_VERSION
    deprecated: bool = False

    @property
    def settable(self) -> bool:
        """Whether a configuration may give it a value."""
        return self.required or self.optional


@dataclass(frozen=True, slots=True)
class Block:
    """What a resource, a data source or a block inside one takes.

    `nesting` is `resource` for the outermost; `minimum` and `maximum` (None: no bound) count how often a nested block
    may stand. `source` and `date` (of reading) stand on the outermost only.
    """

    arguments: Mapping[str, Argument]
    blocks: Mapping[str, Block]
    nesting: Nesting = "resource"
    minimum: int = 0
    maximum: int | None = None
    since: str = BASE_VERSION
    source: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A feature that the provider cannot express. `lacks` completes "the provider …"; `instead`: what to do."""

    name: str
    lacks: str
    instead: str
    source: str
    date: str
