"""The tables of an audit in a folder of Amazon S3: put there from a folder of this machine, and fetched for a question.

They lie in S3 as they lie on a disk, so that Athena and DuckDB read them there. A question fetches the tables that it
names, of its day, and is answered from a folder that is gone afterwards: DuckDB's own way into S3 is an extension that
it would have to load from the network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from backstay_agent.audit.locations import LocationError
from backstay_agent.audit.tables.every import ACCOUNTS, TABLES
from backstay_agent.aws.errors import AwsProblem
from backstay_agent.aws.s3_folder import Folder

AT_ONCE = 16
"""Objects that are on their way at the same time."""
T = TypeVar("T")


def put(folder: Folder, within: str, tables: Path, emptied: Collection[str]) -> None:
    """Put tables below `within`; what lies there of the same shards, or of those `emptied`, is replaced.

    What is new is there before what is old goes. Raises LocationError.
    """
    fresh = {path.relative_to(tables).as_posix(): path for path in sorted(tables.rglob("*.parquet"))}
    shards = {*map(_shard, fresh), *emptied}
    written = sorted({"/".join(shard.split("/")[:2]) for shard in shards})
    try:
        old = [
            name.removeprefix(f"{within}/")
            for table_of_day in written
            for name in folder.tree(f"{within}/{table_of_day}/")
        ]
        _side_by_side(lambda item: folder.put(f"{within}/{item[0]}", item[1].read_bytes(), _KIND), fresh.items())
        folder.remove([f"{within}/{name}" for name in old if name not in fresh and _shard(name) in shards])
    except AwsProblem as problem:
        raise LocationError(f"{folder}/{within} cannot be written: {problem.code}: {problem.message}") from problem


def days(folder: Folder, within: str) -> tuple[str, ...]:
    """The days of which something is kept, the oldest first; raises LocationError."""
    try:
        found = folder.folders(f"{within}/{ACCOUNTS.name}/")
        return tuple(sorted(name.removeprefix("day=") for name in found))
    except AwsProblem as problem:
        raise LocationError(f"{folder}/{within} cannot be read: {problem.code}: {problem.message}") from problem


@contextmanager
def fetched(folder: Folder, within: str, day: str | None, names: Collection[str]) -> Iterator[Path]:
    """A folder with those tables of a day, or (None) of every day; raises LocationError."""
    wanted = sorted({ACCOUNTS.name, *names} & {table.name for table in TABLES})
    with TemporaryDirectory(prefix="backstay-tables-") as into:

        def fetch(name: str) -> None:
            inside = name.removeprefix(f"{within}/")
            if not _FILE.fullmatch(inside):  # whoever may write there is not to write here
                return
            path = Path(into) / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(folder.get(name))

        try:
            for table in wanted:
                _side_by_side(fetch, folder.tree(f"{within}/{table}/" + ("" if day is None else f"day={day}/")))
        except AwsProblem as problem:
            told = f"{folder}/{within} cannot be read: {problem.code}: {problem.message}"
            raise LocationError(told) from problem
        yield Path(into)


_FILE = re.compile(r"\w+/day=[^/]+/account=[^/]+/region=[^/]+/[^/]+\.parquet")
_KIND = "application/vnd.apache.parquet"


def _shard(name: str) -> str:
    return name.rpartition("/")[0]


def _side_by_side(work: Callable[[T], None], items: Iterable[T]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(work, items):
            pass
