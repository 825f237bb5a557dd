"""Runs rules of the house over their own examples, as Backstay's own rules are tested."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from backstay.lint.harness import NOW, Outcome, outcomes
from backstay.lint.registry import beside, every
from backstay.lint.rule import Rule
from backstay.lint.user_rules.load import Folder, load
from backstay.lint.user_rules.members import faults
from backstay_contract.findings import Finding

_STAGES: Final = ("LOD", "ORG", "RES")
"""Letters of the errors that keep an example from being linted at all."""


def load_rules(folder: str | Path) -> tuple[type[Rule], ...]:
    """The rules of a folder, by code, loaded as `backstay lint` loads them; `AssertionError` tells what is wrong."""
    loaded = load([Folder(Path(folder))])
    assert not loaded.findings, "\n".join(map(_told, loaded.findings))
    return loaded.rules


def check_rule(rule: type[Rule]) -> None:
    """A rule finds each of its `INVALID` examples, and nothing in its `VALID` ones; `AssertionError` if it does not."""
    wrong = [said for _, said, _ in faults(rule)]
    assert not wrong, f"`{rule.__name__}`: {'; '.join(wrong)}"
    assert rule.INVALID, f"`{rule.NAME}` has no example of what it refuses: `INVALID` is empty"
    examples = [*rule.INVALID, *rule.VALID]
    for number, outcome in enumerate(_outcomes(examples, [rule], NOW)):
        _check(rule, outcome, invalid=number < len(rule.INVALID))


def lint_text(text: str, *rules: type[Rule], now: datetime.date = NOW) -> tuple[Finding, ...]:
    """What some rules (none: all of Backstay's) say of a piece of policy, and what keeps it from being linted.

    The piece may be a whole file, or calls of `Rule`, `Copy`, `Select`, `Plan` or `Vault` with commas between: what a
    file needs beside them is put around, with vaults called `primary`, `second`, `remote` and `central`.
    """
    (outcome,) = _outcomes([text], rules, now)
    asked = {rule.CODE for rule in rules or every()}
    return tuple(one for one in outcome.findings if one.code in asked or one.code.startswith(_STAGES))


def _outcomes(examples: Sequence[str], rules: Iterable[type[Rule]], now: datetime.date) -> tuple[Outcome, ...]:
    known = every()
    with beside([rule for rule in rules if rule not in known]):
        return outcomes(examples, now=now)


def _check(rule: type[Rule], outcome: Outcome, *, invalid: bool) -> None:
    kind = "INVALID" if invalid else "VALID"
    broken = [one for one in outcome.findings if one.code.startswith(_STAGES) and one.severity == "error"]
    assert not broken, f"a {kind} example of `{rule.NAME}` is no policy: {_told(broken[0])}\n{outcome.text}"
    found = [one for one in outcome.findings if one.code == rule.CODE]
    if invalid:
        assert found, f"`{rule.NAME}` finds nothing in an INVALID example:\n{outcome.text}"
        assert all(one.span for one in found), f"`{rule.NAME}` does not say where:\n{outcome.text}"
    else:
        assert not found, f"`{rule.NAME}` objects to a VALID example: {_told(found[0])}\n{outcome.text}"


def _told(finding: Finding) -> str:
    """A finding in one line."""
    place = f"{finding.span}: " if finding.span else ""
    return f"{place}{finding.message}" + (f" ({finding.help})" if finding.help else "")
