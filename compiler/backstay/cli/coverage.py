"""`backstay coverage`: which rules, selections, units and promises no test and no resource ever reached."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.context import note
from backstay.cli.day import day, today
from backstay.cli.layers import require_sandbox, tell_layers
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay.coverage.reached import Reached

FINDINGS = 1


@click.command("coverage", short_help="Say what of the policies nothing reaches.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: the one beside the policies.")
@click.option("--inventory", type=click.Path(path_type=Path), help="The resources that there are (JSON Lines).")
@click.option(
    "--tests",
    multiple=True,
    type=click.Path(path_type=Path),
    help="What tests reached, written by `pytest --backstay-coverage=FILE.json`; repeatable.",
)
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="N", help="Exit with 1 below so many percent.")
@click.option("--now", type=day, metavar="DATE", help="The day that the policies are looked at; default: today.")
@require_sandbox
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def coverage(
    paths: tuple[Path, ...],
    org: Path | None,
    inventory: Path | None,
    tests: tuple[Path, ...],
    fail_under: float | None,
    now: datetime.date | None,
    require_sandbox: bool,
    form: str,
) -> None:
    """Say which rules, selections, conditions, promises, units and accounts nothing ever reached, at their lines.

    A rule is reached by a resource that it backs up, a condition by one that it alone keeps out. What is looked at is
    an inventory, what tests looked at, or both.
    """
    from backstay import pipeline
    from backstay.cli.complaints import complain
    from backstay.coverage import report
    from backstay.coverage.measure import measure
    from backstay_formats.escape import terminal

    if inventory is None and not tests:
        raise click.UsageError("say what is looked at: --inventory FILE, --tests FILE, or both")
    reached = _reached(inventory, tests)
    checked = pipeline.check(
        paths or (Path("policies"),), org, now=now or today(), lint=False, require_sandbox=require_sandbox
    )
    tell_layers(checked.loaded)
    if checked.model is None:
        complain([one for one in checked.findings if one.severity == "error"], checked.loaded.sources)
        click.get_current_context().exit(pipeline.exit_code(checked.findings))
    if checked.org is None:
        raise click.UsageError("there is no org.yaml or org.json beside the policies; name one with --org")
    found = measure(checked.model, checked.org, reached)
    if form == "json":
        click.echo(json.dumps(report.document(found, reached), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(terminal(line) for line in report.text(found).splitlines()))
    share = report.percent(found.items)
    if fail_under is not None and share < fail_under:
        note(f"{report.shown(share)} is less than the {fail_under:g}% asked for.")
        click.get_current_context().exit(FINDINGS)


def _reached(inventory: Path | None, tests: tuple[Path, ...]) -> Reached:
    """What was looked at. Raises `UnusableError`."""
    from backstay.coverage.reached import Reached, of_document, of_inventory
    from backstay.lint.inventory import InventoryError, read

    found = Reached()
    try:
        if inventory is not None:
            found.add(of_inventory(read(inventory)))
    except InventoryError as wrong:
        raise UnusableError(str(wrong)) from None
    for path in tests:
        try:
            found.add(of_document(json.loads(path.read_text("utf-8"))["reached"]))
        except OSError as wrong:
            raise UnusableError(f"cannot read {path}: {wrong.strerror or wrong}") from None
        except (ValueError, KeyError, TypeError):
            said = "this is not what `pytest --backstay-coverage=FILE` writes"
            raise UnusableError(f"{path}: {said}") from None
    return found
