"""A plan on standard output, in the form that was asked for, and as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from backstay_agent.wanted import Build
    from backstay_contract.plan import ChangePlan

FORMATS = ("text", "json", "markdown")


def show(plan: ChangePlan, build: Build, form: str, *, detail: bool) -> None:
    """Print a plan in one of FORMATS."""
    from backstay_agent.explain import explain, markdown
    from backstay_agent.origins import Origins

    if form == "json":
        click.echo(_document(plan).decode(), nl=False)
    elif form == "markdown":
        click.echo(markdown.render(plan, Origins(build)), nl=False)
    else:
        click.echo(explain(plan, Origins(build), detail=detail), nl=False)


def save(plan: ChangePlan, path: Path) -> None:
    """Write a plan for an apply; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_document(plan))


def _document(plan: ChangePlan) -> bytes:
    from backstay_contract.canonical import pretty

    return pretty(plan.model_dump(mode="json"))
