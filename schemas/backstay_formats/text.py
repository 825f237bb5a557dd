"""Findings for people at a terminal: what is wrong, the characters, who is concerned, one thing to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from backstay_contract.findings import Finding
from backstay_formats.escape import terminal
from backstay_formats.snippet import Drawing, Mark, draw
from backstay_formats.style import Style

_LEAST_GUTTER = 2
_FILE = (1, 1, 1, 1)  # the empty extent at the beginning: the file itself, whatever its lines say


def render(
    findings: Sequence[Finding],
    line: Callable[[str, int], str | None],
    *,
    colour: bool,
    width: int,
    docs: Callable[[Finding], str | None] = lambda _: None,
) -> str:
    """All findings, one block each, with an empty line after each.

    `line` gives a source line by path and number (from 1), or None; `docs` the command or page that explains a
    finding's rule, or None.
    """
    style = Style(colour)
    blocks = ("\n".join(_block(finding, line, style, width, docs(finding))) for finding in findings)
    return "".join(f"{block}\n\n" for block in blocks)


def _block(
    finding: Finding, line: Callable[[str, int], str | None], style: Style, width: int, docs: str | None
) -> Iterator[str]:
    marks = _marks(finding)
    numbers = [number for mark in marks for number in (mark.span.line, mark.span.end_line)]
    gutter = max(_LEAST_GUTTER, *(len(str(number)) for number in [0, *numbers]))
    drawing = Drawing(gutter, width, style, finding.severity)
    head = style(finding.severity, f"{finding.severity}[{terminal(finding.name)}]")
    yield f"{head}{style('strong', f': {terminal(finding.message)}')}"
    bar = style("frame", f"{' ' * gutter} |")
    for path, group in groupby(marks, key=lambda mark: mark.span.path):
        yield from _file(path, list(group), line, drawing, bar)
    yield from _tail(finding, docs, " " * gutter, style)


def _marks(finding: Finding) -> list[Mark]:
    """The finding's places by file, the main one's file first."""
    if finding.span is None:
        return []
    main = Mark(finding.span, finding.label, main=True)
    others = [Mark(label.span, label.text, main=False) for label in finding.others]
    order = {path: index for index, path in reversed(list(enumerate(m.span.path for m in [main, *others])))}
    return sorted([main, *others], key=lambda mark: order[mark.span.path])


def _file(
    path: str, marks: list[Mark], line: Callable[[str, int], str | None], drawing: Drawing, bar: str
) -> Iterator[str]:
    """The file's name with the place, and its lines between two bars; the name alone if the file itself is meant."""
    first = marks[0]
    arrow = "-->" if first.main else ":::"
    itself = [(mark.span.line, mark.span.column, mark.span.end_line, mark.span.end_column) for mark in marks] == [_FILE]
    place = "" if itself else f":{first.span.line}:{first.span.column}"
    yield f"{' ' * drawing.gutter}{drawing.style('frame', arrow)} {terminal(path)}{place}"
    if itself:
        return
    rows = list(draw(marks, lambda number: line(path, number), drawing))
    if rows:
        yield bar
    yield from rows
    yield bar


def _tail(finding: Finding, docs: str | None, indent: str, style: Style) -> Iterator[str]:
    tail = [("note", note) for note in finding.notes]
    if finding.help:
        tail.append(("help", finding.help))
    if docs:
        tail.append(("docs", docs))
    for kind, text in tail:
        yield f"{indent} {style('frame', '=')} {style('strong', kind)}: {terminal(text)}"
