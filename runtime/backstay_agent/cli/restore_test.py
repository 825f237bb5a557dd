"""`backstay restore-test`: restore what the restore testing plans of a build name, judge it, and delete it again."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import FINDINGS, PARTLY, USAGE, leave, worst
from backstay_agent.cli.jobs import Asked, ask, complain, interrupted, progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from backstay_agent.aws import Aws
    from backstay_agent.jobs.start import Run
    from backstay_agent.jobs.testing.gather import Asked as AskedTests
    from backstay_agent.jobs.testing.judge import Judge
    from backstay_agent.jobs.work import Trial
    from backstay_agent.observed import Unread
    from backstay_contract.restore_tests import RestoreTest, RestoreTestReport


def _span(_: click.Context, option: click.Parameter, value: str | None) -> float | None:
    """A span of time, as seconds."""
    from backstay_agent.jobs.testing.duration import seconds

    found = seconds(value) if value is not None else None
    if isinstance(found, str):
        raise click.BadParameter(found, param=option)
    return found


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the tests run: on AWS's own jobs, keeping what was made, waiting, from when on, so many at a time; or of
    these recovery points, in a role."""

    scheduled: bool
    keep: bool
    wait: bool
    since: float
    workers: int
    points: tuple[str, ...]
    role: str | None


@click.command("restore-test")
@click.argument("build", type=click.Path(path_type=Path))
@click.option("--plan", "plans", multiple=True, metavar="P", help="Only this restore testing plan; repeatable.")
@click.option("--selection", "selections", multiple=True, metavar="S", help="Only this selection; repeatable.")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable.")
@click.option("--resource", "resources", multiple=True, metavar="ARN", help="Only this resource; repeatable.")
@click.option("--point", "points", multiple=True, metavar="ARN", help="These recovery points instead of the plans.")
@click.option("--role", metavar="ARN", help="With --point: role to restore in (default: the one that backed up).")
@click.option("--at-most", type=click.IntRange(1), metavar="N", help="So many resources of a selection, by chance.")
@click.option(
    "--within",
    callback=_span,
    metavar="SPAN",
    help="How long a restore may take, such as 4h [default: as the frameworks say].",
)
@click.option("--validate", metavar="COMMAND", help="Your own check; {arn} is what was restored, exit code 0 is good.")
@click.option("--validate-time", callback=_span, default="10m", show_default=True, help="How long the check may take.")
@click.option("--keep", is_flag=True, help="Do not delete what was restored.")
@click.option("--scheduled", is_flag=True, help="Start nothing: judge what AWS's own plans restored, and tell AWS.")
@click.option(
    "--since", callback=_span, default="2d", show_default=True, help="With --scheduled: restores of this time."
)
@click.option("--wait/--no-wait", default=True, help="With --scheduled: wait for restores that have not ended.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there instead.")
@click.option("--token", metavar="TEXT", help="Name of this run: the same again starts nothing twice [default: today]")
@click.option("--max-parallel", type=click.IntRange(1, 64), default=8, show_default=True, help="Restores at a time.")
@aws_options
def restore_test(
    build: Path,
    plans: tuple[str, ...],
    selections: tuple[str, ...],
    accounts: tuple[str, ...],
    resources: tuple[str, ...],
    points: tuple[str, ...],
    role: str | None,
    at_most: int | None,
    within: float | None,
    validate: str | None,
    validate_time: float,
    keep: bool,
    scheduled: bool,
    since: float,
    wait: bool,
    form: str,
    output: Path | None,
    token: str | None,
    max_parallel: int,
    connection: Connection,
) -> None:
    """Test now whether what BUILD's restore testing plans name can be restored, in time, and holds what it should.

    Each recovery point is restored as a restore test of AWS's would, compared with its source, given to your own check,
    and deleted. Exits with 1 when a test failed or took too long, with 3 when something could not be reached.
    """
    from backstay_agent.jobs.testing.gather import Asked as AskedTests

    judge = _judge(within, validate, validate_time)
    asked = ask(build, (), (), accounts, resources)
    aws = connection.open(asked.build.home)
    run = asked.run(aws, token)
    wanted = AskedTests(frozenset(plans), frozenset(selections), frozenset(resources), at_most, run.name)
    if points and scheduled:
        raise click.UsageError("--point restores something, --scheduled starts nothing: say one of them")
    if not points:
        _known(asked, wanted)
    manner = _Manner(scheduled, keep, wait, since, max_parallel, points, role)
    try:
        with _interruptible(judge):
            results, unread = _judge_all(asked, aws, run, wanted, judge, manner)
    except KeyboardInterrupt:
        interrupted()
    _conclude(asked, run.began, results, unread, form, output)


def _judge(within: float | None, validate: str | None, seconds: float) -> Judge:
    from backstay_agent.jobs.testing.command import parse
    from backstay_agent.jobs.testing.judge import Judge

    command = parse(validate, seconds) if validate is not None else None
    if isinstance(command, str):
        raise click.UsageError(f"--validate {command}")
    return Judge(within, command)


@contextmanager
def _interruptible(judge: Judge) -> Iterator[None]:
    """Let Ctrl-C end the user's commands, too, which run in groups of their own; what was restored goes soon then."""

    def stop(*_: object) -> None:
        judge.stop.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _known(asked: Asked, wanted: AskedTests) -> None:
    """Leave with 1 at a plan or selection that the build does not have, or when it has no tests at all."""
    from backstay_agent.jobs.narrow import nearest
    from backstay_agent.jobs.testing.wanted import selections

    every = [test for place in asked.places for test in selections(asked.build.shape(*place))]
    plans, names = {test.plan for test in every}, {test.name for test in every}
    if not every:
        complain(["the build has no restore testing plan for the accounts in question (`restore_tests` of a policy)"])
    complain(
        [
            *(f"no account in question has a restore test {one}{nearest(one, plans)}" for one in wanted.plans - plans),
            *(f"no restore test has a selection {one}{nearest(one, names)}" for one in wanted.selections - names),
        ]
    )


def _judge_all(
    asked: Asked, aws: Aws, run: Run, wanted: AskedTests, judge: Judge, manner: _Manner
) -> tuple[list[RestoreTest], Sequence[Unread]]:
    from backstay_agent.jobs.narrow import nearest
    from backstay_agent.jobs.testing import gather, scheduled
    from backstay_agent.jobs.testing.judge import skipped
    from backstay_agent.jobs.testing.run import perform

    workers = manner.workers
    with progress("restore tests") as bar:
        if manner.scheduled:
            since = run.began - timedelta(seconds=manner.since)
            return scheduled.perform(
                asked.build, aws, asked.places, wanted, judge, since, workers, bar.set, wait=manner.wait
            )
        if manner.points:
            found = gather.Gathered(_points(asked, aws, wanted, manner))
        else:
            found = gather.gather(asked.build, aws, asked.places, wanted, run.began, workers, bar.set)
    taken = {trial.resource for trial in found.trials} | {one.resource for one in found.skipped}
    left = sorted(asked.narrow.resources - taken)
    complain([f"no restore test in question takes {one}{nearest(one, found.seen - {one})}" for one in left])
    with progress("restore tests") as bar:
        done = list(perform(aws, run, found.trials, judge, workers, bar.set, keep=manner.keep))
    return [*done, *(skipped(judge, one) for one in found.skipped)], found.unread


def _points(asked: Asked, aws: Aws, wanted: AskedTests, manner: _Manner) -> tuple[Trial, ...]:
    """The trials of the recovery points that were named; leaves with 2, 1 or 3 at one that cannot be found."""
    from backstay_agent.aws import AwsProblem
    from backstay_agent.jobs.locate import find, where
    from backstay_agent.jobs.testing.gather import gather_points

    account = asked.places[0][0] if asked.narrow.accounts and asked.places else None
    found = []
    try:
        for arn in manner.points:
            place = where(arn, account, None)
            if isinstance(place, str):
                leave(USAGE, f"error: {place}")
            point = find(aws, place, arn, None)
            if isinstance(point, str):
                leave(FINDINGS, f"error: {point}")
            found.append(point)
        return gather_points(asked.build, aws, found, manner.role, wanted)
    except AwsProblem as problem:
        leave(PARTLY, f"error: {problem}")


def _conclude(
    asked: Asked, at: datetime, results: Sequence[RestoreTest], unread: Sequence[Unread], form: str, output: Path | None
) -> None:
    from backstay_agent.jobs.testing import tell

    told = tell.report(at, asked.build.index.organization.id, results, unread)
    written = _json(told) if form == "json" else tell.text(told, asked.names).encode()
    if output is None:
        click.echo(written, nl=False)
    else:
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_bytes(written)
        except OSError as error:
            leave(USAGE, f"error: the result cannot be written: {error}")
        click.echo(tell.text(told, asked.names).splitlines()[-1], err=True)
    raise click.exceptions.Exit(worst(tell.codes(told)))


def _json(told: RestoreTestReport) -> bytes:
    from dataclasses import asdict

    from backstay_contract.canonical import pretty

    return pretty(asdict(told))
