"""The limits of those who read our formats, from the table beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


def limit(name: str) -> int:
    """A limit by its name; raises KeyError for one that the table does not have."""
    return _limits()[name]


@cache
def _limits() -> Mapping[str, int]:
    text = resources.files("backstay_agent.audit.formats").joinpath("limits.toml").read_text("utf-8")
    return {row["name"]: row["value"] for row in tomllib.loads(text)["limit"]}
