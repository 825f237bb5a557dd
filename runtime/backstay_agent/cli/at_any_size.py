"""`audit BUILD --as-tables`: what is read becomes tables shard by shard, and the controls are put to those in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from backstay_agent.cli.asking import Asking, Telling, judged
from backstay_agent.cli.collecting import Collecting, gather_facts
from backstay_agent.cli.connection import Connection
from backstay_agent.cli.exits import PARTLY, USAGE, leave, worst

if TYPE_CHECKING:
    from backstay_agent.wanted import Build


def audit_as_tables(
    asking: Asking, collecting: Collecting, build: Build, only: Sequence[str], connection: Connection, telling: Telling
) -> NoReturn:
    """Read, keep, judge, print and exit: no more of the organization than a part is ever in memory."""
    from dataclasses import replace

    from backstay_agent.audit.keep_tables import FOLDER
    from backstay_agent.audit.tables.database import MissingDuckDBError, connect
    from backstay_agent.audit.tables.question import QuestionError
    from backstay_agent.audit.tables.streamed import Streamed
    from backstay_agent.aws.s3_folder import SCHEME

    if collecting.store.startswith(SCHEME):
        raise click.UsageError("--as-tables keeps its tables in a folder: --store is to name one")
    folder = Path(collecting.store) / FOLDER
    try:
        connect().close()  # whoever lacks DuckDB is told before anything is read
        tables = Streamed(folder)
        collected = gather_facts(build, connection, collecting, only, tables)
        day = tables.finish(collected.facts)
        told, code = judged(replace(asking, day=day), folder, telling)
    except (MissingDuckDBError, QuestionError) as error:
        leave(USAGE, f"error: {error}")
    except OSError as error:
        leave(USAGE, f"error: the tables cannot be written: {error}")
    telling.write(told)
    click.echo(f"Tables: {folder}   (asked by backstay audit --sql, --stored --day {day})", err=telling.form != "text")
    raise click.exceptions.Exit(worst({code} | ({PARTLY} if collected.partly else set())))
