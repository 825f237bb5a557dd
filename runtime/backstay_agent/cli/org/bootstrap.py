"""`backstay org bootstrap`: prepare the organization and its accounts for Backstay; shown first, then done."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import CLEAN, FINDINGS, PARTLY, REFUSED, USAGE, leave, worst
from backstay_agent.cli.progress import Progress

if TYPE_CHECKING:
    from backstay_agent.aws import Aws
    from backstay_agent.bootstrap.wish import Via, Wish
    from backstay_contract.bootstrap import Bootstrap

_ACCOUNT = re.compile("[0-9]{12}")


@click.command()
@click.option(
    "--via",
    type=click.Choice(["direct", "stackset"]),
    default="direct",
    show_default=True,
    help="How roles come into accounts: by entering each, or by CloudFormation stack sets.",
)
@click.option(
    "--through", default="OrganizationAccountAccessRole", show_default=True, help="Role to enter accounts by."
)
@click.option("--account", "accounts", multiple=True, metavar="ID", help="Only this account (direct); repeatable.")
@click.option("--ou", "units", multiple=True, metavar="ID|PATH", help="Only this unit (stack sets); repeatable.")
@click.option("--stack-set-prefix", default="backstay", show_default=True, help="How the stack sets' names begin.")
@click.option("--trust", metavar="ARN", help="Who takes the agent's role (default: the management account).")
@click.option("--permissions-boundary", metavar="PATH/NAME", help="Boundary of the agent's role, in each account.")
@click.option(
    "--pass-role", "passes", multiple=True, metavar="PATH/NAME", help="A role that the agent may hand over; repeatable."
)
@click.option("--never-lock", is_flag=True, help="The agent's role never locks vaults.")
@click.option("--manage", "manages", is_flag=True, help="The agent makes keys, and the roles of --pass-role, itself.")
@click.option("--service-role/--no-service-role", default=True, help="AWS Backup's default role, too (default).")
@click.option("--backup-account", metavar="ID", help="Make this account the delegated administrator for backup.")
@click.option(
    "--org",
    "org_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Take the delegated administrator from this organization file.",
)
@click.option("--delegate-stack-sets", is_flag=True, help="Make it the one for stack sets as well.")
@click.option(
    "--cross-account/--no-cross-account", default=True, help="Let AWS Backup copy between accounts (default)."
)
@click.option("--plan", "only_show", is_flag=True, help="Only show what would be done.")
@click.option("--check", is_flag=True, help="Only show, and exit 1 when there is anything to do.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", "approvals", multiple=True, metavar="ID", help="Approve one irreversible step; repeatable.")
@click.option("--max-parallel", type=click.IntRange(1, 64), default=16, show_default=True, help="Accounts at a time.")
@click.option("--detail", is_flag=True, help="Show documents, too.")
@click.option("--journal", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder of the journals.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@aws_options
def bootstrap(
    via: Via,
    through: str,
    accounts: tuple[str, ...],
    units: tuple[str, ...],
    stack_set_prefix: str,
    trust: str | None,
    permissions_boundary: str | None,
    passes: tuple[str, ...],
    never_lock: bool,
    manages: bool,
    service_role: bool,
    backup_account: str | None,
    org_file: Path | None,
    delegate_stack_sets: bool,
    cross_account: bool,
    only_show: bool,
    check: bool,
    yes: bool,
    approvals: tuple[str, ...],
    max_parallel: int,
    detail: bool,
    folder: Path | None,
    form: str,
    connection: Connection,
) -> None:
    """Prepare the organization, and make roles in its accounts.

    Gives AWS Backup trusted access, enables backup policies, names the delegated administrator, and makes the agent's
    and AWS Backup's roles. Shows first what it will do. Safe to run again.
    """
    from backstay_agent.bootstrap import show
    from backstay_agent.bootstrap.wish import Wish

    backup_account = backup_account or _named_in(org_file)
    _refuse_nonsense(via, accounts, units, backup_account, delegate_stack_sets, trust)
    wish = Wish(
        via=via,
        role=f"{connection.role_path.strip('/')}/{connection.role_name}".lstrip("/"),
        external_id=connection.external_id,
        trust=trust,
        boundary=permissions_boundary,
        passes=passes or ("*",),
        locks=not never_lock,
        manages=manages,
        service_role=service_role,
        delegate=backup_account,
        delegate_stack_sets=delegate_stack_sets,
        cross_account=cross_account,
        accounts=accounts,
        units=units,
        stack_sets=stack_set_prefix,
    )
    own, entered = connection.open(None), connection.open(None, role=through)
    told = _look(own, entered, wish, max_parallel)
    if form == "text":
        click.echo(show.plan(told, detail=detail), nl=False)
    if check or only_show:
        _print_json(told, form)
        raise click.exceptions.Exit(FINDINGS if check and (told.steps or told.hindrances) else CLEAN)
    codes = {PARTLY} if told.hindrances else set()
    if told.steps:
        _confirm(told, yes=yes, form=form)
        told = _perform(own, entered, told, _ids(approvals, told), max_parallel, folder)
        codes |= {PARTLY for one in told.outcomes or () if one.status in ("failed", "skipped") or one.accounts}
        codes |= {REFUSED for one in told.outcomes or () if one.status == "unapproved"}
        if form == "text":
            click.echo(f"\n{show.outcomes(told)}", nl=False)
    _print_json(told, form)
    raise click.exceptions.Exit(worst(codes))


def _named_in(path: Path | None) -> str | None:
    """The account that an organization file names as the delegated administrator for backup."""
    from backstay_agent.cli.org.file import existing

    found = existing(path, "it cannot say who administers backup") if path is not None else None
    return found.backup_account if found is not None else None


def _refuse_nonsense(
    via: Via, accounts: tuple[str, ...], units: tuple[str, ...], backup: str | None, stack_sets: bool, trust: str | None
) -> None:
    for account in (*accounts, *([backup] if backup is not None else [])):
        if not _ACCOUNT.fullmatch(account):
            raise click.UsageError(f"an account has twelve digits, and {account!r} has not")
    if via == "stackset" and accounts:
        raise click.UsageError("stack sets go to units: say --ou, or enter accounts with --via direct")
    if via == "direct" and units:
        raise click.UsageError("--ou is for --via stackset; say --account")
    if stack_sets and backup is None:
        raise click.UsageError("--delegate-stack-sets needs --backup-account, which it is about")
    if trust is not None and not re.fullmatch(r"arn:aws[a-z-]*:iam::[0-9]{12}:(root|role/.+|user/.+)", trust):
        raise click.UsageError("--trust is the ARN of an account's root, a role or a user")


def _look(own: Aws, entered: Aws, wish: Wish, workers: int) -> Bootstrap:
    from dataclasses import replace

    from backstay_agent.aws import AwsProblem
    from backstay_agent.bootstrap.decide import decide
    from backstay_agent.bootstrap.observe import observe, unit_ids

    try:
        found = unit_ids(own, wish.units)
        missing = sorted(name for name, identity in found.items() if identity is None)
        if missing:
            leave(USAGE, f"error: the organization has no unit {missing[0]}")
        wish = replace(wish, units=tuple(sorted({identity for identity in found.values() if identity})))
        with Progress("looked into") as progress:
            seen = observe(own, entered, wish, workers, lambda done, total: progress.set(done, total, "accounts"))
    except AwsProblem as problem:
        leave(USAGE, f"error: the organization cannot be read: {problem}")
    unknown = sorted({*wish.accounts, *([wish.delegate] if wish.delegate else [])} - set(seen.every))
    if unknown:
        leave(USAGE, f"error: the organization has no active account {unknown[0]}")
    if wish.delegate == seen.management:
        leave(USAGE, "error: the management account is no delegated administrator; it may do everything already")
    return decide(wish, seen)


def _ids(approvals: tuple[str, ...], told: Bootstrap) -> frozenset[str]:
    given = frozenset(part for text in approvals for part in text.replace(",", " ").split())
    for unknown in sorted(given - {step.id for step in told.steps if step.effect == "irreversible"}):
        click.echo(f"note: --approve {unknown}: there is no such irreversible step", err=True)
    return given


def _confirm(told: Bootstrap, *, yes: bool, form: str) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        _print_json(told, form)
        leave(REFUSED, "refused: nobody can be asked here; nothing was changed (--yes says yes beforehand)")
    if not click.confirm(f"Do these {len(told.steps)} steps?", err=True):
        leave(REFUSED, "refused: nothing was changed")


def _perform(
    own: Aws, entered: Aws, told: Bootstrap, approved: frozenset[str], workers: int, folder: Path | None
) -> Bootstrap:
    from backstay_agent.bootstrap.perform import Performance
    from backstay_agent.journal import Journal, path_of

    path = path_of(f"bootstrap-{told.id}", folder)
    try:
        with Journal(path, told.id) as journal, Progress("done", plain=True) as progress:
            work = Performance(
                own,
                entered,
                told.management_account,
                journal,
                approved,
                lambda done, total: progress.set(done, total, "steps"),
            )
            outcomes = work.run(told.steps, workers)
    except KeyboardInterrupt:
        leave(PARTLY, f"interrupted: some of it is done (journal: {path}); run it again to finish")
    except OSError as error:
        leave(USAGE, f"error: the journal cannot be written: {error}")
    return told.model_copy(update={"outcomes": outcomes})


def _print_json(told: Bootstrap, form: str) -> None:
    if form == "json":
        from backstay_contract.canonical import pretty

        click.echo(pretty(told.model_dump(mode="json")).decode(), nl=False)
