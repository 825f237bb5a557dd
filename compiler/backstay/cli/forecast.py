"""`backstay forecast`: what policies come to over the years."""

from __future__ import annotations

import datetime
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.day import day, today
from backstay.cli.layers import require_sandbox, tell_layers
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from backstay import ir
    from backstay.forecast.ask import By, Change
    from backstay.forecast.outlook import Outlook
    from backstay.forecast.prices import Prices

MOST_YEARS = 30
_LAST_YEAR = 2199  # that AWS's schedules know
_SHARES = 3


@click.command("forecast", short_help="Say what policies come to over the years.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: the one beside the policies.")
@click.option("--inventory", type=click.Path(path_type=Path), help="The resources that there are, with their sizes.")
@click.option("--years", type=click.IntRange(1, MOST_YEARS), default=3, show_default=True, help="How far to look.")
@click.option("--now", type=day, metavar="DATE", help="The day on which it begins, with nothing yet; default: today.")
@click.option(
    "--by",
    type=click.Choice(["rule", "account", "type", "vault"]),
    default="rule",
    show_default=True,
    help="What the totals are told by; accounts are those that hold the recovery points.",
)
@click.option(
    "--change",
    metavar="LOW,LIKELY,HIGH",
    help="How much of a resource changes in a day, such as 1%,2%,5%; default: as the inventory says, half to double.",
)
@click.option("--prices", type=click.Path(path_type=Path), help="Own prices, TOML or JSON; default: published ones.")
@require_sandbox
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "html"]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file.")
def forecast(
    paths: tuple[Path, ...],
    org: Path | None,
    inventory: Path | None,
    years: int,
    now: datetime.date | None,
    by: By,
    change: str | None,
    prices: Path | None,
    require_sandbox: bool,
    form: str,
    output: Path | None,
) -> None:
    """Say what the policies come to: recovery points, storage, cost, the worst gap, the first day of deletion.

    Each resource of the inventory is counted with the rules that take it, from an empty beginning on. Without an
    inventory one resource of each plan is, and neither storage nor cost is told.
    """
    from backstay.forecast.ask import Ask
    from backstay.forecast.outlook import outlook

    start = now or today()
    if start.year + years > _LAST_YEAR:
        raise click.UsageError(f"--now {start} --years {years} goes beyond {_LAST_YEAR}, the last year of schedules")
    ask = Ask(start, years, by, read_change(change), read_prices(prices))
    rows = read_inventory(inventory)
    model = _model(paths or (Path("policies"),), org, start, require_sandbox=require_sandbox)
    _write(_rendered(outlook(model, rows, ask), form, output), output)


def read_change(text: str | None) -> Change:
    """The range that `--change` gives. Raises `click.BadParameter`."""
    from backstay.forecast.ask import Change

    if text is None:
        return Change()
    parts = [_share(part) for part in text.split(",")]
    shares = [part for part in parts if part is not None]
    if len(shares) != _SHARES or len(parts) != _SHARES or shares != sorted(shares):
        raise click.BadParameter(
            f"`{text}` is no range; write three rising shares like 1%,2%,5%", param_hint="--change"
        )
    low, likely, high = shares
    return Change(low, likely, high, fixed=True)


def _share(text: str) -> float | None:
    """A share from 0 to 1, as a number or in percent."""
    text = text.strip()
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
    return share if math.isfinite(share) and 0 <= share <= 1 else None


def read_prices(path: Path | None) -> Prices | None:
    """The prices of a file. Raises `UnusableError`."""
    if path is None:
        return None
    from backstay.forecast.prices import PricesError, read

    try:
        return read(path)
    except PricesError as wrong:
        raise UnusableError(str(wrong)) from None


def read_inventory(path: Path | None) -> Sequence[Mapping[str, Any]] | None:
    """The rows of an inventory file. Raises `UnusableError`."""
    if path is None:
        return None
    from backstay.lint.inventory import InventoryError, read

    try:
        return read(path)
    except InventoryError as wrong:
        raise UnusableError(str(wrong)) from None


def _model(paths: Sequence[Path], org: Path | None, now: datetime.date, *, require_sandbox: bool) -> ir.Model:
    from backstay import pipeline
    from backstay.cli.complaints import complain

    checked = pipeline.check(paths, org, now=now, lint=False, require_sandbox=require_sandbox)
    tell_layers(checked.loaded)
    if checked.model is None:
        complain([one for one in checked.findings if one.severity == "error"], checked.loaded.sources)
        click.get_current_context().exit(pipeline.exit_code(checked.findings))
    if checked.org is None:
        raise click.UsageError("there is no org.yaml or org.json beside the policies; name one with --org")
    return checked.model


def _rendered(found: Outlook, form: str, output: Path | None) -> str:
    match form:
        case "json":
            from backstay.forecast.document import document

            return f"{json.dumps(document(found), indent=2, ensure_ascii=False)}\n"
        case "csv":
            from backstay.forecast.document import table

            return table(found)
        case "html":
            from backstay.forecast.page import render

            return render(found)
        case _:
            from backstay.cli.context import width
            from backstay.forecast.text import text
            from backstay_formats.escape import terminal

            columns = width(output is None and sys.stdout.isatty())
            return "".join(f"{terminal(line)}\n" for line in text(found, columns).splitlines())


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8", newline="\n")
    except OSError as wrong:
        raise UnusableError(f"cannot write {output}: {wrong.strerror or wrong}") from None
