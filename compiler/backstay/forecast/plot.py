"""Curves in a terminal, drawn with blocks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LEAST, _MOST = 20, 120


def plot(values: Sequence[float], first: str, last: str, *, width: int, height: int = 8) -> list[str]:
    """Lines of a chart: each column is the largest value of its part; `first` and `last` stand below the ends."""
    top = max(values, default=0.0)
    labels = [_label(top), "0"]
    margin = max(map(len, labels))
    columns = min(max(width - margin - 2, _LEAST), _MOST)
    columns = min(columns, max(len(values), _LEAST))
    heights = [_eighths(values, column, columns, top, height) for column in range(columns)]
    lines = []
    for row in range(height - 1, -1, -1):
        label = labels[0] if row == height - 1 else ""
        drawn = "".join(_EIGHTHS[min(max(one - row * 8, 0), 8)] for one in heights)
        lines.append(f"{label:>{margin}} ┤{drawn}".rstrip())
    lines.append(f"{labels[1]:>{margin}} └{'─' * columns}")
    gap = max(columns - len(first) - len(last), 1)
    lines.append(f"{'':>{margin}}  {first}{' ' * gap}{last}")
    return lines


def _eighths(values: Sequence[float], column: int, columns: int, top: float, height: int) -> int:
    begin = column * len(values) // columns
    part = values[begin : max((column + 1) * len(values) // columns, begin + 1)]
    most = max(part, default=0.0)
    if most <= 0 or top <= 0:
        return 0
    return max(round(most / top * height * 8), 1)


def _label(top: float) -> str:
    return f"{top:,.0f}" if top >= 10 or top == int(top) else f"{top:,.2f}"
