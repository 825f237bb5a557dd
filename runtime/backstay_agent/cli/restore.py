"""`backstay restore`: restore one recovery point under a new name, and look whether it holds what was backed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import FINDINGS, PARTLY, USAGE, leave
from backstay_agent.cli.jobs import progress

if TYPE_CHECKING:
    from backstay_agent.aws import Aws, AwsProblem
    from backstay_agent.jobs.locate import Point, Where
    from backstay_agent.jobs.renaming import Metadata


@click.command()
@click.argument("recovery_point")
@click.option("--account", metavar="ID", help="Account of the recovery point, where its ARN does not say it.")
@click.option("--region", metavar="R", help="Region of the recovery point, where its ARN does not say it.")
@click.option("--vault", metavar="V", help="Vault of the recovery point (default: all vaults are asked).")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Restore metadata of yours; repeatable.")
@click.option("--role", metavar="ARN", help="Role to restore in (default: the one that made the backup).")
@click.option("--copy-tags", is_flag=True, help="Give what is restored the tags of its source.")
@click.option("--wait/--no-wait", default=True, help="Follow the job and verify, or only start it.")
@click.option("--exact", is_flag=True, help="The source was not changed since: any difference is a failure.")
@aws_options
def restore(
    recovery_point: str,
    account: str | None,
    region: str | None,
    vault: str | None,
    settings: tuple[str, ...],
    role: str | None,
    copy_tags: bool,
    wait: bool,
    exact: bool,
    connection: Connection,
) -> None:
    """Restore RECOVERY_POINT (an ARN) to something new, never over what exists, and verify what came of it."""
    from backstay_agent.aws import AwsProblem
    from backstay_agent.jobs.locate import where
    from backstay_agent.jobs.restore import role_of, start

    wishes = _wishes(settings)
    place = where(recovery_point, account, region)
    if isinstance(place, str):
        leave(USAGE, f"error: {place}")
    aws = connection.open(place.region)
    try:
        point = _found(aws, place, recovery_point, vault)
        chosen = _metadata(aws, point, wishes)
        job = start(aws, point, chosen, role_of(point, role), copy_tags=copy_tags)
        _announce(point, chosen)
        if not wait:
            click.echo(f"  started as    restore job {job}; it was not followed, and nothing verified")
            return
        _finish(aws, point, chosen, job, exact=exact)
    except AwsProblem as problem:
        _refused(problem)
    except KeyboardInterrupt:
        leave(PARTLY, "interrupted: a restore job that was started goes on in AWS")


def _wishes(settings: tuple[str, ...]) -> dict[str, str]:
    wishes = {}
    for one in settings:
        key, sign, value = one.partition("=")
        if not sign or not key:
            raise click.UsageError(f"--set {one}: say it as KEY=VALUE")
        wishes[key] = value
    return wishes


def _found(aws: Aws, place: Where, arn: str, vault: str | None) -> Point:
    from backstay_agent.jobs.locate import find

    with progress("looking for the recovery point"):
        point = find(aws, place, arn, vault)
    if isinstance(point, str):
        leave(FINDINGS, f"error: {point}")
    return point


def _metadata(aws: Aws, point: Point, wishes: dict[str, str]) -> Metadata:
    from backstay_agent.jobs.renaming import metadata
    from backstay_agent.jobs.restore import kept_metadata

    chosen = metadata(point.type, point.source, kept_metadata(aws, point), wishes, aws.now)
    if isinstance(chosen, str):
        leave(USAGE, f"error: {chosen}")
    return chosen


def _announce(point: Point, chosen: Metadata) -> None:
    from backstay_formats.escape import terminal

    made = point.facts["CreationDate"]
    click.echo(f"{terminal(str(point.facts['RecoveryPointArn']))}")
    click.echo(f"  holds         {terminal(point.source)} ({point.type}) as of {made:%Y-%m-%d %H:%M:%S} UTC")
    for key in chosen.chosen:
        click.echo(f"  with          {terminal(key)}={terminal(chosen.values[key])}")


def _finish(aws: Aws, point: Point, chosen: Metadata, job: str, *, exact: bool) -> None:
    from backstay_agent.aws import AwsProblem
    from backstay_agent.jobs.restore import follow
    from backstay_agent.jobs.verify import verify
    from backstay_agent.jobs.verify.verdict import restore_of
    from backstay_formats.escape import terminal

    with progress("restore") as bar:
        ended = follow(aws, point, job, bar.set)
    if not ended.completed or ended.created is None:
        reason = ended.message or "AWS gives no reason"
        leave(FINDINGS, f"  ✗ {ended.status}  restore job {job}: {terminal(reason)}")
    place = f"account {point.where.account}, {point.where.region}"
    click.echo(f"  restored to   {terminal(ended.created)} in {place} (job {job})")
    if ended.message:
        click.echo(f"  AWS says      {terminal(ended.message)}")
    try:
        verdict = verify(aws, restore_of(point, ended.created, chosen.values, exact=exact), point)
    except AwsProblem as problem:
        leave(PARTLY, f"  ? restored, but what came of it cannot be looked at: {terminal(str(problem))}")
    click.echo(f"  {_WORDS[verdict.status]:<13} {verdict.sentence}")
    if verdict.status == "failed":
        raise click.exceptions.Exit(FINDINGS)


_WORDS = {"verified": "✓ verified", "described": "~ described", "differs": "~ differs", "failed": "✗ not verified"}


def _refused(problem: AwsProblem) -> NoReturn:
    from backstay_formats.escape import terminal

    leave(PARTLY, f"error: {terminal(str(problem))}")
