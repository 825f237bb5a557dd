"""The base of a lint rule: one class in one file, with its prose, its examples (which are its tests) and its check."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from backstay.ir import Where
from backstay.lint.context import Context
from backstay.lint.fix import Fix
from backstay.lint.site import Site
from backstay.lint.source import Source
from backstay_contract.findings import Label, Severity, Span

Other = tuple[Span | None, str]
"""A second place with what is to be seen there; a place that is not known is left out."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found at one site, before problems that accounts share are told as one."""

    code: str
    name: str
    severity: Severity
    message: str
    span: Span | None
    label: str
    others: tuple[Label, ...]
    notes: tuple[str, ...]
    help: str | None
    where: Where
    path: tuple[str, ...]
    accounts: tuple[str, ...]
    regions: tuple[str, ...] = ()
    fix: Fix | None = None


class Rule(ABC):
    """A lint rule.

    `NAME` names the pattern and reads after "allow …"; `WHY` says what happens if it is ignored. `VALID` and `INVALID`
    are pieces of policy text (`harness.py` says what stands around them). `ABOUT_SILENCE`: it judges waivers and
    comments that silence other rules, so it runs last and cannot be silenced. `WHOLE`: it misses what is not there, and
    so can only judge policies that say all there is, and no single template. `INVENTORY`: it is silent without one.
    """

    CODE: ClassVar[str]
    NAME: ClassVar[str]
    SEVERITY: ClassVar[Severity]
    SUMMARY: ClassVar[str]
    WHY: ClassVar[str]
    SOURCES: ClassVar[tuple[Source, ...]]
    VALID: ClassVar[tuple[str, ...]]
    INVALID: ClassVar[tuple[str, ...]]
    ABOUT_SILENCE: ClassVar[bool] = False
    WHOLE: ClassVar[bool] = False
    INVENTORY: ClassVar[bool] = False

    @abstractmethod
    def check(self, context: Context) -> Iterator[Problem]:
        """Everything in the model that the rule objects to."""

    def decided(self, problem: Problem, context: Context) -> bool:  # noqa: ARG002
        """Whether one file by itself says all that a problem hangs by; of a rule with `WHOLE` only some files do."""
        return not self.WHOLE

    def problem(
        self,
        site: Site,
        field: str | None,
        message: str,
        *,
        label: str = "",
        help: str | None = None,  # noqa: A002
        notes: Iterable[str] = (),
        others: Iterable[Other] = (),
        severity: Severity | None = None,
        accounts: tuple[str, ...] | None = None,
        where: Where | None = None,
        span: Span | None = None,
        here: bool = False,
        fix: Fix | None = None,
    ) -> Problem:
        """A problem at a keyword's value (`field`; None: the whole call) of the site.

        `where` is another construct of the same site (a vault's lock), `span` a narrower place, `accounts` those of
        the site that have the problem if it is not all of them. `here`: the Region matters, so say which. `fix`: what
        puts it right, if there is one certain answer (`mend.py` makes it).
        """
        place = where or site.where
        found = span or (place.field(field) if field else place.span) or site.where.span
        return Problem(
            self.CODE,
            self.NAME,
            severity or self.SEVERITY,
            message,
            found,
            label,
            tuple(Label(other, text) for other, text in others if other is not None and other != found),
            tuple(notes),
            help,
            site.where,
            site.path,
            site.accounts if accounts is None else accounts,
            tuple(shape.region for shape in site.shapes) if here else (),
            fix,
        )
