"""What a rule may ask: the constructs of the model, each once however many accounts share it, and their neighbours."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from backstay.ir import ACCOUNT, Model, Rule, Shape, Vault
from backstay.lint.allowance import Allowance
from backstay.lint.site import CopySite, Destination, RuleSite, WaiverSite
from backstay.lint.sites import Sites
from backstay_aws.cron import Cron, CronError, parse
from backstay_contract.findings import Span


@dataclass(frozen=True, slots=True)
class Silence:
    """What silenced something, and what did not; there once all other rules have run, for those rules that ran."""

    waivers: tuple[WaiverSite, ...] = ()
    allowances: tuple[tuple[Allowance, frozenset[str]], ...] = ()
    ran: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


class Context(Sites):
    """The model through a rule's eyes. `line` gives a source line by path and number."""

    def __init__(
        self,
        model: Model,
        *,
        now: datetime.date,
        line: Callable[[str, int], str | None] = lambda _path, _number: None,
        inventory: Sequence[Mapping[str, Any]] | None = None,
        silence: Silence | None = None,
    ) -> None:
        super().__init__(model)
        self.now = now
        self.line = line
        self.inventory = inventory
        self.silence = silence or Silence()

    @property
    def start(self) -> datetime.datetime:
        """The instant at which schedules are looked at: midnight UTC of today."""
        return datetime.datetime.combine(self.now, datetime.time(), datetime.UTC)

    def destinations(self, site: CopySite) -> tuple[Destination, ...]:
        """What the copy's destination is: one entry for each vault (or none) that it means for some of the accounts."""
        reference = site.copy.destination
        if reference.account != ACCOUNT:
            return (Destination(self._vault(reference.account, reference.region, reference.name), site.accounts),)
        if reference.region == site.shape.region:
            return (Destination(site.shape.destination(reference.name), site.accounts),)
        groups: dict[int, list[str]] = {}
        shapes: dict[int, Shape | None] = {}
        for account in site.accounts:
            shape = self._at.get((account, reference.region))
            shapes[id(shape)] = shape
            groups.setdefault(id(shape), []).append(account)
        found: dict[int, tuple[Vault | None, list[str]]] = {}
        for key, accounts in groups.items():
            shape = shapes[key]
            vault = None if shape is None else shape.destination(reference.name)
            own = id(vault.where) if vault is not None else 0
            found.setdefault(own, (vault, []))[1].extend(accounts)
        return tuple(Destination(vault, tuple(accounts)) for vault, accounts in found.values())

    def written(self, span: Span | None) -> str | None:
        """The text at a place, if it stands on one line."""
        if span is None or span.line != span.end_line:
            return None
        line = self.line(span.path, span.line)
        return None if line is None else line[span.column - 1 : span.end_column - 1]

    def within(self, span: Span | None, text: str, start: int = 0, end: int | None = None) -> Span | None:
        """The place of `text[start:end]` where `text` stands inside another place; None if it does not."""
        written = self.written(span)
        at = -1 if written is None else written.find(text)
        if span is None or at < 0:
            return None
        first = span.column + at + start
        last = span.column + at + (len(text) if end is None else end)
        return Span(span.path, span.line, first, span.line, max(last, first + 1))

    @cached_property
    def _at(self) -> Mapping[tuple[str, str], Shape]:
        return {(account, shape.region): shape for shape in self.model.shapes for account in shape.accounts}

    def _vault(self, account: str, region: str, name: str) -> Vault | None:
        shape = self._at.get((account, region))
        return None if shape is None else shape.destination(name)


def scheduled(sites: Iterable[RuleSite]) -> Iterator[tuple[RuleSite, Cron]]:
    """Rules whose schedule AWS can read, with the schedule."""
    for site in sites:
        cron = readable(site.rule)
        if cron is not None:
            yield site, cron


def readable(rule: Rule) -> Cron | None:
    """A rule's schedule, or None if AWS refuses it (rule `refused-cron` says why)."""
    found = reading(rule.schedule)
    return found if isinstance(found, Cron) else None


@lru_cache(maxsize=4096)
def reading(expression: str) -> Cron | CronError:
    """An expression as AWS reads it, or what is wrong with it."""
    try:
        return parse(expression)
    except CronError as error:
        return error
