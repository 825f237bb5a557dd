"""Colours of a terminal: four roles, written only when asked for."""

from __future__ import annotations

from dataclasses import dataclass

_CODES = {"error": "1;31", "warning": "1;33", "advice": "1;36", "frame": "1;34", "strong": "1"}


@dataclass(frozen=True, slots=True)
class Style:
    """Paints text, or leaves it as it is."""

    colour: bool

    def __call__(self, role: str, text: str) -> str:
        """Text in the colour of a role: `error`, `warning`, `advice`, `frame` or `strong`."""
        return f"\x1b[{_CODES[role]}m{text}\x1b[0m" if self.colour and text else text
