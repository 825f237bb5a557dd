"""`backstay backup`: back up now what the plans of a build take, and follow the jobs to their end."""

from __future__ import annotations

from pathlib import Path

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.jobs import ask, complain, conclude, interrupted, narrowing, progress


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@narrowing
@click.option("--copies/--no-copies", default=True, help="Make the copies of the rules too, once a backup is there.")
@aws_options
def backup(
    build: Path,
    plans: tuple[str, ...],
    rules: tuple[str, ...],
    accounts: tuple[str, ...],
    resources: tuple[str, ...],
    wait: bool,
    token: str | None,
    max_parallel: int,
    copies: bool,
    connection: Connection,
) -> None:
    """Back up now whatever BUILD's plans take, as their rules would do it, and follow the jobs to their end.

    Resources are found by their tags, in S3's list of buckets, among what was backed up before, and where a selection
    names their full ARN. One that never had a tag and was never backed up is not found here; its plan's schedule takes
    it.
    """
    from backstay_agent.jobs.backup import perform, wishes
    from backstay_agent.jobs.select import complaints

    asked = ask(build, plans, rules, accounts, resources)
    aws = connection.open(asked.build.home)
    run = asked.run(aws, token)
    try:
        with progress("backup") as bar:
            seen = wishes(asked.build, aws, asked.places, asked.narrow, max_parallel, bar.set)
        complain(complaints(asked.narrow, seen.works, seen.seen, whole=not seen.unread))
        with progress("backup") as bar:
            outcomes = perform(aws, run, asked.build, seen.works, max_parallel, bar.set, wait=wait, copy=copies)
    except KeyboardInterrupt:
        interrupted()
    notes = []
    if not seen.works:
        notes.append(f"No selection takes any of the {len(seen.seen)} resources that were found.")
    if not wait and copies and any(work.rule.get("CopyActions") for work in seen.works):
        notes.append("Copies are made of finished backups: backstay copy makes them later.")
    conclude(asked, outcomes, seen.unread, notes)
