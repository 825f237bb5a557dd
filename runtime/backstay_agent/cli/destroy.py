"""`backstay destroy`: remove what is ours from the accounts, after somebody has typed the organization's id."""

from __future__ import annotations

from pathlib import Path

import click

from backstay_agent.cli.carry_out import carry_out, confirm, left_over, manner_of, manner_options
from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import worst
from backstay_agent.cli.reading import choose_accounts, decide, load_build
from backstay_agent.cli.show import FORMATS, save, show
from backstay_agent.cli.signature import signature_option


@click.command()
@click.argument("build", type=click.Path(path_type=Path, exists=True))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan, and do nothing.")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable.")
@click.option("--orphans", is_flag=True, help="Only what the build no longer names.")
@click.option(
    "--delete-recovery-points", "delete_points", is_flag=True, help="Delete recovery points too, where no lock forbids."
)
@click.option("--look-in", multiple=True, metavar="REGION", help="Look for orphans in this Region too; repeatable.")
@click.option("--detail", is_flag=True, help="Tell every removal.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@manner_options
@signature_option
@aws_options
def destroy(
    build: Path,
    output: Path | None,
    accounts: tuple[str, ...],
    orphans: bool,
    delete_points: bool,
    look_in: tuple[str, ...],
    detail: bool,
    form: str,
    yes: bool,
    approvals: tuple[str, ...],
    max_parallel: int,
    max_failures: int | None,
    fail_fast: bool,
    folder: Path | None,
    connection: Connection,
) -> None:
    """Remove what Backstay made for BUILD, and what the build no longer names; vaults with recovery points stay."""
    from backstay_agent.journal import path_of
    from backstay_contract.plan import Scope

    manner = manner_of(yes, approvals, max_parallel, max_failures, fail_fast, folder)
    loaded = load_build(build)
    scope = Scope(
        folder=str(build),
        only=choose_accounts(loaded, accounts, also_gone=True),
        also_regions=tuple(sorted(set(look_in))),
        orphans_only=orphans,
        delete_points=delete_points,
    )
    aws = connection.open(loaded.home)
    plan = decide(loaded, aws, scope, "destroy")
    show(plan, loaded, form, detail=detail)
    if output is not None:
        save(plan, output)
        click.echo(f"Saved as {output}; backstay apply {output} carries it out.", err=True)
        return
    codes = left_over(plan)
    if plan.actions:
        confirm(plan, yes=yes)
        codes |= carry_out(plan, aws, path_of(plan.id, folder), manner)
    raise click.exceptions.Exit(worst(codes))
