"""Reads an organization file for the commands of `backstay org`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backstay_agent.cli.exits import USAGE, leave

if TYPE_CHECKING:
    from backstay_contract.organization import Organization


def existing(path: Path, otherwise: str = "it is not overwritten") -> Organization | None:
    """The organization in a file that is there already; leaves with 2 when it is something else."""
    from backstay_agent import org_yaml

    try:
        return org_yaml.read(path) if path.exists() else None
    except org_yaml.OrgFileError:
        leave(USAGE, f"error: {path} exists and is no organization file; {otherwise}")
