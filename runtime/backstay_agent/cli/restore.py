"""`backstay restore`: restore one recovery point under a new name, and look whether it holds what was backed up."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import FINDINGS, PARTLY, REFUSED, USAGE, leave
from backstay_agent.cli.jobs import progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backstay_agent.aws import Aws, AwsProblem
    from backstay_agent.jobs.locate import Point, Where
    from backstay_agent.jobs.renaming import Metadata


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the caller wants of the restored resource: metadata, a point in time, and single items."""

    settings: dict[str, str]
    at: datetime | None
    items: tuple[str, ...]


@click.command()
@click.argument("recovery_point")
@click.option("--account", metavar="ID", help="Account of the recovery point, where its ARN does not say it.")
@click.option("--region", metavar="R", help="Region of the recovery point, where its ARN does not say it.")
@click.option("--into", metavar="ID", help="Account to restore in, with which the (air-gapped) vault is shared.")
@click.option("--vault", metavar="V", help="Vault of the recovery point (default: all vaults are asked).")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Restore metadata of yours; repeatable.")
@click.option("--at", metavar="TIME", help="Of a continuous recovery point: as it was then (ISO 8601, UTC).")
@click.option("--item", "items", multiple=True, metavar="PATH", help="Only this object, file or folder; repeatable.")
@click.option("--role", metavar="ARN", help="Role to restore in (default: the one that made the backup).")
@click.option("--copy-tags", is_flag=True, help="Give what is restored the tags of its source.")
@click.option("--dry-run", is_flag=True, help="Show what would be restored with which metadata, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--wait/--no-wait", default=True, help="Follow the job and verify, or only start it.")
@click.option("--exact", is_flag=True, help="The source was not changed since: any difference is a failure.")
@aws_options
def restore(
    recovery_point: str,
    account: str | None,
    region: str | None,
    into: str | None,
    vault: str | None,
    settings: tuple[str, ...],
    at: str | None,
    items: tuple[str, ...],
    role: str | None,
    copy_tags: bool,
    dry_run: bool,
    yes: bool,
    wait: bool,
    exact: bool,
    connection: Connection,
) -> None:
    """Restore RECOVERY_POINT (an ARN) to something new, never over what exists, and verify what came of it.

    What AWS keeps to restore it by is shown, with what is changed of that; on a terminal you are asked before it runs.
    """
    from backstay_agent.aws import AwsProblem
    from backstay_agent.jobs.locate import Where, is_account, where
    from backstay_agent.jobs.restore import role_of, start

    wishes = _wishes(settings, at, items)
    if into is not None and not is_account(into):
        leave(USAGE, f"error: --into {into}: say the account by its 12 digits")
    place = where(recovery_point, account, region)
    if isinstance(place, str):
        leave(USAGE, f"error: {place}")
    aws = connection.open(place.region)
    job: str | None = None
    try:
        point = _found(aws, place, recovery_point, vault, into)
        chosen = _metadata(aws, point, wishes)
        acting = role_of(point, role)
        _announce(point, chosen, acting, wishes, copy_tags=copy_tags)
        if dry_run:
            click.echo("Nothing was started.")
            return
        _agreed(yes=yes)
        job = start(aws, point, chosen, acting, copy_tags=copy_tags)
        if not wait:
            click.echo(f"  started as    restore job {job}; it was not followed, and nothing verified")
            return
        _finish(aws, point, chosen, job, exact=exact)
    except AwsProblem as problem:
        _refused(problem)
    except KeyboardInterrupt:
        _interrupted(Where(into or place.account, place.region), job)


def _wishes(settings: tuple[str, ...], at: str | None, items: tuple[str, ...]) -> _Wishes:
    from backstay_agent.jobs.restore_keys import moment

    wishes = {}
    for one in settings:
        key, sign, value = one.partition("=")
        if not sign or not key:
            raise click.UsageError(f"--set {one}: say it as KEY=VALUE")
        wishes[key] = value
    when = moment(at) if at is not None else None
    if isinstance(when, str):
        raise click.UsageError(f"--at {when}")
    return _Wishes(wishes, when, items)


def _found(aws: Aws, place: Where, arn: str, vault: str | None, into: str | None) -> Point:
    from backstay_agent.jobs.locate import Where, find

    with progress("looking for the recovery point"):
        if into is None or into == place.account:
            point = find(aws, place, arn, vault)
        else:
            point = find(aws, Where(into, place.region), arn, vault, place.account)
    if isinstance(point, str):
        leave(FINDINGS, f"error: {point}")
    return point


def _metadata(aws: Aws, point: Point, wishes: _Wishes) -> Metadata:
    """The metadata to restore with, under a name that nothing has; leaves with 2 at wishes that cannot be met."""
    from backstay_agent.jobs.renaming import metadata, name_key
    from backstay_agent.jobs.restore import free, kept_metadata

    kept, wanted, key = kept_metadata(aws, point), _told(point, wishes), name_key(point.type, point.source)
    now = aws.now
    chosen = metadata(point.type, point.source, kept, wanted, now)
    while not isinstance(chosen, str) and key is not None and key not in wanted:
        if free(aws, point.where, key, chosen.values[key]):
            break
        now += timedelta(seconds=1)
        chosen = metadata(point.type, point.source, kept, wanted, now)
    if isinstance(chosen, str):
        leave(USAGE, f"error: {chosen}")
    return chosen


def _told(point: Point, wishes: _Wishes) -> dict[str, str]:
    """The caller's wishes as metadata of the type."""
    from backstay_agent.jobs.restore_keys import at_time, only

    told: dict[str, str] = {}
    if wishes.at is not None and wishes.at < point.facts["CreationDate"]:
        leave(
            USAGE,
            f"error: --at is before the recovery point began, {point.facts['CreationDate']:%Y-%m-%d %H:%M:%S} UTC",
        )
    for found in (
        at_time(point.type, wishes.at) if wishes.at is not None else {},
        only(point.type, wishes.items) if wishes.items else {},
    ):
        if isinstance(found, str):
            leave(USAGE, f"error: {found}")
        told |= found
    return told | wishes.settings


def _announce(point: Point, chosen: Metadata, role: str, wishes: _Wishes, *, copy_tags: bool) -> None:
    """Say what is restored from what, where to, and with which values."""
    from backstay_agent.jobs.restore_keys import shown
    from backstay_formats.escape import terminal

    made, place = point.facts["CreationDate"], point.where
    when = f"{wishes.at or made:%Y-%m-%d %H:%M:%S} UTC"
    click.echo(f"{terminal(str(point.facts['RecoveryPointArn']))}")
    click.echo(f"  holds         {terminal(point.source)} ({point.type}) as of {when}")
    click.echo(f"  into          account {place.account}, {place.region}, in the role {terminal(role)}")
    for key in chosen.chosen:
        click.echo(f"  with          {terminal(key)}={terminal(shown(key, chosen.values[key]))}")
    for key in sorted(chosen.values.keys() - set(chosen.chosen)):
        click.echo(f"  as it was     {terminal(key)}={terminal(shown(key, chosen.values[key]))}")
    for note in _notes(point, wishes, copy_tags=copy_tags):
        click.echo(f"  note          {note}")


def _notes(point: Point, wishes: _Wishes, *, copy_tags: bool) -> Iterator[str]:
    """What of the wishes may have no effect."""
    from backstay_agent.jobs.route import row_of

    arn = str(point.facts["RecoveryPointArn"])
    row = row_of(point.type, arn, point.source)
    if copy_tags and row is not None and row.copy_tags == "no":
        yield f"--copy-tags has no effect: AWS gives what is restored of {point.type} no tags"
    if wishes.at is not None and point.facts.get("Status") == "COMPLETED":
        yield "AWS calls the recovery point COMPLETED, as snapshots are: --at needs a continuous one"


def _agreed(*, yes: bool) -> None:
    """Ask on a terminal; where nobody can be asked, the command itself was the wish."""
    if yes or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    if not click.confirm("Restore it?", default=True):
        leave(REFUSED, "nothing was started")


def _interrupted(place: Where, job: str | None) -> NoReturn:
    """Leave after Ctrl-C and say how to look at the job."""
    if job is None:
        leave(PARTLY, "interrupted: nothing was started, as far as is known")
    leave(
        PARTLY,
        f"interrupted: restore job {job} goes on in AWS; look at it in account {place.account} with\n"
        f"  aws backup describe-restore-job --restore-job-id {job} --region {place.region}",
    )


def _finish(aws: Aws, point: Point, chosen: Metadata, job: str, *, exact: bool) -> None:
    from backstay_agent.aws import AwsProblem
    from backstay_agent.jobs.restore import follow
    from backstay_agent.jobs.verify import verify
    from backstay_agent.jobs.verify.verdict import restore_of
    from backstay_agent.reasons import sentences
    from backstay_formats.escape import terminal

    with progress("restore") as bar:
        ended = follow(aws, point, job, bar.set)
    if not ended.completed or ended.created is None:
        reason = ended.message or "AWS gives no reason"
        why = "".join(f"\n  → {sentence}" for sentence in sentences(reason))
        leave(FINDINGS, f"  ✗ {ended.status}  restore job {job}: {terminal(reason)}{why}")
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
    from backstay_agent.reasons import sentences
    from backstay_formats.escape import terminal

    why = "".join(f"\n  → {sentence}" for sentence in sentences(str(problem)))
    leave(PARTLY, f"error: {terminal(str(problem))}{why}")
