"""`backstay lint`: say what is wrong with policies, and with what other tools deploy."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay.cli.configured import Wish, house_options, setup, stop
from backstay.cli.context import colour, note, width
from backstay.cli.day import day, today
from backstay.cli.judged import Result, Wanted, judge
from backstay.cli.layers import require_sandbox
from backstay.cli.settled import Ran, baselined, configured, write_baseline
from backstay.cli.unusable import UnusableError
from backstay.cli.writing import write

if TYPE_CHECKING:
    from backstay.lint.config.choices import Choices

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")
_FILE = click.Path(dir_okay=False, path_type=Path)


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
@house_options
@click.option("--baseline", type=_FILE, help="Findings that are known already: counted, not told.")
@click.option("--write-baseline", "new_baseline", type=_FILE, help="Make all findings of this run known.")
@click.option("--fix", is_flag=True, help="Fix what has one right answer: show a diff, ask, write.")
@click.option("--yes", is_flag=True, help="With --fix: write without asking.")
@click.option("--now", type=day, metavar="DATE", help="The day to judge on; default: today.")
@require_sandbox
@click.option("-o", "--output", "file", type=_FILE, help="Write to a file.")
def lint(
    paths: tuple[Path, ...],
    org: Path | None,
    inventory: Path | None,
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    config: Path | None,
    no_config: bool,
    folders: tuple[Path, ...],
    baseline: Path | None,
    new_baseline: Path | None,
    fix: bool,
    yes: bool,
    now: datetime.date | None,
    require_sandbox: bool,
    file: Path | None,
) -> None:
    """Check policies (PATH: files or folders, default policies/) against what AWS Backup does with them.

    A PATH may also be a CloudFormation template, Terraform (a file or a folder), an Organizations backup policy or the
    JSON of create-backup-plan: what can be decided in it is judged by the same rules, at its own lines.

    Exits with 1 if there are errors, with 2 if something cannot be read. `backstay rules NAME` explains a rule; a
    comment `# backstay: allow NAME — reason` on a line, or a Waiver, silences one. A configuration file says which
    rules are told in which files, and how loudly; a baseline knows what was there before.
    """
    from backstay.lint.registry import beside
    from backstay_formats.verdict import verdict

    if yes and not fix:
        raise click.UsageError("--yes goes with --fix")
    paths = paths or (Path("policies"),)
    house = setup(paths, Wish(config, no_config, folders, require_sandbox))
    known = baseline or house.baseline
    with beside(house.rules):
        ran = _ran(paths, select, ignore)
        wanted = Wanted(org, now or today(), select, ignore, _inventory(inventory), require_sandbox)
        look = partial(_look, paths, wanted, house.choices, ran)
        result = _fixed(look, paths, yes=yes, apart=form != "text" or file is not None) if fix else look()
        if new_baseline is not None:
            result = write_baseline(result, new_baseline, ran)
        elif known is not None:
            result = baselined(result, known, ran)
        text = _render(form, result, coloured=file is None)
    if file is None:
        click.echo(text, nl=False)
    else:
        write(file, text)
    if form not in ("text", "github", "markdown") or file is not None:
        note(verdict(result.numbers))
    raise SystemExit(result.code)


def _ran(paths: Sequence[Path], select: Sequence[str], ignore: Sequence[str]) -> Ran:
    """What is looked at; a usage error for a rule that is none."""
    from backstay.lint.registry import UnknownRuleError, chosen

    try:
        codes = frozenset(rule.CODE for rule in chosen(select, ignore))
    except UnknownRuleError as wrong:
        raise click.UsageError(f"{wrong}; `backstay rules` lists them".replace("?;", "?")) from None
    return Ran(paths, codes, codes if select else ())


def _look(paths: Sequence[Path], wanted: Wanted, choices: Choices | None, ran: Ran) -> Result:
    return configured(_judge(paths, wanted), choices, ran)


def _fixed(look: Callable[[], Result], paths: Sequence[Path], *, yes: bool, apart: bool) -> Result:
    from backstay.cli.fixing import fixing

    return fixing(look, paths, yes=yes, apart=apart)


def _judge(paths: Sequence[Path], wanted: Wanted) -> Result:
    from backstay.lint.user_rules.complaint import FailingRuleError

    try:
        return judge(paths, wanted)
    except FailingRuleError as failure:
        stop([failure.finding])


def _inventory(path: Path | None) -> Sequence[Mapping[str, Any]] | None:
    if path is None:
        return None
    from backstay.lint.inventory import InventoryError, read

    try:
        return read(path)
    except InventoryError as wrong:
        raise UnusableError(str(wrong)) from None


def _render(form: str, result: Result, *, coloured: bool) -> str:
    from importlib import import_module

    if form == "text":
        return _text(result, coloured=coloured)
    if form == "sarif":
        from backstay import __version__
        from backstay.lint.registry import every, facts
        from backstay_formats import sarif

        rules = {rule.CODE: facts(rule) for rule in every()}
        return sarif.render(result.findings, result.numbers, rules=rules, version=__version__)
    return str(import_module(f"backstay_formats.{form}").render(result.findings, result.numbers))


def _text(result: Result, *, coloured: bool) -> str:
    from backstay.lint.registry import docs
    from backstay_formats.text import render
    from backstay_formats.verdict import verdict

    terminal = coloured and sys.stdout.isatty()
    drawn = render(
        result.findings,
        result.line,
        colour=colour(terminal),
        width=width(terminal),
        docs=lambda finding: docs(finding.name),
    )
    return f"{drawn}{verdict(result.numbers)}\n"
