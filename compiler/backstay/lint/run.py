"""Runs rules over a resolved model."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backstay.ir import Model
from backstay.lint.allowance import Allowance, allowances
from backstay.lint.context import Context, Silence
from backstay.lint.fix import Fix, Spot
from backstay.lint.merge import key, merged
from backstay.lint.registry import chosen, known
from backstay.lint.rule import Problem, Rule
from backstay.lint.silence import Silencing
from backstay.lint.site import WaiverSite
from backstay_contract.findings import Finding

if TYPE_CHECKING:
    from backstay.load import Loaded


@dataclass(frozen=True)
class LintResult:
    """What the rules found, in the order of the files, how many findings were silenced, and what puts some right."""

    findings: tuple[Finding, ...]
    suppressed: int
    fixes: Mapping[Spot, Fix] = field(default_factory=dict)


def run(
    model: Model,
    loaded: Loaded,
    *,
    now: datetime.date,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    inventory: Sequence[Mapping[str, Any]] | None = None,
) -> LintResult:
    """Lint a model. `select` and `ignore` name rules (name, code or family); raises `UnknownRuleError`.

    `loaded` gives the source lines and the comments that silence; `now` is the day that waivers and schedules are
    judged on.
    """
    picked = chosen(select, ignore)
    found = tuple(one for file in loaded.sources.values() for one in allowances(file))
    context = Context(model, now=now, line=loaded.sources.line, inventory=inventory)
    return judge(context, picked, found)


def judge(context: Context, picked: Sequence[type[Rule]], comments: Sequence[Allowance] = ()) -> LintResult:
    """Run some rules in a context: first those about policies, then those about what silenced them."""
    silencing = Silencing(comments, context.model.waivers, context.now)
    kept, silenced = silencing.split(_problems(picked, context, about_silence=False))
    told = {key(problem) for problem in kept}
    after = Context(
        context.model,
        now=context.now,
        line=context.line,
        inventory=context.inventory,
        silence=_silence(context.model, silencing, picked, asked=context.inventory is not None),
    )
    kept.extend(_problems(picked, after, about_silence=True))
    findings, fixes = merged(kept)
    return LintResult(findings, len({key(problem) for problem in silenced} - told), fixes)


def _problems(picked: Iterable[type[Rule]], context: Context, *, about_silence: bool) -> Iterable[Problem]:
    for rule in picked:
        if rule.ABOUT_SILENCE is about_silence:
            yield from rule().check(context)


def _silence(model: Model, silencing: Silencing, picked: Sequence[type[Rule]], *, asked: bool) -> Silence:
    """What silenced what. `asked`: there was an inventory, so rules that need one could find something."""
    waivers = tuple(
        WaiverSite(waiver.where, (waiver.where.policy,), (), (), waiver, index in silencing.used_waivers)
        for index, waiver in enumerate(model.waivers)
    )
    comments = tuple((one, silencing.used(index)) for index, one in enumerate(silencing.allowances))
    ran = frozenset(key for rule in picked if asked or not rule.INVENTORY for key in (rule.CODE, rule.NAME))
    return Silence(waivers, comments, ran, known())
