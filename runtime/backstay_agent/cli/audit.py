"""`backstay audit`: read the organization and say which controls hold where. Changes nothing in AWS."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.choosing import choose_controls
from backstay_agent.cli.collecting import Collecting, collecting_options, gather_facts
from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import FINDINGS, PARTLY, USAGE, leave, worst
from backstay_agent.cli.reading import choose_accounts, load_build
from backstay_agent.cli.signature import signature_option

if TYPE_CHECKING:
    from backstay_agent.audit.locations import Location
    from backstay_agent.audit.report import Chapter
    from backstay_agent.audit.result import Result

_FORMATS = ("text", "json", "csv", "junit", "html")


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there instead.")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable.")
@click.option("--control", "wanted", multiple=True, metavar="NAME", help="Only this control; repeatable.")
@click.option(
    "--set", "settings", multiple=True, metavar="CONTROL.P=VALUE", help="Set a parameter of a control; repeatable."
)
@collecting_options
@click.option("--story", type=click.Path(path_type=Path, exists=True, dir_okay=False), hidden=True)
@signature_option
@aws_options
def audit(
    build: Path,
    form: str,
    output: Path | None,
    accounts: tuple[str, ...],
    wanted: tuple[str, ...],
    settings: tuple[str, ...],
    collecting: Collecting,
    story: Path | None,
    connection: Connection,
) -> None:
    """Put the controls to everything in the accounts of BUILD and of its organization.

    Exits with 0 when nothing fails, 1 when a control does not hold somewhere, 3 when something could not be read. The
    raw result and the HTML report are kept in `.backstay/audit/`.
    """
    from backstay_agent.audit.result import judge

    chosen, parameters = choose_controls(wanted, settings)
    loaded = load_build(build)
    only = choose_accounts(loaded, accounts)
    collected = gather_facts(loaded, connection, collecting, only)
    result, kept = _tell(judge(collected.facts, chosen, parameters), build, form, output, story, collected.location)
    codes = {PARTLY} if collected.partly or not kept else set()
    raise click.exceptions.Exit(worst(codes | ({FINDINGS} if result.report.summary.non_compliant else set())))


def _tell(
    result: Result, build: Path, form: str, output: Path | None, story: Path | None, location: Location
) -> tuple[Result, bool]:
    """Compare with the audit before, keep the result, and write or print it; gives what was told, and if it is kept."""
    from dataclasses import replace

    from backstay_agent.audit import report
    from backstay_agent.audit.compare import compare
    from backstay_agent.cli.collecting import keep_result, result_before

    earlier = result_before(location, result.report)
    result = replace(result, since=compare(earlier, result.report) if earlier else None)
    page = report.render(result.report, result.facts, _chapters(story), parameters=result.parameters, build=str(build))
    told = page if form == "html" else _formatted(result, form)
    try:
        if output is not None:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_bytes(told)
    except OSError as error:
        leave(USAGE, f"error: the result cannot be written: {error}")
    if output is None:
        click.echo(told, nl=False)
    kept = keep_result(location, result.report, page)
    if kept is not None:
        click.echo(f"Report: {output or kept[1]}   Raw result: {kept[0]}", err=form != "text")
    return result, kept is not None


def _chapters(story: Path | None) -> list[Chapter]:
    """The story of a demo, which stands before the report."""
    import json

    from backstay_agent.audit.report import Chapter

    return [Chapter(**chapter) for chapter in json.loads(story.read_bytes())] if story else []


def _formatted(result: Result, form: str) -> bytes:
    """The report in one of the formats of text."""
    from backstay_agent.audit import text
    from backstay_agent.audit.formats import csv, json, junit

    match form:
        case "json":
            return json.render(result.report).encode()
        case "csv":
            return csv.render(result.report).encode()
        case "junit":
            return junit.render(result.report).encode()
        case _:
            return text.render(result, colour=_colour()).encode()


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
