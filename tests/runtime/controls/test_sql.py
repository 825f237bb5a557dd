"""The two ways of judging are one: SQL over the tables says what the pure predicates say."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from tests.runtime.controls.random_facts import Chance

from backstay_agent.audit.evaluate import evaluate, sort_key
from backstay_agent.audit.tables import parquet
from backstay_agent.audit.tables.database import connect
from backstay_agent.audit.tables.judge_day import judge_day
from backstay_agent.audit.tables.slices import SIZE, slices
from backstay_agent.controls import parameters, registry
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditFinding

KNOWN = [control.name for control in registry.controls()]
SETTINGS = (
    (),
    (
        "copy-exists.maxCopyAgeDays=2",
        "restore-tested.testedWithinDays=7",
        "restore-tested.maxRestoreMinutes=60",
        "no-expired-recovery-points.graceDays=7",
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK.minRetentionDays=7",
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK.maxRetentionDays=90",
        "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION.crossRegionList=eu-west-1,eu-north-1",
        "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT.crossAccountList=100000000011",
        "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED.principalArnList=arn:role/a,arn:role/b",
        "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK.requiredFrequencyUnit=hours",
        "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK.requiredFrequencyValue=4",
        "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET.maxRestoreTime=240",
        "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT.recoveryPointAgeValue=7",
    ),
)


_COLUMNS = [field.name for field in fields(AuditFinding)]


def both(
    facts: Facts, folder: Path, settings: tuple[str, ...], size: int = SIZE
) -> tuple[list[AuditFinding], list[AuditFinding], int]:
    """The findings of the predicates, those of SQL, and how many SQL counted."""
    given = parameters.read(KNOWN, settings)
    parquet.write(facts, folder)
    verdicts = judge_day(
        folder, parquet.day_of(facts.now), registry.controls(), given, folder, compliant=True, size=size
    )
    with connect() as database:
        rows = database.execute(f"SELECT {', '.join(_COLUMNS)} FROM ({verdicts.select()})").fetchall()
    by_sql = [AuditFinding(*row) for row in rows]
    order = {name: position for position, name in enumerate(KNOWN)}
    by_sql.sort(key=lambda it: (order[it.control], *sort_key(it)))
    return list(evaluate(facts, registry.controls(), given).findings), by_sql, sum(verdicts.counts.values())


def _same(seed: int, folder: Path) -> set[tuple[str, str]]:
    facts = Chance(seed).facts()
    pure, by_sql, counted = both(facts, folder, SETTINGS[seed % len(SETTINGS)])
    for one, other in zip(pure, by_sql, strict=False):
        assert one == other
    assert len(pure) == len(by_sql) == counted
    return {(finding.control, finding.status) for finding in pure}


@pytest.mark.parametrize("seed", range(3))
def test_both_ways_are_equal(seed: int, tmp_path: Path) -> None:
    """Every finding of every control, its words included, comes out of SQL as out of the predicates."""
    _same(seed, tmp_path)


def test_slices_change_nothing(tmp_path: Path) -> None:
    """Judged in three slices of accounts there is the same as in one."""
    facts = Chance(7).facts()
    whole = both(facts, tmp_path, SETTINGS[1])
    weight = sum(path.stat().st_size for path in tmp_path.rglob("day=*/**/*.parquet"))
    divided = slices(tmp_path, parquet.day_of(facts.now), weight // 2)
    assert len(divided) > 1
    assert sorted(sum(divided, ())) == sorted({one.id for one in facts.members})
    assert both(facts, tmp_path, SETTINGS[1], weight // 2) == whole


@pytest.mark.long
def test_both_ways_are_equal_for_many(tmp_path: Path) -> None:
    """The same for 150 states, in which every control holds, fails and cannot be judged somewhere."""
    said = set().union(*(_same(seed, tmp_path / str(seed)) for seed in range(3, 153)))
    assert said == {(name, status) for name in KNOWN for status in ("COMPLIANT", "NON_COMPLIANT", "UNKNOWN")}


def test_same_facts_same_bytes(tmp_path: Path) -> None:
    """Facts written twice give the same files with the same bytes, whatever order the places came in."""
    facts = Chance(5).facts()
    parquet.write(facts, tmp_path / "a")
    parquet.write(facts, tmp_path / "b")
    parquet.write(facts, tmp_path / "b")
    files = [
        {path.relative_to(tmp_path / one): path.read_bytes() for path in (tmp_path / one).rglob("*") if path.is_file()}
        for one in ("a", "b")
    ]
    assert files[0] == files[1]
    assert len(files[0]) > 10
