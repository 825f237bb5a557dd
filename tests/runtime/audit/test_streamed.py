"""An audit that holds nothing in memory keeps the tables that one has which holds everything, and says the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.runtime.controls.random_facts import Chance

from backstay_agent.audit.batch import Read
from backstay_agent.audit.tables import parquet
from backstay_agent.audit.tables.streamed import Streamed
from backstay_agent.controls.facts import Facts, Place


def files(folder: Path) -> dict[Path, bytes]:
    """Every table's files with what is in them."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.parquet")}


def streamed(facts: Facts, folder: Path, rows: int) -> Facts:
    """Let the places of facts come one by one; gives what was held of them in the end."""
    tables = Streamed(folder, rows)
    held = [tables(Read(place, whole=True), now=facts.now).outcome for place in facts.places]
    left = replace(facts, places=tuple(one for one in held if isinstance(one, Place)))
    assert tables.finish(left) == parquet.day_of(facts.now)
    return left


@pytest.mark.parametrize("rows", [1, 40, 1_000_000])
@pytest.mark.parametrize("seed", [5, 7])
def test_however_many_at_a_time_the_tables_are_the_same(seed: int, rows: int, tmp_path: Path) -> None:
    """Written shard by shard, some at a time or all at once: the same files with the same bytes."""
    facts = Chance(seed).facts()
    parquet.write(facts, tmp_path / "whole")
    left = streamed(facts, tmp_path / "streamed", rows)
    assert files(tmp_path / "streamed") == files(tmp_path / "whole")
    assert len(left.places) == len(facts.places)
    assert not any(place.resources or place.points or place.jobs for place in left.places)
    assert [place.unread for place in left.places] == [place.unread for place in facts.places]


def test_what_could_not_be_read_this_time_is_not_there_from_before(tmp_path: Path) -> None:
    """Of an account that let nobody in since the audit of the morning, the tables of the day hold the reason only."""
    from backstay_agent.observed import Unread

    facts = Chance(5).facts()
    gone = facts.places[0].account
    later = replace(
        facts,
        places=tuple(place for place in facts.places if place.account != gone),
        unread=(Unread(gone, None, "AccessDenied"),),
    )
    for name, write in (("whole", parquet.write), ("streamed", lambda it, folder: streamed(it, folder, 1))):
        write(facts, tmp_path / name)
        write(later, tmp_path / name)
        named = [path for path in files(tmp_path / name) if f"account={gone}" in path.parts]
        assert {path.parts[0] for path in named} <= {"accounts", "unread"}
        assert named
    assert files(tmp_path / "streamed") == files(tmp_path / "whole")
