"""How paths are shown to people: relative to the working directory where they are inside it."""

from __future__ import annotations

import os
from pathlib import Path


def shown(path: Path) -> str:
    """The path with `/` between its parts: relative to the working directory if it is inside, else as it was given."""
    full = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow links that people know by their name)
    here = Path.cwd()
    return (full.relative_to(here) if full.is_relative_to(here) else path).as_posix()
