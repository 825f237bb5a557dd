"""docs/bootstrap.md says what the tables say. `BACKSTAY_WRITE=1` writes it anew."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from backstay_agent.permissions import OPERATIONS
from backstay_agent.permissions.actions import Grant, exceptions

PAGE = Path(__file__).parents[3] / "docs" / "bootstrap.md"


def _operations() -> Iterator[str]:
    yield "| command | calls |"
    yield "|---|---|"
    for command, operations in sorted(OPERATIONS.items()):
        pairs = sorted(tuple(one.split(":")) for one in operations)
        services = groupby(pairs, key=lambda pair: pair[0])
        told = "; ".join(f"{service}: {', '.join(name for _, name in names)}" for service, names in services)
        yield f"| `{command.replace('org-', 'org ')}` | {told} |"


def _exceptions() -> Iterator[str]:
    yield "| operation | asks for |"
    yield "|---|---|"
    for operation, grants in exceptions().items():
        if [grant.action for grant in grants] != [operation] or grants[0].when:
            yield f"| `{operation}` | {', '.join(map(_told, grants)) or 'nothing'} |"


def _told(grant: Grant) -> str:
    return f"`{grant.action}`" + (f" ({grant.when})" if grant.when else "")


def test_the_page_says_what_the_tables_say() -> None:
    """Operation by operation, permission by permission."""
    page = PAGE.read_text(encoding="utf-8")
    wanted = page
    for name, lines in (("exceptions", _exceptions()), ("operations", _operations())):
        block = "\n".join(lines)
        wanted = re.sub(
            rf"(<!-- permissions: {name} -->\n).*?(<!-- end -->)",
            lambda found, block=block: f"{found[1]}{block}\n{found[2]}",
            wanted,
            flags=re.DOTALL,
        )
    if os.environ.get("BACKSTAY_WRITE"):
        PAGE.write_text(wanted, encoding="utf-8")
    assert wanted == page or os.environ.get("BACKSTAY_WRITE")
    assert "| `apply` |" in wanted
