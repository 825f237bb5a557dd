"""Results that go into a file instead of to standard output."""

from __future__ import annotations

from pathlib import Path

from backstay.cli.unusable import UnusableError


def write(file: Path, text: str) -> None:
    """Write text as it is, in UTF-8. Raises `UnusableError`."""
    try:
        file.write_text(text, "utf-8", newline="\n")
    except OSError as wrong:
        raise UnusableError(f"cannot write {file}: {wrong.strerror or wrong}") from None
