"""`backstay copy`: make the copies that the rules of a build ask for and that are not there."""

from __future__ import annotations

from pathlib import Path

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.jobs import ask, complain, conclude, interrupted, narrowing, progress


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@narrowing
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
    connection: Connection,
) -> None:
    """Copy the newest recovery point of each resource to wherever BUILD's rules copy it and no copy is yet."""
    from backstay_agent.jobs.copy import gaps, perform
    from backstay_agent.jobs.narrow import nearest

    asked = ask(build, plans, rules, accounts, resources)
    aws = connection.open(asked.build.home)
    run = asked.run(aws, token)
    try:
        with progress("copy") as bar:
            gap = gaps(asked.build, aws, asked.places, asked.narrow, run.began, max_parallel, bar.set)
        unknown = sorted(asked.narrow.resources - gap.resources)
        complain([f"no rule with copies has a recovery point of {one}{nearest(one, gap.resources)}" for one in unknown])
        with progress("copy") as bar:
            outcomes = perform(aws, run, gap, max_parallel, bar.set, wait=wait)
    except KeyboardInterrupt:
        interrupted()
    notes = [f"{gap.done} {'copy is' if gap.done == 1 else 'copies are'} there already."] if gap.done else []
    conclude(asked, outcomes, gap.unread, notes)
