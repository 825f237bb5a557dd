"""What the two processes said, made into nodes and findings. Nothing in it is believed that can be checked."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from backstay.dsl import Node, Policy, Require
from backstay.dsl.codec import CodecError, decode
from backstay.load.explain import explain
from backstay.load.layers import LAYERS, WALLS
from backstay.load.problems import problem
from backstay.load.run import Ran
from backstay.source import SourceFile
from backstay_contract.findings import Finding, Span

OUTER_LAYERS = ("gate", "process", "watch", "two-seeds", "checked")
_NOUNS = {"Policy": ("policy", "policies"), "Require": ("requirement", "requirements")}
_FRAME = re.compile(r'File "policy-(\d+)", line (\d+)')


Held = tuple[int, Policy | Require]
"""A policy or requirement with the number of the first file that has a name for it."""


@dataclass(frozen=True)
class Told:
    """The policies and requirements, what went wrong, and the isolation that was in force.

    `whole`: every file ran to its end, so that what was not found is not there.
    """

    roots: tuple[Held, ...] = ()
    findings: tuple[Finding, ...] = ()
    layers: tuple[str, ...] = ()
    whole: bool = False


def told(runs: Sequence[Ran], files: Sequence[SourceFile]) -> Told:
    """The common answer of the runs; if they differ, that is the finding."""
    for ran in runs:
        if (ran.exit != 0 or ran.killed) and ran.killed != "other":
            return Told(findings=(_ended(ran, files),))
    if all((ran.answer, ran.layers) == (runs[0].answer, runs[0].layers) for ran in runs):
        return _read(runs[0], files)
    answers = [_read(ran, files) for ran in runs]
    if any(answer.layers == () for answer in answers):
        return answers[0]
    return Told(findings=(_differing(answers[0], answers[-1], files),), layers=answers[0].layers)


def policies(roots: Iterable[Held]) -> tuple[Policy, ...]:
    """The policies among roots."""
    return tuple(root for _, root in roots if isinstance(root, Policy))


def requirements(roots: Iterable[Held]) -> tuple[Require, ...]:
    """The requirements among roots."""
    return tuple(root for _, root in roots if isinstance(root, Require))


def _read(ran: Ran, files: Sequence[SourceFile]) -> Told:
    try:
        answer = json.loads(ran.answer)
        nodes = [_root(node) for node in decode(answer["document"], [file.path for file in files])]
        held = [_number(number, files) for number in answer["held"]]
        roots = tuple(zip(held, nodes, strict=True))
        findings = [_finding(row, files) for row in answer["problems"]]
        findings += [_unkept(row, files) for row in answer["unkept"]]
        layers = (*OUTER_LAYERS, *(str(layer) for layer in answer["layers"]))
    except CodecError as error:
        place = None if error.span is None else _span([0, *_numbers(error.span)], files, error.span.path)
        return Told(findings=(problem("loader-failed", f"the policies did not come through: {error}", place),))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        message = f"the process that runs policies gave no answer that can be read ({type(error).__name__})"
        return Told(findings=(problem("loader-failed", message),))
    return Told(roots, tuple(findings), layers, whole=not answer["problems"])


def _root(node: Node) -> Policy | Require:
    if not isinstance(node, Policy | Require):
        raise CodecError(f"`{type(node).__name__}` is neither a policy nor a requirement")
    return node


def _number(number: object, files: Sequence[SourceFile]) -> int:
    if type(number) is not int or not 0 <= number < len(files):
        raise ValueError(number)
    return number


def _numbers(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def _span(place: object, files: Sequence[SourceFile], path: str | None = None) -> Span | None:
    """A place of the child (its file's number, then CPython's numbers) as people count."""
    if place is None:
        return None
    if not isinstance(place, list) or len(place) != 5 or not all(type(number) is int for number in place):
        raise ValueError(place)
    number, line, column, end_line, end_column = place
    file = files[number] if path is None else next(file for file in files if file.path == path)
    return file.span(Span(file.path, line, column, end_line, end_column))


def _finding(row: Mapping[str, Any], files: Sequence[SourceFile]) -> Finding:
    place = row["place"]
    number = row["file"] if place is None else place[0]
    return explain(row, files[number], _span(place, files))


def _unkept(row: Mapping[str, Any], files: Sequence[SourceFile]) -> Finding:
    what, many = _NOUNS[row["kind"]]
    return problem(
        "policy-not-kept",
        f"this {what} is made, but no name at the top level of a file holds it: it does not count",
        _span(row["place"], files),
        help=f"give it a name, or collect such {many} in a list that has one",
        severity="warning",
    )


def _ended(ran: Ran, files: Sequence[SourceFile]) -> Finding:
    """Why a process gave no answer, and at which line it was if that is known."""
    place = _last_line(ran.errors, files)
    if ran.killed == "sandbox":
        return _no_sandbox()
    if ran.killed == "output":
        return problem("too-large", "the policies are too large to be handed over", place, help="split them")
    if ran.killed == "time" or -ran.exit in (signal.SIGXCPU, signal.SIGKILL):
        help_text = "policies are values; a loop over what they list ends at once"
        return problem("took-too-long", "running the policies takes too long", place, help=help_text)
    if ran.exit < 0:
        name = signal.Signals(-ran.exit).name
        return problem("loader-failed", f"running the policies ended the process that does it ({name})", place)
    last = ran.errors.strip().splitlines()[-1:] or [f"exit code {ran.exit}"]
    return problem("loader-failed", "the process that runs policies could not work", place, notes=(last[0],))


def _no_sandbox() -> Finding:
    walls = [row for row in LAYERS if row.name in WALLS]
    names = " nor ".join(row.name for row in walls)
    return problem(
        "sandbox-missing",
        f"a sandbox is demanded, and there is neither {names} here: no policy file was run",
        notes=tuple(f"{row.name}: {row.where}" for row in walls),
        help="read these policies on a machine that has one of them",
    )


def _last_line(errors: str, files: Sequence[SourceFile]) -> Span | None:
    match = _FRAME.search(errors)
    if match is None or int(match[1]) >= len(files):
        return None
    file, line = files[int(match[1])], int(match[2])
    text = file.line(line)
    start = len(text) - len(text.lstrip()) + 1
    return Span(file.path, line, start, line, max(len(text.rstrip()), start) + 1)


def _differing(one: Told, other: Told, files: Sequence[SourceFile]) -> Finding:
    """The first policy or requirement that the two runs made differently."""
    by_path = {file.path: file for file in files}
    said: list[list[Policy | Require]] = [[*policies(told.roots), *requirements(told.roots)] for told in (one, other)]
    found = next((a or b for a, b in zip_longest(*said) if a != b or a is None or b is None), None)
    raw = None if found is None else found.span
    if raw is None:
        spans = [finding.span for finding in (*one.findings, *other.findings) if finding.span]
        return _not_deterministic("these policies", spans[0] if spans else None)
    kind, _ = _NOUNS[type(found).__name__]
    return _not_deterministic(f"{kind} `{found.name}`" if found else "", by_path[raw.path].span(raw))


def _not_deterministic(what: str, span: Span | None) -> Finding:
    return problem(
        "not-deterministic",
        f"{what} came out differently in two runs of the same files",
        span,
        help="a set has no order; use a list, or `sorted(…)`",
    )
