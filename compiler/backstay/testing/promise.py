"""The answer to a `Require`, to be asserted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backstay.prove.text import text
from backstay_formats.escape import terminal

if TYPE_CHECKING:
    from backstay.prove.answer import Answer, Status


@dataclass(frozen=True)
class Promise:
    """A requirement and whether it holds for every resource that there could be; true only if it is proved.

    In a failing `assert` it shows what `backstay prove` would say: a resource for which it does not hold, and why.
    """

    answer: Answer

    @property
    def name(self) -> str:
        """The requirement's name."""
        return self.answer.name

    @property
    def status(self) -> Status:
        """`PROVED`, `COUNTEREXAMPLE` or `UNKNOWN`."""
        return self.answer.status

    @property
    def proved(self) -> bool:
        """Whether it holds for sure."""
        return self.status == "PROVED"

    def __bool__(self) -> bool:
        return self.proved

    def __repr__(self) -> str:
        return "\n".join(map(terminal, text([self.answer]).rpartition("\n\n")[0].splitlines()))
