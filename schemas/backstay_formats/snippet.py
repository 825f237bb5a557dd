"""Draws source lines with marks under them, as compilers do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from backstay_contract.findings import Span
from backstay_formats.escape import terminal
from backstay_formats.style import Style
from backstay_formats.width import Cells, cells, columns

Line = Callable[[int], str | None]
"""A line of the file that is drawn, by its number; None where the file has none or cannot be read."""

_LEAST = 24  # columns of source that are shown however narrow the terminal is


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to underline: with `^` the main one, with `-` the others."""

    span: Span
    text: str
    main: bool

    @property
    def sign(self) -> str:
        """The character that the place is underlined with."""
        return "^" if self.main else "-"


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A mark on one line, in columns of the terminal."""

    start: int
    end: int
    mark: Mark
    text: str

    def moved(self, shift: int, room: int) -> _Stroke:
        """The stroke under a line of which `room` columns are shown, from column `shift` on."""
        end = max(self.start + 1, min(self.end, shift + room))
        return _Stroke(self.start - shift, end - shift, self.mark, self.text)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How wide the gutter with the line numbers is, how wide the terminal, and in which colours."""

    gutter: int
    width: int
    style: Style
    role: str

    def row(self, number: int | None, text: str) -> str:
        """One row: the number of a source line (None: a row of marks), a bar, the text."""
        label = f"{'' if number is None else number:>{self.gutter}} |"
        return f"{self.style('frame', label)} {text}".rstrip()

    def paint(self, mark: Mark, text: str) -> str:
        """The text of a mark in the colour of its kind."""
        return self.style(self.role if mark.main else "frame", text)


def draw(marks: Sequence[Mark], line: Line, drawing: Drawing) -> Iterator[str]:
    """The rows of one file's snippet; nothing when its lines cannot be read."""
    texts = {number: text for number in sorted(_lines(marks)) if (text := line(number)) is not None}
    rail = next((mark for mark in marks if mark.span.end_line > mark.span.line), None)
    if rail is not None and not {rail.span.line, rail.span.end_line} <= texts.keys():
        rail = None
    before = None
    for number, text in texts.items():
        if before is not None and number - before > 1:
            yield _elision(number, rail, drawing)
        yield from _one_line(number, text, marks, rail, drawing)
        before = number


def _elision(number: int, rail: Mark | None, drawing: Drawing) -> str:
    """The row that stands for left-out lines above line `number`."""
    inside = rail is not None and rail.span.line < number <= rail.span.end_line
    dots = drawing.style("frame", "...")
    return f"{dots}{' ' * drawing.gutter}{drawing.paint(rail, '|')}" if inside and rail else dots


def _lines(marks: Iterable[Mark]) -> set[int]:
    """The lines to show: those with a mark's ends, and a single line between two of them."""
    ends = {number for mark in marks for number in (mark.span.line, mark.span.end_line)}
    between = {low + 1 for low, high in pairwise(sorted(ends)) if high - low == 2}
    return ends | between


def _one_line(number: int, text: str, marks: Sequence[Mark], rail: Mark | None, drawing: Drawing) -> Iterator[str]:
    laid = cells(text)
    strokes = [_stroke(mark, number, laid) for mark in marks if mark is not rail and mark.span.line == number]
    room = max(_LEAST, drawing.width - drawing.gutter - (5 if rail else 3))
    shown, shift = _cropped(laid, strokes, room)
    strokes = [stroke.moved(shift, room) for stroke in strokes]
    lead, side = _rail(rail, number, drawing)
    yield drawing.row(number, lead + shown)
    yield from (drawing.row(None, side + row) for row in _under(strokes, room, drawing))
    if rail is not None and number == rail.span.end_line:
        reach = max(1, laid.column(rail.span.end_column - 1) - shift)
        yield drawing.row(None, drawing.paint(rail, f"|{'_' * reach}{rail.sign} {terminal(rail.text)}".rstrip()))


def _rail(rail: Mark | None, number: int, drawing: Drawing) -> tuple[str, str]:
    """What stands left of a source line, and of the marks under it, because of a span of several lines."""
    if rail is None:
        return "", ""
    if number == rail.span.line:
        return drawing.paint(rail, "/") + " ", drawing.paint(rail, "|") + " "
    if rail.span.line < number <= rail.span.end_line:
        return drawing.paint(rail, "|") + " ", drawing.paint(rail, "|") + " "
    return "  ", "  "


def _stroke(mark: Mark, number: int, laid: Cells) -> _Stroke:
    span = mark.span
    start = laid.column(span.column - 1)
    end = laid.column(span.end_column - 1) if span.end_line == number else laid.starts[-1]
    return _Stroke(start, max(end, start + 1), mark, terminal(mark.text))


def _cropped(laid: Cells, strokes: Sequence[_Stroke], room: int) -> tuple[str, int]:
    """The part of a long line that holds the marks, and how many columns it was moved to the left."""
    if laid.starts[-1] <= room:
        return laid.text(), 0
    first = min((stroke.start for stroke in strokes), default=0)
    wish = max(0, first - room // 3)
    begin = next(index for index, start in enumerate(laid.starts) if start >= wish)
    shift = laid.starts[begin]
    parts = [
        text
        for text, end in zip(laid.shown[begin:], laid.starts[begin + 1 :], strict=True)
        if end - shift < room  # one column is the ellipsis's
    ]
    text = "".join(parts)
    if begin:
        head = laid.shown[begin]
        text = "…" + " " * (columns(head) - 1) + text[len(head) :]
    return (text + "…" if begin + len(parts) < len(laid.shown) else text), shift


def _under(strokes: Sequence[_Stroke], room: int, drawing: Drawing) -> Iterator[str]:
    """Rows of marks: all underlines and the rightmost text first, then the other texts, from right to left.

    The rightmost text goes below with the others where the terminal ends before it.
    """
    left = sorted(strokes, key=lambda stroke: (stroke.start, stroke.end, stroke.mark.main))
    if not left:
        return
    last = left[-1]
    beside = last.text if last.end + 1 + columns(last.text) <= room else ""
    yield _row([(s.start, s.mark.sign * (s.end - s.start), s.mark) for s in left], drawing) + (
        " " + drawing.paint(last.mark, beside) if beside else ""
    )
    waiting = [stroke for stroke in (left[:-1] if beside else left) if stroke.text]
    if waiting:
        yield _row([(stroke.start, "|", stroke.mark) for stroke in waiting], drawing)
    while waiting:
        stroke = waiting.pop()
        yield _row([*((s.start, "|", s.mark) for s in waiting), (stroke.start, stroke.text, stroke.mark)], drawing)


def _row(pieces: Iterable[tuple[int, str, Mark]], drawing: Drawing) -> str:
    """Pieces at their columns; a piece that begins inside the one before it is cut at its left."""
    text, at = "", 0
    for start, piece, mark in pieces:
        shown = piece[max(0, at - start) :]
        if not shown:
            continue
        begin = max(at, start)
        text += " " * (begin - at) + drawing.paint(mark, shown)
        at = begin + columns(shown)
    return text
