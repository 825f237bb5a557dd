"""What is wrong with a seed file, and where."""

from __future__ import annotations


class SeedError(Exception):
    """A seed file cannot be used; the message is one line with file, place and reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        super().__init__(f"{file}:{place}: {reason}" if place else f"{file}: {reason}")
