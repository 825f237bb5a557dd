"""Stands around a rule of the house: when it fails, that is told at its own line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from traceback import walk_tb

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.user_rules.complaint import FailingRuleError, complaint
from backstay.lint.user_rules.written import Written, written
from backstay.source import disk
from backstay_contract.findings import Finding, Span


def guard(rule: type[Rule], text: Written) -> None:
    """Make the rule's `check` say where it failed, as `FailingRuleError`."""
    inner = rule.check

    @wraps(inner)
    def check(self: Rule, context: Context) -> Iterator[Problem]:
        try:
            found = inner(self, context)
            for one in () if found is None else found:
                if not isinstance(one, Problem):
                    raise FailingRuleError(_no_problem(rule, one, text))
                yield one
        except FailingRuleError:
            raise
        except Exception as error:
            said = f"rule `{rule.NAME}` failed: {described(error)}"
            place = line_of(error, text.file.parent) or text.rule(rule.__name__)
            raise FailingRuleError(complaint("failing-rule", said, place)) from error

    rule.check = check  # type: ignore[method-assign]


def described(error: BaseException) -> str:
    """An error in one line."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def line_of(error: BaseException, folder: Path) -> Span | None:
    """The last line in a folder that an error went through, or that cannot be parsed."""
    lines = [(frame.f_code.co_filename, number) for frame, number in walk_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        lines.append((error.filename, error.lineno))
    home = disk.real(folder)
    files = ((Path(name), number) for name, number in lines)
    inside = [(file, number) for file, number in files if disk.is_file(file) and disk.real(file).is_relative_to(home)]
    return written(inside[-1][0]).line(inside[-1][1]) if inside else None


def _no_problem(rule: type[Rule], one: object, text: Written) -> Finding:
    said = f"rule `{rule.NAME}` gave an object of `{type(one).__name__}` where a problem should be"
    return complaint("failing-rule", said, text.rule(rule.__name__), help="`yield self.problem(site, field, message)`")
