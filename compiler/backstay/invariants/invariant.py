"""What an invariant is: its name, what it means, and what answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from backstay import ir
    from backstay.load import Loaded
    from backstay.prove.answer import Answer
    from backstay_contract.organization import Organization


@dataclass(frozen=True)
class Policies:
    """Policies as they were loaded, the organization that they are for, and what came of both."""

    model: ir.Model
    loaded: Loaded
    organization: Organization


@dataclass(frozen=True)
class Invariant:
    """`meaning` is one sentence; `answer` is None for one about two sides, which only `diff` can answer."""

    name: str
    meaning: str
    answer: Callable[[Policies, date], Answer] | None
