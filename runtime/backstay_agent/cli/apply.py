"""`backstay apply`: make the accounts what the build says, after somebody has said yes."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import PARTLY, REFUSED, USAGE, leave, worst
from backstay_agent.cli.progress import Progress
from backstay_agent.cli.reading import choose_accounts, decide, load_build, load_plan
from backstay_agent.cli.signature import signature_option

if TYPE_CHECKING:
    from backstay_agent.aws import Aws
    from backstay_agent.execute import Outcome
    from backstay_contract.plan import ChangePlan


@click.command()
@click.argument("build", metavar="BUILD|PLAN.JSON", type=click.Path(path_type=Path, exists=True))
@click.option("--yes", is_flag=True, help="Do not ask. Irreversible actions still need --approve.")
@click.option(
    "--approve", "approvals", multiple=True, metavar="ID", help="Approve one irreversible action; repeatable."
)
@click.option("--max-parallel", type=click.IntRange(1, 64), default=8, show_default=True, help="Accounts at a time.")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable.")
@click.option("--look-in", multiple=True, metavar="REGION", help="Look for orphans in this Region too; repeatable.")
@click.option("--adopt", is_flag=True, help="Take over vaults and plans of wanted names that others made.")
@click.option("--detail", is_flag=True, help="Tell every change.")
@click.option("--journal", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder of the journals.")
@click.option("--build", "elsewhere", type=click.Path(path_type=Path), help="The build of a saved plan, if it moved.")
@signature_option
@aws_options
def apply(
    build: Path,
    yes: bool,
    approvals: tuple[str, ...],
    max_parallel: int,
    accounts: tuple[str, ...],
    look_in: tuple[str, ...],
    adopt: bool,
    detail: bool,
    folder: Path | None,
    elsewhere: Path | None,
    connection: Connection,
) -> None:
    """Apply a build, or a plan that was saved of one."""
    from backstay_agent.explain import explain
    from backstay_agent.journal import began, path_of
    from backstay_agent.origins import Origins
    from backstay_contract.plan import Scope

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
    current = decide(loaded, aws, scope)
    if saved is not None:
        _refuse_if_stale(saved, current, begun=began(path_of(saved.id, folder)))
    click.echo(explain(current, Origins(loaded), detail=detail), nl=False)
    approved = frozenset(part for text in approvals for part in text.replace(",", " ").split())
    _mention_unknown(approved, current)
    codes = {PARTLY} if any(it.named for it in current.unreadable) or current.conflicts or current.missing else set()
    if current.actions:
        _confirm(current, yes=yes)
        journal = path_of(saved.id if saved else current.id, folder)
        codes |= _perform(current, aws, journal, approved, max_parallel)
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


def _mention_unknown(approved: Collection[str], plan: ChangePlan) -> None:
    known = {action.id for action in plan.actions if action.effect == "irreversible"}
    for identity in sorted(set(approved) - known):
        click.echo(f"note: --approve {identity}: this plan has no such irreversible action", err=True)


def _confirm(plan: ChangePlan, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        leave(REFUSED, "refused: nobody can be asked here; nothing was changed (--yes says yes beforehand)")
    taking = sum(action.effect == "destructive" for action in plan.actions)
    warning = f", {taking} of which take protection away" if taking else ""
    if not click.confirm(f"Do these {len(plan.actions)} actions{warning}?", err=True):
        leave(REFUSED, "refused: nothing was changed")


def _perform(plan: ChangePlan, aws: Aws, path: Path, approved: Collection[str], workers: int) -> set[int]:
    from backstay_agent import order
    from backstay_agent.execute import Execution
    from backstay_agent.journal import Journal
    from backstay_agent.outcome import summary

    totals = {phase: sum(order.phase(action) == phase for action in plan.actions) for phase in order.PHASES}
    counts = dict.fromkeys(order.PHASES, 0)

    def tick(outcome: Outcome) -> None:
        phase = order.phase(outcome.action)
        counts[phase] += 1
        progress.set(counts[phase], totals[phase], phase)

    try:
        with Journal(path, plan.id) as journal, Progress("applied", plain=True) as progress:
            outcomes = Execution(plan, aws, journal, approved, tick).run(workers)
    except KeyboardInterrupt:
        leave(PARTLY, f"interrupted: some of it is done (journal: {path}); apply again to finish")
    except OSError as error:
        leave(USAGE, f"error: the journal cannot be written: {error}")
    told, codes = summary(plan, outcomes)
    click.echo(f"\n{told}Journal: {path}")
    return codes
