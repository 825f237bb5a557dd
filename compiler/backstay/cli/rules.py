"""`backstay rules`: the rules that lint checks, and what each of them is about."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.configured import Wish, house_options, setup

if TYPE_CHECKING:
    from backstay.lint.rule import Rule

_WIDTH = 100


@click.command("rules", short_help="Show the rules.")
@click.argument("name", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write.",
)
@house_options
def rules(name: str | None, form: str, config: Path | None, no_config: bool, folders: tuple[Path, ...]) -> None:
    """List the rules that lint checks, or those of one family, or explain one (NAME: its name or code).

    The house's own rules, which the configuration of the working directory or `--rules` names, are among them.
    """
    from backstay.lint.registry import UnknownRuleError, beside, chosen

    with beside(setup((), Wish(config, no_config, folders)).rules):
        try:
            shown = chosen([name] if name is not None else ())
        except UnknownRuleError as wrong:
            raise click.UsageError(str(wrong)) from None
    _show(shown, form)


def _show(shown: Sequence[type[Rule]], form: str) -> None:
    if form == "json":
        click.echo(json.dumps([_row(one) for one in shown], indent=2))
    elif form == "markdown":
        click.echo("\n".join(line for one in shown for line in _markdown(one)))
    elif len(shown) == 1:
        click.echo("\n".join(_page(shown[0])))
    else:
        click.echo("\n".join(_list(shown)))


def _row(rule: type[Rule]) -> dict[str, object]:
    from backstay.lint.registry import facts

    known = facts(rule)
    return {
        "code": known.code,
        "name": known.name,
        "severity": known.severity,
        "family": known.family,
        "summary": known.summary,
        "references": list(known.references),
    }


def _list(shown: Sequence[type[Rule]]) -> Iterator[str]:
    from backstay.lint.registry import family

    width = max(len(one.NAME) for one in shown)
    for name, group in groupby(shown, key=family):
        yield f"{name}"
        for one in group:
            yield f"  {one.CODE}  {one.NAME:<{width}}  {one.SEVERITY:<7}  {one.SUMMARY}"
        yield ""
    yield f"{len(shown)} rules. `backstay rules NAME` explains one."


def _page(one: type[Rule]) -> Iterator[str]:
    yield f"{one.NAME} ({one.CODE}, {one.SEVERITY})"
    yield ""
    yield f"{one.SUMMARY}."
    yield ""
    yield from textwrap.wrap(one.WHY, _WIDTH)
    for title, examples in (("Refused:", one.INVALID), ("Accepted:", one.VALID)):
        if examples:
            yield from ("", title)
        for example in examples:
            yield textwrap.indent(example, "    ")
    yield from ("", "Sources:")
    yield from (f"    {source}" for source in one.SOURCES)


def _markdown(one: type[Rule]) -> Iterator[str]:
    yield from (f"## {one.NAME}", "", f"`{one.CODE}`, {one.SEVERITY}. {one.SUMMARY}.", "", one.WHY, "")
    for title, examples in (("Refused", one.INVALID), ("Accepted", one.VALID)):
        for example in examples:
            yield from (f"{title}:", "", "```python", example, "```", "")
    yield from (f"- {source}" for source in one.SOURCES)
    yield ""
