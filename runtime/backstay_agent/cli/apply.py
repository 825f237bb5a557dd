"""`backstay apply`: make the accounts what the build says, after somebody has said yes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.carry_out import carry_out, confirm, left_over, manner_of, manner_options, mention_unknown
from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import REFUSED, USAGE, leave, worst
from backstay_agent.cli.reading import choose_accounts, decide, load_build, load_plan
from backstay_agent.cli.show import show
from backstay_agent.cli.signature import signature_option

if TYPE_CHECKING:
    from backstay_contract.plan import ChangePlan


@click.command()
@click.argument("build", metavar="BUILD|PLAN.JSON", type=click.Path(path_type=Path, exists=True))
@manner_options
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable.")
@click.option("--look-in", multiple=True, metavar="REGION", help="Look for orphans in this Region too; repeatable.")
@click.option("--adopt", is_flag=True, help="Take over vaults and plans of wanted names that others made.")
@click.option("--detail", is_flag=True, help="Tell every change.")
@click.option("--build", "elsewhere", type=click.Path(path_type=Path), help="The build of a saved plan, if it moved.")
@signature_option
@aws_options
def apply(
    build: Path,
    yes: bool,
    approvals: tuple[str, ...],
    max_parallel: int,
    max_failures: int | None,
    fail_fast: bool,
    folder: Path | None,
    accounts: tuple[str, ...],
    look_in: tuple[str, ...],
    adopt: bool,
    detail: bool,
    elsewhere: Path | None,
    connection: Connection,
) -> None:
    """Apply a build, or a plan that was saved of one (by `plan`, or by `destroy`)."""
    from backstay_agent.journal import began, path_of
    from backstay_agent.who import told_again
    from backstay_contract.plan import Scope

    manner = manner_of(yes, approvals, max_parallel, max_failures, fail_fast, folder)
    saved = load_plan(build) if build.is_file() else None
    if saved is not None and (accounts or look_in or adopt):
        leave(USAGE, "error: a saved plan says itself what it is about: --account, --look-in and --adopt do not apply")
    loaded = load_build(_folder_of(build, saved, elsewhere))
    only = choose_accounts(loaded, accounts)
    scope = (
        saved.scope
        if saved
        else Scope(folder=str(build), only=only, also_regions=tuple(sorted(set(look_in))), adopt=adopt)
    )
    aws = connection.open(loaded.home)
    current = decide(loaded, aws, scope, saved.purpose if saved else "apply")
    if saved is not None:
        _refuse_if_stale(saved, current, begun=began(path_of(saved.id, folder)))
        current = told_again(current, {one.id: one.drift for one in saved.actions if one.drift is not None})
    show(current, loaded, "text", detail=detail)
    mention_unknown(manner.approved, current)
    codes = left_over(current)
    if current.actions:
        confirm(current, yes=yes)
        codes |= carry_out(current, aws, path_of(saved.id if saved else current.id, folder), manner)
    raise click.exceptions.Exit(worst(codes))


def _folder_of(path: Path, saved: ChangePlan | None, elsewhere: Path | None) -> Path:
    """The build's folder: as given, or as a saved plan names it, from here or from where the plan lies."""
    if saved is None:
        return path
    if elsewhere is not None:
        return elsewhere
    here, beside = Path(saved.scope.folder), path.parent / saved.scope.folder
    return beside if beside.exists() and not here.exists() else here


def _refuse_if_stale(saved: ChangePlan, current: ChangePlan, *, begun: bool) -> None:
    from backstay_agent.freshness import stale

    reason = stale(saved, current, began=begun)
    if reason is not None:
        leave(REFUSED, f"refused: {reason}")
