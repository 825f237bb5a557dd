"""`backstay plan`: look at the accounts and tell what an apply would do. Changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import FINDINGS, PARTLY, worst
from backstay_agent.cli.reading import ask_who, choose_accounts, decide, load_build
from backstay_agent.cli.show import FORMATS, save, show
from backstay_agent.cli.signature import signature_option

if TYPE_CHECKING:
    from backstay_contract.plan import ChangePlan


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan for an apply.")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable.")
@click.option("--look-in", multiple=True, metavar="REGION", help="Look for orphans in this Region too; repeatable.")
@click.option("--adopt", is_flag=True, help="Take over vaults and plans of wanted names that others made.")
@click.option("--detail", is_flag=True, help="Tell every change.")
@click.option("--who", is_flag=True, help="Ask CloudTrail who changed what differs: the policy, or somebody in AWS.")
@click.option("--check", is_flag=True, help="Exit 1 when there is anything to do, 3 when an account was not read.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@signature_option
@aws_options
def plan(
    build: Path,
    output: Path | None,
    accounts: tuple[str, ...],
    look_in: tuple[str, ...],
    adopt: bool,
    detail: bool,
    who: bool,
    check: bool,
    form: str,
    connection: Connection,
) -> None:
    """Tell what an apply of BUILD would do, with reasons; nothing is changed."""
    from backstay_contract.plan import Scope

    loaded = load_build(build)
    only = choose_accounts(loaded, accounts)
    scope = Scope(folder=str(build), only=only, also_regions=tuple(sorted(set(look_in))), adopt=adopt)
    aws = connection.open(loaded.home)
    decided = decide(loaded, aws, scope)
    if who:
        decided = ask_who(decided, aws)
    if output is not None:
        save(decided, output)
    show(decided, loaded, form, detail=detail)
    if output is not None and form == "text":
        click.echo(f"Saved as {output}: valid for this build and for what was seen just now.", err=True)
    if check:
        unread = any(it.named for it in decided.unreadable)
        raise click.exceptions.Exit(worst({PARTLY} if unread else {FINDINGS} if _drifted(decided) else set()))


def _drifted(decided: ChangePlan) -> bool:
    return bool(decided.actions or decided.conflicts or any(it.blocking for it in decided.missing))
