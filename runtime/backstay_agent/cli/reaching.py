"""The options that say which accounts and Regions a command reads, and the way from them to a `Reach`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay_agent.cli.exits import USAGE, leave

if TYPE_CHECKING:
    from backstay_agent.aws import Aws
    from backstay_agent.organization_tree import OrganizationReader
    from backstay_agent.reach import Reach
    from backstay_contract.organization import Organization


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller said about where to read."""

    org: Path | None
    accounts: tuple[str, ...]
    regions: tuple[str, ...]

    def organization(self) -> Organization | None:
        """The organization of the file that was named; leaves with 2 when it is none. None where no file was."""
        from backstay_agent import org_yaml

        if self.org is None:
            return None
        try:
            return org_yaml.read(self.org)
        except org_yaml.OrgFileError as error:
            leave(USAGE, f"error: {error}")

    def reach(self, aws: Aws, organization: Organization | None) -> Reach:
        """The accounts and Regions to read, of the organization given or AWS Organizations'; leaves with 2."""
        from backstay_agent.aws import AwsProblem
        from backstay_agent.organization_tree import OrganizationReader
        from backstay_agent.reach import ReachError, reach

        try:
            if organization is None:
                reader = OrganizationReader(aws)
                organization = reader.read(self.regions or enabled(reader))
            return reach(organization, self.accounts, self.regions)
        except AwsProblem as problem:
            leave(USAGE, f"error: the organization cannot be read (--org names a file instead): {problem}")
        except ReachError as error:
            leave(USAGE, f"error: {error}")


def reach_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --org, --account and --regions; the command gets one argument `wish` for them."""
    import functools

    @functools.wraps(command)
    def run(*args: Any, org: Path | None, accounts: Sequence[str], regions: str | None, **options: Any) -> Any:
        return command(*args, wish=Wish(org, tuple(accounts), _split(regions)), **options)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


_OPTIONS = (
    click.option(
        "--org",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Organization file; default: ask AWS Organizations.",
    ),
    click.option(
        "--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable."
    ),
    click.option("--regions", metavar="A,B", help="These Regions of every account; default: the organization's."),
)


def enabled(reader: OrganizationReader) -> list[str]:
    """The Regions that the caller's account has on; where AWS does not say, the caller's own, with a note."""
    found = reader.enabled_regions()
    if not found:
        click.echo(f"note: AWS does not say which Regions are on; taking {reader.aws.region} (--regions)", err=True)
    return found or [reader.aws.region]


def _split(regions: str | None) -> tuple[str, ...]:
    """The Regions of a list, as written; a name that the catalogue lacks is a mistake."""
    if regions is None:
        return ()
    from backstay_aws import catalog

    named = tuple(dict.fromkeys(regions.replace(",", " ").split()))
    if not named:
        raise click.UsageError("--regions names no Region")
    for name in named:
        if catalog.region(name) is None:
            raise click.UsageError(f"--regions: there is no Region {name}")
    return named
