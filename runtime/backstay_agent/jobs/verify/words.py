"""Numbers and lists in words, with what came from outside made harmless."""

from __future__ import annotations

from collections.abc import Sequence

from backstay_formats.escape import terminal

_SHOWN = 3
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


def counted(number: int, noun: str) -> str:
    """`1 object`, `1,204 objects`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def size(number: int) -> str:
    """`512 bytes`, `1.5 MiB`."""
    value, unit = float(number), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value /= _STEP
        unit += 1
    return f"{number:,} bytes" if unit == 0 else f"{value:,.1f} {_UNITS[unit]}"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many there are besides."""
    shown = ", ".join(terminal(name) for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN:,} more"
