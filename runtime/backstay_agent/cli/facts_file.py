"""Facts and inventories that `audit` reads from files or writes to them, instead of or beside what AWS says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.exits import USAGE, leave
from backstay_agent.cli.writing import write_file

if TYPE_CHECKING:
    from backstay_agent.controls.facts import Facts


def read_facts(path: Path, accounts: Sequence[str]) -> Facts:
    """Stored facts, of some accounts only where any are named; leaves with 2 where they cannot be read."""
    from backstay_agent.audit.packed import UnreadableFactsError
    from backstay_agent.audit.stored import stored_facts

    try:
        facts = stored_facts(path)
    except OSError as error:
        leave(USAGE, f"error: {path} cannot be read: {error.strerror or error}")
    except UnreadableFactsError as error:
        leave(USAGE, f"error: {path} holds no facts of an audit: {error}")
    return _only(facts, accounts) if accounts else facts


def _only(facts: Facts, accounts: Sequence[str]) -> Facts:
    ids = {member.name: member.id for member in facts.members} | {member.id: member.id for member in facts.members}
    for one in accounts:
        if one not in ids:
            leave(USAGE, f"error: the facts know no account {one}")
    chosen = {ids[one] for one in accounts}
    return replace(
        facts,
        members=tuple(one for one in facts.members if one.id in chosen),
        places=tuple(one for one in facts.places if one.account in chosen),
        unread=tuple(one for one in facts.unread if one.account in chosen),
    )


def keep_facts(facts: Facts, path: Path) -> None:
    """Write facts, which `--facts` reads; leaves with 2 where that cannot be."""
    from backstay_agent.audit.packed import pack

    write_file(path, (pack(facts),))


def compare_inventory(facts: Facts, path: Path) -> Facts:
    """The facts, which also name what an inventory knows and AWS did not show; leaves with 2 where it is none."""
    from backstay_agent.audit.known import InventoryError, rows, unshown

    try:
        with path.open("rb") as lines:
            found = unshown(facts, rows(lines))
    except OSError as error:
        leave(USAGE, f"error: {path} cannot be read: {error.strerror or error}")
    except InventoryError as error:
        leave(USAGE, f"error: {path}:{error}")
    if found.elsewhere:
        told = f"1 resource of {path} is" if found.elsewhere == 1 else f"{found.elsewhere:,} resources of {path} are"
        click.echo(f"note: {told} in accounts or Regions that this audit did not read", err=True)
    return replace(facts, unread=(*facts.unread, *found.unread))
