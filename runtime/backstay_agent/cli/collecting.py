"""How `audit` comes to its facts: who reads, what is taken from an earlier run, where things are kept, and Ctrl-C."""

from __future__ import annotations

import functools
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from backstay_agent.cli.connection import Connection
from backstay_agent.cli.exits import USAGE, leave
from backstay_agent.cli.progress import Progress

if TYPE_CHECKING:
    from backstay_agent.audit.collect import Absorb, Reuse
    from backstay_agent.audit.history import Kept as AuditLine
    from backstay_agent.audit.kept import Kept
    from backstay_agent.audit.locations import Location, Store
    from backstay_agent.audit.results import Kept as KeptResult
    from backstay_agent.audit.workers import Workers
    from backstay_agent.aws import Aws
    from backstay_agent.controls.facts import Facts
    from backstay_agent.wanted import Build
    from backstay_contract.findings import AuditReport

STORE = ".backstay/audit"
_DASK = "dask="


@dataclass(frozen=True, slots=True)
class Collecting:
    """What the caller said about collection; `reuse_within` is None where nobody asked for old facts.

    `facts`: a file to take them from, without AWS; `keep_facts`: one to write them to; `inventory`: what else is known;
    `as_tables`: hold nothing of it in memory.
    """

    executor: str
    store: str
    resume: bool
    reuse_within: timedelta | None
    facts: Path | None
    keep_facts: Path | None
    inventory: Path | None
    as_tables: bool


@dataclass(frozen=True, slots=True)
class Collected:
    """The facts, whether something is missing from them or could not be kept, and where the result is kept."""

    facts: Facts
    partly: bool
    location: Store


def collecting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command gets one argument `collecting` for them."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        names = ("executor", "store", "resume", "reuse_within", "facts", "keep_facts", "inventory", "as_tables")
        collecting = Collecting(**{name: options.pop(name) for name in names})
        return command(*args, collecting=collecting, **options)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def _executor(_context: click.Context, _parameter: click.Parameter, word: str) -> str:
    if word in ("threads", "processes"):
        return word
    if word.startswith(_DASK):
        from backstay_agent.audit.on_dask import DaskError, check_address

        try:
            return _DASK + check_address(word.removeprefix(_DASK))
        except DaskError as error:
            raise click.BadParameter(str(error)) from error
    raise click.BadParameter(f"{word!r} is neither threads nor processes nor dask=tcp://HOST:PORT")


def _age(_context: click.Context, _parameter: click.Parameter, word: str | None) -> timedelta | None:
    from backstay_agent.jobs.testing.duration import seconds

    if word is None:
        return None
    span = seconds(word)
    if isinstance(span, str):
        raise click.BadParameter(f"{word!r} is no age: say 30m, 6h or 2d")
    return timedelta(seconds=span)


_FILE = click.Path(path_type=Path, dir_okay=False)
_OPTIONS = (
    click.option(
        "--executor",
        metavar="WHO",
        default="threads",
        show_default=True,
        callback=_executor,
        help="Who reads: threads, processes, or a Dask cluster (dask=tcp://HOST:PORT).",
    ),
    click.option(
        "--store",
        metavar="WHERE",
        default=STORE,
        show_default=True,
        help="Where shards and results are kept: a folder, or s3://BUCKET/FOLDER.",
    ),
    click.option("--resume", is_flag=True, help="Read only what the last run, which was cut, did not."),
    click.option(
        "--reuse-within", metavar="AGE", callback=_age, help="Take shards as they are that are not older (30m, 6h, 2d)."
    ),
    click.option("--facts", type=_FILE, help="Judge the facts in this file (or evidence bundle), without AWS."),
    click.option("--keep-facts", type=_FILE, help="Write the facts there; `--facts` judges them again."),
    click.option(
        "--as-tables",
        is_flag=True,
        help="Hold nothing in memory: keep what is read as tables only, and judge those in SQL.",
    ),
    click.option("--inventory", type=_FILE, help="An inventory (of `inventory pull`): name what AWS did not show."),
)


def gather_facts(
    build: Build,
    connection: Connection,
    collecting: Collecting,
    only: Sequence[str],
    absorb: Absorb | None = None,
) -> Collected:
    """Read the organization as the options say, and tell what is missing; leaves with 2 where it cannot begin."""
    from backstay_agent.audit.collect import collect
    from backstay_agent.audit.kept import kept_at
    from backstay_agent.aws import Aws, UnreachableError
    from backstay_agent.aws.stoppable import StoppableAws

    stop = threading.Event()
    try:
        aws = StoppableAws(connection.endpoint(build.home), stop)
        aws.caller()
        workers = _workers(build, aws, collecting.executor)
        where = location(collecting.store, Aws(aws.endpoint))  # keeps things when nothing else is asked any more
        kept = kept_at(where, build, aws, only)
        with Progress("reading") as progress, _interruptible(stop):
            if collecting.executor == "threads":  # of the others' calls nobody here hears
                aws.listen(progress.heard)
            reuse = _reuse(build, aws, kept, collecting)
            facts = collect(build, aws, workers, only, progress.set, reuse, stop, absorb)
    except UnreachableError as error:
        leave(USAGE, f"error: {error}")
    _tell(facts, kept, collecting)
    facts = beside(facts, collecting)
    return Collected(facts, incomplete(facts) or kept.failure is not None, where)


def beside(facts: Facts, collecting: Collecting) -> Facts:
    """Write the facts where a file is named, and compare them with the inventory."""
    from backstay_agent.cli.facts_file import compare_inventory, keep_facts

    if collecting.keep_facts is not None:
        keep_facts(facts, collecting.keep_facts)
    return facts if collecting.inventory is None else compare_inventory(facts, collecting.inventory)


def stored(collecting: Collecting, accounts: Sequence[str]) -> Facts:
    """The facts of a file, which needs no AWS."""
    from backstay_agent.cli.facts_file import read_facts

    assert collecting.facts is not None
    if collecting.resume or collecting.reuse_within is not None:
        raise click.UsageError("--facts reads nothing from AWS: there is nothing to resume or to reuse")
    return beside(read_facts(collecting.facts, accounts), collecting)


def incomplete(facts: Facts) -> bool:
    """Whether something is missing from the facts."""
    return bool(facts.unread or missing(facts))


def _workers(build: Build, aws: Aws, who: str) -> Workers:
    from backstay_agent.audit.workers import Processes, Threads

    match who:
        case "threads":
            return Threads(build, aws)
        case "processes":
            return Processes(build, aws)
        case _:
            return _dask(build, aws, who.removeprefix(_DASK))


def _dask(build: Build, aws: Aws, address: str) -> Workers:
    from backstay_agent.audit.on_dask import Dask, DaskError

    if aws.endpoint.keys is not None:
        told = "--local brings credentials of its own, which do not travel to Dask workers"
        leave(USAGE, f'error: {told}: eval "$(backstay local up)" where they are started, and here')
    try:
        return Dask(build, aws, address)
    except DaskError as error:
        leave(USAGE, f"error: {error}")


def location(store: str, aws: Aws) -> Store:
    """Where things are kept; leaves with 2 at what is no place."""
    from backstay_agent.audit.locations import InS3, Local
    from backstay_agent.aws.s3_folder import SCHEME, folder

    if not store.startswith(SCHEME):
        return Local(Path(store))
    try:
        return InS3(folder(aws, store))
    except ValueError as error:
        leave(USAGE, f"error: {error}")


def result_before(where: Location, report: AuditReport) -> AuditReport | None:
    """The audit before; none where nobody can tell, which is said when the result cannot be kept either."""
    from backstay_agent.audit import results
    from backstay_agent.audit.locations import LocationError

    try:
        return results.before(where, report)
    except LocationError:
        return None


def audits_before(where: Location, report: AuditReport) -> tuple[AuditLine, ...]:
    """What the audits before came to; none where nobody can tell, which is said when the result cannot be kept."""
    from backstay_agent.audit import history
    from backstay_agent.audit.locations import LocationError

    try:
        return history.before(where, report)
    except LocationError:
        return ()


def keep_result(where: Location, report: AuditReport, page: bytes, evidence: bytes) -> KeptResult | None:
    """Keep the result with what belongs to it, and give where it is; None, and a sentence, where that cannot be."""
    from backstay_agent.audit import results
    from backstay_agent.audit.locations import LocationError
    from backstay_formats.escape import terminal

    try:
        return results.keep(where, report, page, evidence)
    except LocationError as error:
        click.echo(terminal(f"error: the result is not kept: {error}"), err=True)
        return None


def _reuse(build: Build, aws: Aws, kept: Kept, collecting: Collecting) -> Reuse:
    from backstay_agent.audit.batch import time_of
    from backstay_agent.audit.collect import Reuse
    from backstay_agent.audit.kept import RESUMABLE

    if not collecting.resume and collecting.reuse_within is None:
        return Reuse(kept)
    now = time_of(build, aws)
    oldest = [] if collecting.reuse_within is None else [now - collecting.reuse_within]
    last = kept.last_run() if collecting.resume else None
    if last is not None and not last.complete and now - last.began <= RESUMABLE:
        return Reuse(kept, min((last.began, *oldest)), last.began)
    if collecting.resume and kept.failure is None:
        click.echo(f"Nothing to resume: {_why_not(last)}.", err=True)
    return Reuse(kept, *oldest)


def _why_not(last: Any) -> str:
    if last is None:
        return "no run over this build was kept"
    if last.complete:
        return "the last run was complete"
    return f"the run that was cut began at {last.began:%Y-%m-%d %H:%M} UTC, more than a day ago"


@contextmanager
def _interruptible(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM end the reading and not the command; a second one ends that too."""

    def stopping(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [(one, signal.signal(one, stopping)) for one in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for one, handler in before:
            signal.signal(one, handler)


def missing(facts: Facts) -> list[str]:
    """What was not read, or not whole: accounts, or the Regions of one that is missing in part."""
    called = {member.id: member.name for member in facts.members}
    entered = {place.account for place in facts.places}
    gone = [(one.account, one.region) for one in facts.unread if one.region or one.account not in entered]
    partly = [(place.account, place.region) for place in facts.places if place.unread]
    return sorted({" ".join(filter(None, (called.get(one, one), region))) for one, region in (*gone, *partly)})


_SHOWN = 10


def _tell(facts: Facts, kept: Kept, collecting: Collecting) -> None:
    """On standard error: what was taken, what is missing, and how the rest is read."""
    from backstay_formats.escape import terminal

    if kept.taken:
        count = f"{kept.taken:,} of {len(facts.members) * len(facts.regions):,} shards"
        click.echo(f"{count} were read before and taken as they are; the report says when.", err=True)
    names = missing(facts)
    if names:
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        click.echo(terminal(f"Incomplete: {', '.join(names[:_SHOWN])}{more}."), err=True)
        if kept.failure is None:
            where = "" if collecting.store == STORE else f" --store {collecting.store}"
            click.echo(terminal(f"What is missing is read by the same command with{where} --resume."), err=True)
    if kept.failure is not None:
        click.echo(terminal(f"error: shards are not kept: {kept.failure}"), err=True)
