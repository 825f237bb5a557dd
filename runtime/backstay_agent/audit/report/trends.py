"""How findings went from audit to audit: a line for what fails, and the share of what holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backstay_agent.audit.history import Kept

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 220, 64, 900, 20, 180
_MOST_POINTS = 180
_MOST_ROWS = 30
_TICKS = 6


@dataclass(frozen=True, slots=True)
class Point:
    """An audit in the drawing."""

    x: float
    y: float
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """An audit in the table."""

    when: str
    accounts: int
    resources: int
    failing: int
    share: str
    unknown: int


@dataclass(frozen=True, slots=True)
class Trends:
    """The drawing and its table; `change` says in words how it went since the first audit that is drawn."""

    width: int
    height: int
    bottom: int
    left: int
    right: int
    path: str
    points: tuple[Point, ...]
    marks: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]
    change: str


def view(before: Sequence[Kept], now: Kept) -> Trends | None:
    """The trend up to this audit; None where there was none before it that asked as much."""
    kept = [*(one for one in before if one.asked == now.asked), now][-_MOST_POINTS:]
    if len(kept) < 2:
        return None
    most = max(1, *(one.non_compliant for one in kept))
    times = [datetime.fromisoformat(one.started) for one in kept]
    span = (times[-1] - times[0]).total_seconds() or 1

    def x(moment: datetime) -> float:
        return round(LEFT + (RIGHT - LEFT) * (moment - times[0]).total_seconds() / span, 1)

    def y(number: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * number / most, 1)

    points = tuple(
        Point(
            x(when), y(one.non_compliant), f"{when:%Y-%m-%d %H:%M}: {one.non_compliant:,} findings, {_share(one)} hold"
        )
        for when, one in zip(times, kept, strict=True)
    )
    path = "M" + "L".join(f"{point.x:g} {point.y:g}" for point in points)
    marks = tuple((y(most * part / 2), f"{round(most * part / 2):,}") for part in ((0, 1, 2) if most > 1 else (0, 2)))
    step = max(1, -(-(len(kept) - 1) // _TICKS))
    ticks = tuple((x(when), f"{when:%Y-%m-%d}") for when in _apart(times[::step], span))
    rows = tuple(
        Row(f"{when:%Y-%m-%d %H:%M}", one.accounts, one.resources, one.non_compliant, _share(one), one.unknown)
        for when, one in list(zip(times, kept, strict=True))[::-1][:_MOST_ROWS]
    )
    return Trends(WIDTH, HEIGHT, BOTTOM, LEFT, RIGHT, path, points, marks, ticks, rows, _change(kept))


def _apart(times: Sequence[datetime], span: float) -> list[datetime]:
    """Days under the axis that do not run into one another."""
    shown: list[datetime] = []
    for when in times:
        if not shown or (when - shown[-1]).total_seconds() >= span / (_TICKS + 2):
            shown.append(when)
    return shown


def _share(one: Kept) -> str:
    judged = one.compliant + one.non_compliant
    return f"{100 * one.compliant / judged:.1f} %" if judged else "nothing judged"


def _change(kept: Sequence[Kept]) -> str:
    first, last = kept[0], kept[-1]
    day = f"{datetime.fromisoformat(first.started):%Y-%m-%d}"
    if last.non_compliant == first.non_compliant:
        return f"{last.non_compliant:,} findings, as many as on {day} ({len(kept)} audits)."
    word = "fewer" if last.non_compliant < first.non_compliant else "more"
    many = abs(last.non_compliant - first.non_compliant)
    return f"{last.non_compliant:,} findings, {many:,} {word} than on {day} ({len(kept)} audits)."
