"""Complaints on standard error, as every command that compiles policies shows them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from backstay.cli.context import colour, width

if TYPE_CHECKING:
    from backstay.source import Sources
    from backstay_contract.findings import Finding


def complain(findings: Sequence[Finding], sources: Sources) -> None:
    """Draw findings with the lines that they point at."""
    if not findings:
        return
    from backstay.lint.registry import docs
    from backstay_formats.text import render

    terminal = sys.stderr.isatty()
    text = render(
        findings,
        partial(_line, sources),
        colour=colour(terminal),
        width=width(terminal),
        docs=lambda finding: docs(finding.name),
    )
    sys.stderr.write(text)
    sys.stderr.flush()


def complain_of(findings: Sequence[Finding], texts: Mapping[str, str]) -> None:
    """Draw findings about texts that are in no file yet, by the paths that they would have."""
    from backstay_formats.text import render

    lines = {path: text.splitlines() for path, text in texts.items()}
    terminal = sys.stderr.isatty()
    sys.stderr.write(
        render(
            findings,
            lambda path, number: lines[path][number - 1] if number <= len(lines[path]) else None,
            colour=colour(terminal),
            width=width(terminal),
            docs=lambda _: None,
        )
    )
    sys.stderr.flush()


def _line(sources: Sources, path: str, number: int) -> str | None:
    """A line of a policy, or of another file that a finding points at, such as the organization's."""
    if path in sources:
        return sources.line(path, number)
    lines = _lines(path)
    return lines[number - 1] if number <= len(lines) else None


@cache
def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
