"""Patterns of paths such as `policies/legacy/**`: `*` and `?` stay within a folder, `**` goes through any number."""

from __future__ import annotations

import re
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """Whether a path (with `/`, relative as the pattern is) is meant; a pattern for a folder means all below it."""
    return _compiled(pattern).match(f"{path}/") is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    return re.compile("".join("(?:[^/]+/)*" if part == "**" else f"{_part(part)}/" for part in parts))


def _part(part: str) -> str:
    """A part of a pattern, which stays within its folder."""
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(one, re.escape(one)) for one in part)
