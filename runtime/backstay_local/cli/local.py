"""`backstay local`: the embedded AWS, started, found, filled, moved in time, made to fail, and stopped."""

from __future__ import annotations

import click

from .check import check
from .clock import clock
from .down import down
from .faults import faults
from .metering import metering
from .seed import seed
from .status import status
from .up import up


@click.group()
def local() -> None:
    """Run an AWS on this machine: AWS Backup with real bytes behind it, and what it needs around it.

    down, status, seed, clock, faults, check and metering find the running one by --data, else by AWS_ENDPOINT_URL, else
    in the default folder.
    """


for command in (up, down, status, seed, clock, faults, check, metering):
    local.add_command(command)
