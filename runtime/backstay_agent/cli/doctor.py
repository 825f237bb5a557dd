"""`backstay doctor`: what would stop an apply. Changes nothing."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import CLEAN, FINDINGS, PARTLY, USAGE, leave, worst
from backstay_agent.cli.progress import Progress
from backstay_agent.cli.reaching import Wish, reach_options
from backstay_agent.cli.reading import load_unsigned
from backstay_agent.cli.signature import demanded, signature_option

if TYPE_CHECKING:
    from backstay_agent.aws import Aws
    from backstay_agent.doctor.look import Access, Look
    from backstay_agent.wanted import Build


@click.command()
@click.argument("build", required=False, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@reach_options
@signature_option
@aws_options
def doctor(build: Path | None, form: str, wish: Wish, connection: Connection) -> None:
    """Look for what would stop an apply: credentials, roles, opt-ins, keys, quotas. Changes nothing.

    Without BUILD it looks at the caller, the organization and the accounts' roles. Each ✗ comes with what to do. Exits
    with 0 when all is well, 1 when something is wrong, 3 when something could not be looked at.
    """
    from backstay_agent.doctor.examine import examine
    from backstay_agent.doctor.text import render
    from backstay_contract.canonical import pretty

    loaded = load_unsigned(build) if build is not None else None
    if loaded is not None and (wish.org or wish.regions):
        raise click.UsageError("a build says itself which accounts and Regions: --org and --regions go without one")
    aws = connection.open(loaded.home if loaded else None)
    look = _look(aws, connection, wish, build, loaded)
    with Progress("looking") as progress:
        report = examine(look, progress.set)
    if form == "json":
        click.echo(pretty(report.model_dump(mode="json")), nl=False)
    else:
        click.echo(render(report, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR")), nl=False)
    found = {FINDINGS if report.summary.problem else CLEAN, PARTLY if report.summary.unknown else CLEAN}
    raise click.exceptions.Exit(worst(found))


def _look(aws: Aws, connection: Connection, wish: Wish, folder: Path | None, build: Build | None) -> Look:
    from backstay_agent.aws import BOOTSTRAP_ROLE
    from backstay_agent.doctor.look import Look

    clocks = datetime.now(UTC), aws.now
    names, places = _of_build(build, wish) if build else _of_organization(aws, wish)
    return Look(
        aws,
        _access(connection),
        names,
        places,
        build,
        clocks,
        _signature(folder, build) if folder and build else None,
        folder is not None and (folder / "organizations").is_dir(),
        connection.open(build.home if build else None, role=BOOTSTRAP_ROLE),
    )


def _access(connection: Connection) -> Access:
    """How accounts are entered, with the words of the command line that differ from what goes without saying."""
    from backstay_agent.aws import DEFAULT_ROLE
    from backstay_agent.doctor.look import Access

    path = f"/{connection.role_path.strip('/')}/".replace("//", "/")
    said = (
        ("--endpoint-url", connection.endpoint_url, None),
        ("--profile", connection.profile, None),
        ("--role-name", connection.role_name, DEFAULT_ROLE),
        ("--role-path", path, "/"),
        ("--external-id", connection.external_id, None),
    )
    words = "".join(f" {option} {value}" for option, value, usual in said if value != usual)
    local = " --local" if connection.local else ""
    return Access(connection.role_name, path, connection.external_id, local + words)


def _of_build(build: Build, wish: Wish) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    from backstay_agent.cli.reading import choose_accounts

    accounts = choose_accounts(build, wish.accounts) or sorted(build.index.accounts)
    names = {account: build.index.accounts[account].name for account in accounts}
    places = ((account, region) for account in accounts for region in sorted(build.index.accounts[account].regions))
    return names, tuple(places)


def _of_organization(aws: Aws, wish: Wish) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """The accounts of the organization file, or AWS Organizations'; the caller's alone where nobody may list them."""
    from backstay_agent.aws import AwsProblem
    from backstay_agent.organization_tree import OrganizationReader

    given = wish.organization()
    regions = wish.regions or (aws.region,)
    if given is not None:
        reach = wish.reach(aws, given)
        return {account: reach.names[account] for account, _ in reach.places}, reach.places
    try:
        listed = {item["Id"]: str(item["Name"]) for item in OrganizationReader(aws).accounts()}
    except AwsProblem:
        listed = {aws.caller(): "the caller's account"}
    wanted = {one for one in listed if not wish.accounts or {one, listed[one]} & {*wish.accounts}}
    missing = [one for one in wish.accounts if one not in listed and one not in listed.values()]
    if missing:
        leave(USAGE, f"error: the organization has no account {missing[0]}, or it may not be listed")
    names = {account: listed[account] for account in sorted(wanted)}
    return names, tuple((account, region) for account in names for region in regions)


def _signature(folder: Path, build: Build) -> str | None:
    """Why the build's signature does not hold, `""` where it does; None where none is demanded."""
    from backstay_agent.signing.demand import NotTrusted, trusted
    from backstay_agent.signing.statement import about_another

    keys = demanded()
    if not keys:
        return None
    try:
        return about_another(trusted(folder, keys), build) or ""
    except NotTrusted as reason:
        return str(reason)
