"""`backstay copy`: make the copies that the rules of a build ask for and that are not there, or copy back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.jobs import Asked, ask, complain, conclude, interrupted, narrowing, progress

if TYPE_CHECKING:
    from backstay_agent.aws import Aws
    from backstay_agent.jobs.copy import Gaps
    from backstay_agent.jobs.fan_out import Return
    from backstay_agent.jobs.start import Run


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@narrowing
@click.option("--from-central", is_flag=True, help="Copy back, out of the vaults that the rules copy into.")
@click.option("--to", "to", multiple=True, metavar="A", help="With --from-central: into this account; repeatable.")
@click.option("--into", metavar="VAULT", help="With --from-central: into the vault of this name.")
@click.option(
    "--keep-days",
    type=click.IntRange(1, 36500),
    default=14,
    show_default=True,
    help="With --from-central: delete the copies after so many days.",
)
@aws_options
def copy(
    build: Path,
    plans: tuple[str, ...],
    rules: tuple[str, ...],
    accounts: tuple[str, ...],
    resources: tuple[str, ...],
    wait: bool,
    token: str | None,
    max_parallel: int,
    from_central: bool,
    to: tuple[str, ...],
    into: str | None,
    keep_days: int,
    connection: Connection,
) -> None:
    """Copy the newest recovery point of each resource to wherever BUILD's rules copy it and no copy is yet.

    With --from-central the other way: the newest recovery point that each resource has in another account's vault goes
    back to the vault of the rule, so that it can be restored there, or to another account with --to.
    """
    from backstay_agent.cli.reading import choose_accounts
    from backstay_agent.jobs.copy import perform
    from backstay_agent.jobs.fan_out import Return
    from backstay_agent.jobs.narrow import nearest
    from backstay_agent.jobs.ways import all_ways

    if not from_central and (to or into):
        raise click.UsageError("--to and --into go with --from-central; rules say themselves where they copy")
    asked = ask(build, plans, rules, accounts, resources)
    back = Return(choose_accounts(asked.build, to), into, keep_days) if from_central else None
    aws = connection.open(asked.build.home)
    run = asked.run(aws, token)
    try:
        gap = _look(asked, aws, run, back, max_parallel)
        unknown = sorted(asked.narrow.resources - gap.resources)
        complain([f"no rule with copies has a recovery point of {one}{nearest(one, gap.resources)}" for one in unknown])
        ways = all_ways(aws, asked.build, gap.todo, run.began, max_parallel)
        with progress("copy") as bar:
            outcomes = perform(aws, run, gap, ways, max_parallel, bar.set, wait=wait)
    except KeyboardInterrupt:
        interrupted()
    notes = [f"{gap.done} {'copy is' if gap.done == 1 else 'copies are'} there already."] if gap.done else []
    if not wait and any(not way.straight for way in ways):
        notes.append("Only first hops were started: the same command again goes on from there.")
    conclude(asked, outcomes, gap.unread, notes)


def _look(asked: Asked, aws: Aws, run: Run, back: Return | None, workers: int) -> Gaps:
    """What is to be copied, to where the rules copy or back from there."""
    from backstay_agent.jobs import copy, fan_out

    with progress("copy") as bar:
        if back is None:
            return copy.gaps(asked.build, aws, asked.places, asked.narrow, run.began, workers, bar.set)
        return fan_out.gaps(asked.build, aws, asked.places, asked.narrow, back, run.began, workers, bar.set)
