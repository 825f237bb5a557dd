"""What Security Hub calls the types of things that findings are about, from the table beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


def security_hub_type(resource_type: str) -> str:
    """The type; `Other` where Security Hub has none."""
    return types().get(resource_type, "Other")


@cache
def types() -> Mapping[str, str]:
    """The whole table."""
    text = resources.files("backstay_agent.audit.formats").joinpath("resource_types.toml").read_text("utf-8")
    table: Mapping[str, str] = tomllib.loads(text)["types"]
    return table
