"""What could not be read, by its reason: the accounts that refuse first, for somebody has to see to each. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from backstay_agent.explain.groups import account_name, count, shared
from backstay_contract.plan import ChangePlan, Unreadable

_DENIED = re.compile(r"\w*(AccessDenied|Unauthorized|NotAuthorized|Forbidden)")
"""How the codes of a refusal begin that is about permissions; a sentence of a failure begins with its code."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Accounts that could not be read for one reason, all in one Region or all altogether."""

    items: tuple[Unreadable, ...]

    @property
    def first(self) -> Unreadable:
        """The one that stands for them."""
        return self.items[0]

    @property
    def many(self) -> bool:
        """Whether they are told as one."""
        return len(self.items) > 1

    def sentence(self) -> str:
        """How many there are, where, and why; what is each account's own in the reason has its placeholder."""
        where = f" in {self.first.region}" if self.first.region else ""
        return f"{count(len(self.items), 'account')} {failed(self.first)}{where}: {_reason(self.first)}"

    def names(self, plan: ChangePlan) -> list[str]:
        """Each of them, by name and id."""
        return [account_name(plan, item.account) for item in self.items]


def failed(item: Unreadable) -> str:
    """What could not be done."""
    return "could not be read" if item.named else "could not be looked into for orphans"


def denied_first(items: Iterable[Unreadable]) -> list[Unreadable]:
    """In order, those first in which permissions are missing."""
    return sorted(items, key=_rank)


def alike(items: Iterable[Unreadable]) -> list[Alike]:
    """Together what has the same reason, those first in which permissions are missing."""
    return [Alike(tuple(same)) for _, same in groupby(sorted(items, key=_likeness), key=_likeness)]


def _rank(item: Unreadable) -> bool:
    return _DENIED.match(item.error) is None


def _likeness(item: Unreadable) -> tuple[bool, bool, str, str]:
    return _rank(item), item.named, item.region or "", _reason(item)


def _reason(item: Unreadable) -> str:
    [reason] = shared([item.error], item.account, None)
    return reason
