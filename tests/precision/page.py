"""`docs/precision.md`, from what was counted and what was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.precision.count import Counts, Error, Fired
from tests.precision.verdicts import Verdict, of

from backstay.lint.registry import docs
from backstay_formats.escape import markdown_code, markdown_prose

HEAD = """# What the rules fire on

A linter that cries wolf is switched off. This page says what Backstay's rules found in public configurations of other
people, as they were found on the web, and which of the errors are right. Each file is judged by itself, without the
rest of its repository: what a file leaves open (a variable, a resource of another file) may be anything, and a rule may
only fire if it would fire whatever stands there.

Every error was read, one by one, beside its file. Warnings and advice are counted, not judged.
"""
TAIL = """## Again

    python -m tests.precision FOLDER       # any folder of configurations; writes the counts and this page
    python -m tests.precision              # this page anew, from the counts and the verdicts

The files are not part of this repository; their counts are `tests/precision/counts.json`, the verdicts
`tests/precision/verdicts.toml`. An error without a verdict fails a test.
"""


def page(counts: Counts, verdicts: Sequence[Verdict]) -> str:
    """The whole page."""
    return "\n".join(_blocks(counts, verdicts))


def _blocks(counts: Counts, verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield HEAD
    yield _sum(counts, verdicts)
    yield "## The files\n"
    yield from _files(counts)
    yield "## Errors, by rule\n"
    yield from _by_rule(counts, verdicts)
    yield "## Errors, one by one\n"
    yield from _one_by_one(counts.errors, verdicts)
    yield "## Warnings and advice\n"
    yield from _others(counts.fired)
    yield TAIL


def _sum(counts: Counts, verdicts: Sequence[Verdict]) -> str:
    files = sum(counts.dialects.values())
    errors = sum(error.findings for error in counts.errors)
    right = _number(counts.errors, verdicts, right=True)
    others = sum(one.findings for one in counts.fired) - errors
    fired = sum(docs(one.name) is not None for one in counts.fired)
    return (
        f"On {counts.date}, {counts.rules} rules over {files} files: **{right} of {errors} errors are right**, and "
        f"{others} warnings and pieces of advice were given. {fired} rules fired, the others were silent.\n"
    )


def _number(errors: Iterable[Error], verdicts: Sequence[Verdict], *, right: bool) -> int:
    said = ((error, of(error, verdicts)) for error in errors)
    return sum(error.findings for error, verdict in said if verdict is not None and verdict.right is right)


def _files(counts: Counts) -> Iterator[str]:
    yield "| dialect | files |"
    yield "|---|---:|"
    yield from (f"| {name} | {number} |" for name, number in counts.dialects.items())
    yield f"| none that Backstay reads (passed over) | {counts.passed_over} |"
    yield ""


def _by_rule(counts: Counts, verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| rule | files | findings | right | wrong |"
    yield "|---|---:|---:|---:|---:|"
    for one in counts.fired:
        if one.severity == "error":
            own = [error for error in counts.errors if error.rule == one.name]
            right, wrong = (_number(own, verdicts, right=side) for side in (True, False))
            yield f"| {_rule(one.name)} | {one.files} | {one.findings} | {right} | {wrong} |"
    yield ""


def _one_by_one(errors: Iterable[Error], verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| rule | file | verdict | why |"
    yield "|---|---|---|---|"
    for error in errors:
        verdict = of(error, verdicts)
        said = "not read" if verdict is None else "right" if verdict.right else "**wrong**"
        often = f" ({error.findings} times)" if error.findings > 1 else ""
        place = markdown_code(f"{error.file}:{error.line}")
        why = markdown_prose(verdict.why) if verdict else ""
        yield f"| {_rule(error.rule)} | {place}{often} | {said} | {why} |"
    yield ""


def _others(fired: Iterable[Fired]) -> Iterator[str]:
    yield "| rule | severity | files | findings |"
    yield "|---|---|---:|---:|"
    for one in fired:
        if one.severity != "error":
            yield f"| {_rule(one.name)} | {one.severity} | {one.files} | {one.findings} |"
    yield ""


def _rule(name: str) -> str:
    """A rule, as a link to its page; what the readers of a dialect say has none."""
    return f"[{name}](rules.md#{name})" if docs(name) else name
