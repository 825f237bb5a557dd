"""What `audit` does without AWS: questions to the kept tables, their trend, and controls put to them anew."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from backstay_agent.cli.exits import CLEAN, FINDINGS, USAGE, leave

if TYPE_CHECKING:
    from backstay_agent.audit.locations import Store
    from backstay_agent.audit.result import Result
    from backstay_agent.audit.thresholds import Thresholds
    from backstay_agent.cli.connection import Connection
    from backstay_agent.controls.control import Control
    from backstay_agent.controls.facts import Facts
    from backstay_agent.controls.parameters import Parameters

_MOST = 1_000
"""Rows that a question shows as text; JSON and CSV have all of them."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What the caller asks of the kept tables, and what counts as failure."""

    sql: str | None
    day: str | None
    trend: bool
    stored: bool
    athena: str | None
    fail_on: tuple[str, ...]
    at_most: str | None
    owner_tags: tuple[str, ...]

    @property
    def without_aws(self) -> bool:
        """Whether the kept tables answer alone."""
        return self.sql is not None or self.trend or self.stored or self.athena is not None


@dataclass(frozen=True, slots=True)
class Telling:
    """The controls that are put to tables, and how what comes of it is told; UsageError for what tables cannot say."""

    form: str
    output: Path | None
    chosen: Sequence[Control[Any]]
    parameters: Mapping[str, Parameters]

    def __post_init__(self) -> None:
        if self.form not in ("text", "json", "csv"):
            raise click.UsageError(f"tables answer as text, json or csv, not as {self.form}")

    def write(self, told: str) -> None:
        """Print an answer, or write it to the file."""
        if self.output is None:
            click.echo(told, nl=False)
            return
        try:
            self.output.write_text(told, "utf-8")
        except OSError as error:
            leave(USAGE, f"error: the answer cannot be written: {error}")


_NAMES = ("sql", "day", "trend", "stored", "athena", "fail_on", "at_most", "owner_tags")
_OPTIONS = (
    click.option("--sql", metavar="QUERY", help="Ask the kept tables in SQL (see docs/audit-tables.md), without AWS."),
    click.option("--trend", is_flag=True, help="How many findings each control had, day by day, without AWS."),
    click.option("--stored", is_flag=True, help="Put the controls to the kept tables, without AWS."),
    click.option(
        "--athena", metavar="DATABASE", help="Print the SQL that makes the tables in --store s3://… known to Athena."
    ),
    click.option("--day", metavar="DATE", help="The audit of that day instead of the newest (--sql, --stored)."),
    click.option(
        "--fail-on", multiple=True, metavar="WHAT", help="Exit 1 only for this control or severity; repeatable."
    ),
    click.option("--at-most", metavar="N|N%", help="Let so many findings of each control pass."),
    click.option(
        "--owner-tag",
        "owner_tags",
        multiple=True,
        metavar="KEY",
        help="The tags that name owners; default: owner, team.",
    ),
)


def asking_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command gets one argument `asking` for them."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        return command(*args, asking=Asking(**{name: options.pop(name) for name in _NAMES}), **options)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def thresholds(asking: Asking, chosen: Sequence[Control[Any]]) -> Thresholds:
    """What counts as failure; leaves with 2 at what is no such thing."""
    from backstay_agent.audit.thresholds import ThresholdError, read

    try:
        return read([control.name for control in chosen], asking.fail_on, asking.at_most)
    except ThresholdError as error:
        leave(USAGE, f"error: {error}")


def owned(facts: Facts, asking: Asking) -> Facts:
    """The facts with the tags that the caller names owners by."""
    from dataclasses import replace

    return replace(facts, owner_tags=asking.owner_tags) if asking.owner_tags else facts


def keep_as_tables(result: Result, store: Store) -> bool:
    """Keep facts and findings as tables; whether nothing stood in the way."""
    from backstay_agent.audit.keep_tables import keep_tables
    from backstay_agent.audit.locations import LocationError
    from backstay_agent.audit.tables.database import MissingDuckDBError
    from backstay_formats.escape import terminal

    try:
        keep_tables(result.facts, result.report, store)
    except MissingDuckDBError:
        return True  # --sql says what is missing, to whoever asks
    except LocationError as error:
        click.echo(terminal(f"error: the tables are not kept: {error}"), err=True)
        return False
    return True


def answer(asking: Asking, store: str, connection: Connection, telling: Telling) -> NoReturn:
    """Ask the kept tables, print what they say, and exit. AWS is only asked for tables that lie in S3."""
    from backstay_agent.audit.locations import LocationError
    from backstay_agent.audit.tables.database import MissingDuckDBError
    from backstay_agent.audit.tables.question import QuestionError
    from backstay_agent.aws import UnreachableError

    if sum((asking.sql is not None, asking.trend, asking.stored, asking.athena is not None)) > 1:
        raise click.UsageError("--sql, --trend, --stored and --athena are four questions: ask one at a time")
    if asking.trend and asking.day is not None:
        raise click.UsageError("a trend is of all days: --day does not go with --trend")
    try:
        if asking.athena is not None:
            told, code = _athena(asking.athena, store, telling.form), CLEAN
        else:
            with _tables(asking, store, connection) as folder:
                told, code = _asked(asking, folder, telling)
    except (QuestionError, MissingDuckDBError, LocationError, UnreachableError) as error:
        leave(USAGE, f"error: {error}")
    telling.write(told)
    raise click.exceptions.Exit(code)


def _athena(database: str, store: str, form: str) -> str:
    from backstay_agent.audit.keep_tables import FOLDER
    from backstay_agent.audit.tables import athena
    from backstay_agent.aws.s3_folder import SCHEME, address

    if form != "text":
        raise click.UsageError("--athena prints SQL, which has one format")
    if not re.fullmatch("[a-z][a-z0-9_]{0,254}", database):
        raise click.UsageError(f"{database!r} is no name for a database: a-z, 0-9 and _, a letter first")
    if not store.startswith(SCHEME):
        raise click.UsageError("Athena reads what lies in S3: say where with --store s3://BUCKET/FOLDER")
    try:
        bucket, folder = address(store)
    except ValueError as error:
        leave(USAGE, f"error: {error}")
    return athena.statements(f"{SCHEME}{bucket}/{folder}/{FOLDER}", database)


@contextmanager
def _tables(asking: Asking, store: str, connection: Connection) -> Iterator[Path]:
    """A folder with the tables that are asked about."""
    from backstay_agent.audit.keep_tables import FOLDER
    from backstay_agent.audit.locations import Local
    from backstay_agent.audit.tables import in_s3
    from backstay_agent.audit.tables.every import FACTS, FINDINGS
    from backstay_agent.audit.tables.question import choose_day, named_in
    from backstay_agent.aws import Aws
    from backstay_agent.aws.s3_folder import SCHEME
    from backstay_agent.cli.collecting import location

    if not store.startswith(SCHEME):
        yield Path(store) / FOLDER
        return
    where = location(store, Aws(connection.endpoint(None)))
    assert not isinstance(where, Local)
    day = choose_day(in_s3.days(where.folder, FOLDER), asking.day, f"{where}/{FOLDER}")
    names = {FINDINGS.name} if asking.trend else {table.name for table in FACTS}
    names = names if asking.sql is None else set(named_in(asking.sql))
    with in_s3.fetched(where.folder, FOLDER, None if asking.trend else day, names) as folder:
        yield folder


def _asked(asking: Asking, folder: Path, telling: Telling) -> tuple[str, int]:
    from backstay_agent.audit.tables import shown
    from backstay_agent.audit.tables.question import TREND, ask

    if asking.stored:
        return judged(asking, folder, telling)
    most = _MOST if telling.form == "text" else None
    found = ask(folder, TREND if asking.sql is None else asking.sql, asking.day, every_day=asking.trend, most=most)
    match telling.form:
        case "json":
            return shown.as_json(found), CLEAN
        case "csv":
            return shown.as_csv(found), CLEAN
        case _:
            return shown.text(found), CLEAN


def judged(asking: Asking, folder: Path, telling: Telling) -> tuple[str, int]:
    """The controls put to the kept tables in SQL: counts as text, what does not hold as JSON or CSV."""
    from backstay_agent.audit.tables import shown
    from backstay_agent.audit.tables.stored import judge_stored
    from backstay_agent.controls.facts import OWNER_TAGS

    tags = asking.owner_tags or OWNER_TAGS
    chosen, parameters = telling.chosen, telling.parameters
    broken = thresholds(asking, chosen)
    found = judge_stored(folder, asking.day, chosen, parameters, tags, broken, listed=telling.form != "text")
    code = FINDINGS if found.broken else CLEAN
    match telling.form:
        case "json":
            return shown.as_json(found.found), code
        case "csv":
            return shown.as_csv(found.found), code
        case _:
            return shown.text(found.counts), code
