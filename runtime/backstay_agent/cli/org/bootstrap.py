"""`backstay org bootstrap`: the organization and its accounts, prepared for Backstay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import CLEAN, PARTLY, USAGE, leave

if TYPE_CHECKING:
    from backstay_agent.bootstrap import Step


@click.command()
@click.option("--backup-account", metavar="ID", help="Make this account the delegated administrator for backup.")
@click.option("--account", "accounts", multiple=True, metavar="ID", help="Only this member account; repeatable.")
@click.option(
    "--through", default="OrganizationAccountAccessRole", show_default=True, help="Role to enter accounts by."
)
@aws_options
def bootstrap(backup_account: str | None, accounts: tuple[str, ...], through: str, connection: Connection) -> None:
    """Prepare the organization, and make roles in its accounts.

    Gives AWS Backup trusted access, enables backup policies, and makes the agent's and AWS Backup's roles. Safe to run
    again.
    """
    from backstay_agent.aws import AwsProblem
    from backstay_agent.bootstrap import Roles, prepare_account, prepare_organization
    from backstay_agent.organization_tree import OrganizationReader

    own = connection.open(None)
    entered = connection.open(None, role=through)
    roles = Roles(connection.role_name, connection.role_path, connection.external_id)
    steps = list(prepare_organization(own, backup_account))
    _tell(steps)
    try:
        members = [account["Id"] for account in OrganizationReader(own).accounts()]
    except AwsProblem as problem:
        leave(USAGE, f"error: the organization's accounts cannot be listed: {problem}")
    unknown = sorted(set(accounts) - set(members))
    if unknown:
        leave(USAGE, f"error: the organization has no active account {unknown[0]}")
    for account in sorted(set(accounts) or members):
        of_account = list(prepare_account(own, entered, account, roles))
        _tell(of_account)
        steps += of_account
    if not any(step.done or step.problem for step in steps):
        click.echo("Nothing to do: everything is prepared.")
    raise click.exceptions.Exit(PARTLY if any(step.problem for step in steps) else CLEAN)


def _tell(steps: list[Step]) -> None:
    from backstay_formats.escape import terminal

    for step in steps:
        who = step.account or "organization"
        if step.done:
            click.echo(f"{who}: {step.done}")
        if step.problem:
            click.echo(f"{who}: failed: {terminal(step.problem)}", err=True)
