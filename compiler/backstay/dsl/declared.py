"""What counts only where a name at the top level of a file holds it: policies and requirements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backstay.dsl.node import Node


@dataclass(frozen=True)
class Declared(Node):
    """A policy or a requirement. The loader's process puts a list into `made`, to tell of those that no name holds."""

    made: ClassVar[list[Declared] | None] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if Declared.made is not None:
            Declared.made.append(self)
