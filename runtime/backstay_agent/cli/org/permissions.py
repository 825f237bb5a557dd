"""`backstay org permissions`: the IAM policy that the agent needs, by whom it is for. Asks nobody."""

from __future__ import annotations

import re
from typing import get_args

import click

from backstay_agent.permissions import KINDS, OPERATIONS, Kind, Partition, policy


@click.command()
@click.option(
    "--for",
    "kind",
    type=click.Choice(KINDS),
    default="member",
    show_default=True,
    help="The role in accounts, one that only looks, who prepares the organization, or who runs the agent.",
)
@click.option(
    "--partition",
    type=click.Choice(get_args(Partition)),
    default="aws",
    show_default=True,
    help="The partition that ARNs are in.",
)
@click.option("--account", default="*", show_default=True, metavar="ID", help="The account that the policy is for.")
@click.option(
    "--command",
    "commands",
    multiple=True,
    type=click.Choice(sorted(OPERATIONS)),
    metavar="C",
    help=f"Only what this command needs; repeatable. One of {', '.join(sorted(OPERATIONS))}.",
)
@click.option("--role", default="backstay-agent", show_default=True, metavar="PATH/NAME", help="The agent's role.")
@click.option(
    "--through",
    default="OrganizationAccountAccessRole",
    show_default=True,
    metavar="PATH/NAME",
    help="The role by which accounts are prepared (management).",
)
@click.option("--never-lock", is_flag=True, help="Leave the locking of vaults out.")
@click.option(
    "--pass-role",
    "passes",
    multiple=True,
    metavar="PATH/NAME",
    help="A role that AWS Backup may be given, `*` for any sign; repeatable (default: any role).",
)
def permissions(
    kind: Kind,
    partition: Partition,
    account: str,
    commands: tuple[str, ...],
    role: str,
    through: str,
    never_lock: bool,
    passes: tuple[str, ...],
) -> None:
    """Print the IAM policy that the agent needs, no wider than what it calls.

    The statement LockVaults stands alone: without it (--never-lock), the agent does everything but lock vaults.
    """
    from backstay_contract.canonical import pretty

    if account != "*" and not re.fullmatch("[0-9]{12}", account):
        raise click.BadParameter("an account has twelve digits", param_hint="--account")
    document = policy(
        kind,
        partition,
        account,
        role=through if kind == "management" else role,
        agent_role=role,
        commands=commands,
        passes=passes or ("*",),
        locks=not never_lock,
    )
    click.echo(pretty(document).decode(), nl=False)
