"""`backstay inventory`: the resources of the organization, read from AWS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import CLEAN, PARTLY, USAGE, leave
from backstay_agent.cli.progress import Progress
from backstay_agent.cli.reaching import Wish, reach_options

if TYPE_CHECKING:
    from backstay_agent.inventory import Pull
    from backstay_agent.reach import Reach

_PRINT = Path("-")


@click.group()
def inventory() -> None:
    """Read the organization's resources from AWS."""


@inventory.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("inventory.jsonl"),
    show_default=True,
    help="The inventory to write, as JSON Lines; - prints it.",
)
@reach_options
@aws_options
def pull(output: Path, wish: Wish, connection: Connection) -> None:
    """Write every resource that AWS Backup can back up, with its tags and size, to an inventory. Changes nothing.

    `daily_change` that somebody wrote into an existing inventory stays. Exits with 3 when something could not be read;
    the rest is written.
    """
    from backstay_agent.cli.writing import write_file
    from backstay_agent.inventory import Pull
    from backstay_agent.inventory import pull as lines

    if output.suffix == ".parquet":
        leave(USAGE, f"error: an inventory is written as JSON Lines only: name {output.with_suffix('.jsonl')}")
    given = wish.organization()
    aws = connection.open(given.regions[0] if given else None)
    reach = wish.reach(aws, given)
    tale = Pull()
    with Progress("reading") as progress:
        pieces = lines(aws, reach, tale, _kept(output), progress.set)
        if output == _PRINT:
            for piece in pieces:
                click.echo(piece, nl=False)
        else:
            write_file(output, pieces)
    _tell(tale, reach, "" if output == _PRINT else f"{output}: ")
    raise click.exceptions.Exit(PARTLY if tale.failed else CLEAN)


def _kept(output: Path) -> Mapping[str, float]:
    from backstay_agent.inventory.pull import changes

    try:
        return changes(output.read_bytes()) if output.is_file() else {}
    except OSError as error:
        leave(USAGE, f"error: {output} cannot be read: {error.strerror or error}")


def _tell(tale: Pull, reach: Reach, before: str) -> None:
    from backstay_formats.escape import terminal

    for account, reasons in sorted(tale.failed.items()):
        name = reach.names.get(account, account)
        click.echo(terminal(f"{name} ({account}): not read: {'; '.join(reasons)}"), err=True)
    if tale.unsized:
        told = ", ".join(f"{count} {type_}" for type_, count in sorted(tale.unsized.items()))
        click.echo(f"note: no size is known of {told}", err=True)
    number = sum(tale.by_type.values())
    types = ", ".join(f"{count} {type_}" for type_, count in sorted(tale.by_type.items()))
    click.echo(f"{before}{number} resource{'' if number == 1 else 's'}{f' ({types})' if types else ''}", err=True)
