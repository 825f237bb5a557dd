"""`backstay lint`: say what is wrong with policies."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay.cli.context import colour, note, width
from backstay.cli.day import day, today
from backstay.cli.layers import require_sandbox, tell_layers
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay.pipeline import Checked
    from backstay_contract.findings import LintSummary

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")


@click.command("lint", short_help="Check policies.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: the one beside the policies.")
@click.option(
    "--inventory", type=click.Path(path_type=Path), help="Resources (JSON Lines) that selections should take."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to write.")
@click.option(
    "--select", metavar="RULE", multiple=True, help="Only these rules: name, code or family (`backstay rules`)."
)
@click.option("--ignore", metavar="RULE", multiple=True, help="Not these rules.")
@click.option("--now", type=day, metavar="DATE", help="The day to judge on; default: today.")
@require_sandbox
@click.option("-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
def lint(
    paths: tuple[Path, ...],
    org: Path | None,
    inventory: Path | None,
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    now: datetime.date | None,
    require_sandbox: bool,
    file: Path | None,
) -> None:
    """Check policies (PATH: files or folders, default policies/) against what AWS Backup does with them.

    Exits with 1 if there are errors, with 2 if something cannot be read. `backstay rules NAME` explains a rule; a
    comment `# backstay: allow NAME — reason` on a line, or a Waiver, silences one.
    """
    from backstay import pipeline
    from backstay.lint.registry import UnknownRuleError, chosen
    from backstay.lint.summary import summary
    from backstay_formats.verdict import verdict

    try:
        chosen(select, ignore)
    except UnknownRuleError as wrong:
        raise click.UsageError(f"{wrong}; `backstay rules` lists them".replace("?;", "?")) from None
    rows = _inventory(inventory)
    checked = pipeline.check(
        paths or (Path("policies"),),
        org,
        now=now or today(),
        select=select,
        ignore=ignore,
        inventory=rows,
        require_sandbox=require_sandbox,
    )
    tell_layers(checked.loaded)
    numbers = summary(checked.findings, checked.loaded, checked.model, checked.suppressed)
    text = _render(form, checked, numbers, coloured=file is None)
    if file is None:
        click.echo(text, nl=False)
    else:
        _write(file, text)
    if form not in ("text", "github", "markdown") or file is not None:
        note(verdict(numbers))
    raise SystemExit(pipeline.exit_code(checked.findings))


def _inventory(path: Path | None) -> Sequence[Mapping[str, Any]] | None:
    if path is None:
        return None
    from backstay.lint.inventory import InventoryError, read

    try:
        return read(path)
    except InventoryError as wrong:
        raise UnusableError(str(wrong)) from None


def _render(form: str, checked: Checked, numbers: LintSummary, *, coloured: bool) -> str:
    from importlib import import_module

    if form == "text":
        return _text(checked, numbers, coloured=coloured)
    if form == "sarif":
        from backstay import __version__
        from backstay.lint.registry import every, facts
        from backstay_formats import sarif

        rules = {rule.CODE: facts(rule) for rule in every()}
        return sarif.render(checked.findings, numbers, rules=rules, version=__version__)
    return str(import_module(f"backstay_formats.{form}").render(checked.findings, numbers))


def _text(checked: Checked, numbers: LintSummary, *, coloured: bool) -> str:
    from backstay.lint.registry import docs
    from backstay_formats.text import render
    from backstay_formats.verdict import verdict

    terminal = coloured and sys.stdout.isatty()
    drawn = render(
        checked.findings,
        _lines(checked),
        colour=colour(terminal),
        width=width(terminal),
        docs=lambda finding: docs(finding.name),
    )
    return f"{drawn}{verdict(numbers)}\n"


def _lines(checked: Checked) -> Callable[[str, int], str | None]:
    """Lines of policies, and of the organization file once one is asked for."""
    read: dict[str, list[str]] = {}

    def line(path: str, number: int) -> str | None:
        found = checked.loaded.sources.line(path, number)
        if found is not None or checked.org is None or path != checked.org.path:
            return found
        if path not in read:
            read[path] = _text_of(Path(path)).splitlines()
        return read[path][number - 1] if 0 < number <= len(read[path]) else None

    return line


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8", newline="\n")
    except OSError as wrong:
        raise UnusableError(f"cannot write {file}: {wrong.strerror or wrong}") from None
