"""`audit BUILD --as-tables`: what is read becomes tables shard by shard, and the controls are put to those in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from backstay_agent.cli.asking import Asking, judged, write
from backstay_agent.cli.collecting import Collecting, gather_facts
from backstay_agent.cli.connection import Connection
from backstay_agent.cli.exits import PARTLY, USAGE, leave, worst

if TYPE_CHECKING:
    from backstay_agent.controls.control import Control
    from backstay_agent.controls.parameters import Parameters
    from backstay_agent.wanted import Build


def audit_as_tables(
    asking: Asking,
    collecting: Collecting,
    build: Build,
    only: Sequence[str],
    connection: Connection,
    form: str,
    output: Path | None,
    chosen: Sequence[Control[Any]],
    parameters: Mapping[str, Parameters],
) -> NoReturn:
    """Read, keep, judge, print and exit: no more of the organization than a part is ever in memory."""
    from dataclasses import replace

    from backstay_agent.audit.keep_tables import FOLDER
    from backstay_agent.audit.tables.database import MissingDuckDBError, connect
    from backstay_agent.audit.tables.question import QuestionError
    from backstay_agent.audit.tables.streamed import Streamed
    from backstay_agent.aws.s3_folder import SCHEME

    if form not in ("text", "json", "csv"):
        raise click.UsageError(f"--as-tables tells text, json or csv, not {form}")
    if collecting.store.startswith(SCHEME):
        raise click.UsageError("--as-tables keeps its tables in a folder: --store is to name one")
    folder = Path(collecting.store) / FOLDER
    try:
        connect().close()  # whoever lacks DuckDB is told before anything is read
        tables = Streamed(folder)
        collected = gather_facts(build, connection, collecting, only, tables)
        day = tables.finish(collected.facts)
        told, code = judged(replace(asking, day=day), folder, form, chosen, parameters)
    except (MissingDuckDBError, QuestionError) as error:
        leave(USAGE, f"error: {error}")
    except OSError as error:
        leave(USAGE, f"error: the tables cannot be written: {error}")
    write(told, output)
    click.echo(f"Tables: {folder}   (asked by backstay audit --sql, --stored --day {day})", err=form != "text")
    raise click.exceptions.Exit(worst({code} | ({PARTLY} if collected.partly else set())))
