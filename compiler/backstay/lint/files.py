"""Rules over configuration that is no policy: what they find whatever stands for that which a file leaves open."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, Final

from backstay.foreign import Foreign, conditional, models
from backstay.foreign.extents import Extents
from backstay.foreign.fill import SIGN
from backstay.foreign.placed import NOWHERE
from backstay.foreign.roles import untrusting
from backstay.foreign.words import Words
from backstay.importer.found import Reading, Unknown
from backstay.importer.write.things import strings
from backstay.ir import Model, Where
from backstay.lint import demands
from backstay.lint.allowance import Allowance
from backstay.lint.context import Context
from backstay.lint.merge import Key, key, merge
from backstay.lint.rule import Problem, Rule
from backstay.lint.run import LintResult
from backstay.lint.silence import Silencing
from backstay.lint.site import Site
from backstay_aws import catalog
from backstay_contract.findings import Span

Line = Callable[[str, int], str | None]
_WORD: Final = re.compile(r"`([^`]+)`")
_ROLES: Final = "role-not-for-backup"


def judge_files(
    reading: Reading,
    picked: Sequence[type[Rule]],
    *,
    now: datetime.date,
    line: Line,
    comments: Sequence[Allowance] = (),
    inventory: Sequence[Mapping[str, Any]] | None = None,
    portable: bool = False,
) -> LintResult:
    """Run those rules that can judge a part by itself over what was read: all but those that miss what is elsewhere.

    `portable`: the files leave their partition to the place where they are deployed.
    """
    if not reading.found:
        return LintResult((), 0)
    rules = _deciding(tuple(picked))
    extents = Extents(reading.found)
    context = partial(FileContext, extents=extents, now=now, line=line, inventory=inventory)
    certain, names = _certain(rules, reading, context, portable=portable)
    certain += [one for rule in picked if rule.NAME == _ROLES for one in _untrusted(rule(), reading)]
    anywhere = (replace(one, accounts=(), regions=(), fix=None, where=_where(one, extents)) for one in certain)
    kept, silenced = Silencing(comments, (), now).split(anywhere)
    words = Words(reading.dialect, names, _own(reading), _controls())
    return LintResult(tuple(words.told(one) for one in merge(kept)), len({key(one) for one in silenced}))


class FileContext(Context):
    """A context for files in which one thing has a line of its own where policies have one call."""

    def __init__(self, model: Model, *, extents: Extents, **options: Any) -> None:
        super().__init__(model, **options)
        self._extents = extents

    def within(self, span: Span | None, text: str, start: int = 0, end: int | None = None) -> Span | None:
        """As for policies; in a list or structure, the one part that has the text; of a schedule, its zone too."""
        found = super().within(span, text, start, end)
        if found is not None or span is None:
            return found
        for places in (self._extents.parts(span), self._zones(span), self._extents.lines(span)):
            within = [Context.within(self, place, text, start, end) for place in places]
            known = list(dict.fromkeys(place for place in within if place is not None))
            if known:
                return known[0] if len(known) == 1 else None
        return None

    def narrowed(self, problem: Problem) -> Problem:
        """A problem of a list inside a construct at the one item that its message names, or names the partition of."""
        span = problem.span
        within = self._extents.parts(span) if span is not None and span != problem.where.span else ()
        parts = {place: (self.written(place) or "").strip("\"'") for place in within}
        for word in reversed(_WORD.findall(problem.message)) if parts else ():
            for named in (
                [place for place, text in parts.items() if text == word],
                [place for place, text in parts.items() if text.startswith(f"arn:{word}:")],
            ):
                if len(named) == 1:
                    return replace(problem, span=named[0])
        return problem

    def _zones(self, schedule: Span) -> Iterator[Span]:
        """The time zones that belong to a schedule."""
        every = (*self.rules, *self.restore_tests)
        zones = (site.where.fields.get("tz") for site in every if site.where.fields.get("at") == schedule)
        return (zone for zone in zones if zone is not None)


def _certain(
    rules: Mapping[str, type[Rule]], reading: Reading, context: Callable[..., FileContext], *, portable: bool
) -> tuple[list[Problem], Mapping[str, str]]:
    """What is found in every reading, word for word, and so does not hang by what was filled in."""
    first, *others = models(reading, portable=portable)
    certain = _found(rules.values(), first, context)
    for other in others:
        elsewhere = {one for one, problem in certain.items() if not _at(problem, other.absent)}
        certain = _agreed(certain, elsewhere, rules, other, context)
    for other in conditional(reading, portable=portable):
        here = {one for one, problem in certain.items() if _at(problem, other.alone)}
        certain = _agreed(certain, here, rules, other, context)
    return list(certain.values()), first.names


def _agreed(
    certain: dict[Key, Problem],
    asked: set[Key],
    rules: Mapping[str, type[Rule]],
    other: Foreign,
    context: Callable[..., FileContext],
) -> dict[Key, Problem]:
    """Those problems that another reading has too, as far as it is asked for them."""
    codes = {certain[one].code for one in asked}
    there = _found([rules[code] for code in codes], other, context) if codes else {}
    return {one: problem for one, problem in certain.items() if one in there or one not in asked}


def _found(rules: Iterable[type[Rule]], foreign: Foreign, context: Callable[..., FileContext]) -> dict[Key, Problem]:
    seen = context(foreign.model)
    every = ((judge, problem) for judge in (rule() for rule in rules) for problem in judge.check(seen))
    told = ((judge, one) for judge, one in every if one.span not in (None, NOWHERE) and SIGN not in one.message)
    certain = (one for judge, one in told if judge.decided(one, seen))
    return {key(one): one for one in (seen.narrowed(one) for one in certain)}


def _where(problem: Problem, extents: Extents) -> Where:
    """The construct that a problem stands in: a lock that is a block of its own, and not the vault that it is of."""
    block = extents.block(problem.span)
    return problem.where if block in (None, extents.block(problem.where.span)) else Where(block)


@lru_cache(maxsize=8)
def _deciding(picked: tuple[type[Rule], ...]) -> Mapping[str, type[Rule]]:
    """Those rules, by code, that can say something of one file; worked out once for a thousand files."""
    able = (rule for rule in picked if not rule.WHOLE or rule.decided is not Rule.decided)
    return {rule.CODE: rule for rule in able if not rule.ABOUT_SILENCE}


def _at(problem: Problem, places: frozenset[Span]) -> bool:
    """Whether a problem stands at one of some places."""
    return problem.span in places or problem.where.span in places


def _untrusted(rule: Rule, reading: Reading) -> Iterator[Problem]:
    """Selections in a role of the same files that AWS Backup cannot assume: only files make roles of their own."""
    roles = untrusting(reading.found)
    for one in reading.found if roles else ():
        body = one.body.get("BackupSelection")
        said = body.get("IamRoleArn") if one.kind == "selection" and isinstance(body, Mapping) else None
        name, place = roles.get(said.expression if isinstance(said, Unknown) else str(said), ("", None))
        if place is not None:
            where = Where(one.place, {"role": one.places.get("/BackupSelection/IamRoleArn", one.place)})
            yield rule.problem(
                Site(where, (one.name,), (), ()),
                "role",
                f"selection `{one.name}` works in the role `{name}`, which AWS Backup cannot assume",
                label="does not trust AWS Backup",
                help="let `backup.amazonaws.com` assume the role",
                others=[(place, "trusts others only")],
            )


def _own(reading: Reading) -> frozenset[str]:
    """The texts of the files, among which are names that look like keywords."""
    return frozenset(text for one in reading.found for text in strings(one.body))


def _controls() -> Mapping[str, str]:
    """What policies call the controls of Audit Manager → AWS's names."""
    return {demands.word(row.name): row.name for row in catalog.controls()}
