"""`backstay org`: the organization, read from AWS or prepared for Backstay."""

from __future__ import annotations

import click

from backstay_agent.cli.org.bootstrap import bootstrap
from backstay_agent.cli.org.permissions import permissions
from backstay_agent.cli.org.pull import pull


@click.group()
def org() -> None:
    """Read the organization from AWS, or prepare it for Backstay."""


for _command in (pull, bootstrap, permissions):
    org.add_command(_command)
