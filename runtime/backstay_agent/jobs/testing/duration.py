"""Spans of time as people write and read them: `90s`, `30m`, `4h`, `2d`. Pure."""

from __future__ import annotations

import re

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WORDS = (("d", "d"), ("h", "h"), ("m", "min"))


def seconds(text: str) -> float | str:
    """The seconds of a span, or why it is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text.strip().lower())
    if found is None or not float(found[1]):
        return f"{text} is no span of time: say it like 90s, 30m, 4h or 2d"
    return float(found[1]) * _UNITS[found[2]]


def told(span: float) -> str:
    """A span in the largest unit that it fills: `42 s`, `3.5 min`, `4 h`."""
    for unit, word in _WORDS:
        if span >= _UNITS[unit]:
            return f"{span / _UNITS[unit]:.1f}".removesuffix(".0") + f" {word}"
    return f"{span:.1f}".removesuffix(".0") + " s"
