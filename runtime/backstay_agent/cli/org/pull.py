"""`backstay org pull`: the organization file, written from AWS Organizations."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import USAGE, leave
from backstay_agent.cli.org.file import existing
from backstay_agent.cli.reaching import enabled

if TYPE_CHECKING:
    from backstay_agent.organization_tree import OrganizationReader
    from backstay_contract.organization import Organization


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("org.yaml"),
    show_default=True,
    help="The organization file to write.",
)
@click.option(
    "--policies", type=click.Path(path_type=Path, file_okay=False), help="Also save its backup policies here."
)
@click.option("--regions", metavar="A,B", help="Regions of every account (default: those that this account has on).")
@aws_options
def pull(output: Path, policies: Path | None, regions: str | None, connection: Connection) -> None:
    """Write the tree of AWS Organizations to an organization file.

    Regions that somebody wrote at single accounts of an existing file stay.
    """
    from backstay_agent.aws import AwsProblem
    from backstay_agent.organization_tree import OrganizationReader

    reader = OrganizationReader(connection.open(None))
    old = existing(output)
    try:
        tree = reader.read(_regions(reader, regions, old))
        count = _save_policies(reader, policies, tree.id) if policies else 0
    except AwsProblem as problem:
        leave(USAGE, f"error: the organization cannot be read: {problem}")
    _save(tree, old, output)
    accounts, units = sum(1 for _ in tree.places()), sum(1 for _ in tree.units())
    told = f", {count} backup policies in {policies}" if policies else ""
    size = f"{accounts} account{'' if accounts == 1 else 's'} in {units} unit{'' if units == 1 else 's'}"
    click.echo(f"{output}: {size}{told}", err=True)


def _regions(reader: OrganizationReader, given: str | None, old: Organization | None) -> list[str]:
    if given is not None:
        named = [name for name in given.replace(",", " ").split() if name]
        if not named:
            raise click.UsageError("--regions names no Region")
        return named
    if old is not None:
        return list(old.regions)
    return enabled(reader)


def _save(tree: Organization, old: Organization | None, path: Path) -> None:
    from backstay_agent.org_yaml import write
    from backstay_agent.organization_tree import keep_regions
    from backstay_contract.canonical import pretty

    kept = keep_regions(tree, old) if old else tree
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        path.write_bytes(pretty(kept.model_dump(mode="json", exclude_defaults=True)))
    else:
        path.write_text(write(kept), encoding="utf-8")


def _save_policies(reader: OrganizationReader, folder: Path, organization: str) -> int:
    """Write every backup policy and where it is attached, as `backstay import` reads them; returns how many."""
    import json

    from backstay_contract.attachments import AttachedPolicy, PolicyAttachments
    from backstay_contract.canonical import pretty

    (folder / "policies").mkdir(parents=True, exist_ok=True)
    attached: dict[str, AttachedPolicy] = {}
    for name, content, targets in reader.backup_policies():
        file = _file_name(name, attached)
        (folder / file).write_bytes(pretty(json.loads(content)))
        attached[file] = AttachedPolicy(name=name, document=file, targets=targets)
    whole = PolicyAttachments(organization=organization, policies=tuple(attached.values()))
    (folder / "attachments.json").write_bytes(pretty(whole.model_dump(mode="json")))
    return len(attached)


def _file_name(name: str, taken: Container[str]) -> str:
    """A file for a policy that no other has: names may differ in signs that file names lack."""
    import re

    stem = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".") or "policy"
    stems = (stem, *(f"{stem}-{number}" for number in range(2, 10_000)))
    return next(file for one in stems if (file := f"policies/{one}.json") not in taken)
