"""`backstay dump`: read what AWS Backup has in live accounts into a file that `backstay import` reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import CLEAN, PARTLY
from backstay_agent.cli.progress import Progress
from backstay_agent.cli.reaching import Wish, reach_options

if TYPE_CHECKING:
    from backstay_agent.reach import Reach
    from backstay_contract.dump import Dump


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there; default: print.")
@reach_options
@aws_options
def dump(output: Path | None, wish: Wish, connection: Connection) -> None:
    """Read every plan, vault, framework … of the organization's accounts, as AWS answers. Changes nothing.

    `backstay import` makes policies of the file; `backstay import --live` does both. Exits with 3 when something could
    not be read: it is named on standard error and in the file.
    """
    from backstay_agent.cli.writing import write_file
    from backstay_agent.dump import gather
    from backstay_contract.canonical import pretty

    given = wish.organization()
    aws = connection.open(given.regions[0] if given else None)
    reach = wish.reach(aws, given)
    with Progress("reading") as progress:
        found = gather(aws, reach, progress.set)
    text = pretty(found.model_dump(mode="json", exclude_defaults=True) | {"format": found.format})
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file(output, [text])
    _tell(found, reach)
    raise click.exceptions.Exit(PARTLY if found.failed else CLEAN)


def _tell(found: Dump, reach: Reach) -> None:
    from backstay_formats.escape import terminal

    for account, reason in found.failed.items():
        name = reach.names.get(account, account)
        click.echo(terminal(f"{name} ({account}): not read: {reason}"), err=True)
    plans = sum(len(region.plans) for regions in found.accounts.values() for region in regions.values())
    vaults = sum(len(region.vaults) for regions in found.accounts.values() for region in regions.values())
    accounts = len(found.accounts)
    click.echo(f"Read {accounts} account{'' if accounts == 1 else 's'}: {plans} plans, {vaults} vaults.", err=True)
