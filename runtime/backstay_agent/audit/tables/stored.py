"""Controls put to the kept tables of a day, in SQL: with other parameters, or at a size that no list can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstay_agent.audit.tables import opened
from backstay_agent.audit.tables.database import connect
from backstay_agent.audit.tables.judge import Judge
from backstay_agent.audit.tables.question import Answer, QuestionError, told_days
from backstay_agent.audit.thresholds import Thresholds
from backstay_agent.controls.control import Control
from backstay_agent.controls.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Judged:
    """Counts by control; the findings that do not hold or cannot be judged; the controls that break a threshold."""

    counts: Answer
    found: Answer
    broken: tuple[str, ...]


def judge_stored(
    folder: Path,
    day: str | None,
    chosen: Sequence[Control[Any]],
    parameters: Mapping[str, Parameters],
    owner_tags: Sequence[str],
    thresholds: Thresholds,
) -> Judged:
    """Put controls to the tables of a day, the newest where none is named. Raises QuestionError, MissingDuckDBError."""
    known = opened.days(folder)
    if not known:
        raise QuestionError(f"there are no tables in {folder}: run backstay audit BUILD first")
    if day is not None and day not in known:
        raise QuestionError(f"there is no audit of {day}; the days kept are {told_days(known)}")
    with connect() as database:
        opened.attach(database, folder, day or known[-1])
        judge = Judge(database, owner_tags=owner_tags)
        judge.put(chosen, parameters)
        counted = database.execute(
            """SELECT control, sum(number) FILTER (WHERE status = 'NON_COMPLIANT') AS failed,
            sum(number) FILTER (WHERE status = 'UNKNOWN') AS unknown,
            sum(number) FILTER (WHERE status = 'COMPLIANT') AS held FROM judged GROUP BY control"""
        ).fetchall()
        found = database.execute("SELECT * FROM found ORDER BY control, account, region, resource, framework, asked_by")
        listed = Answer(tuple(str(one[0]) for one in found.description or ()), tuple(found.fetchall()))
    by_name = {name: tuple(int(number or 0) for number in numbers) for name, *numbers in counted}
    rows = [(control.name, *by_name.get(control.name, (0, 0, 0))) for control in chosen]
    return Judged(
        Answer(("control", "failed", "unknown", "held"), tuple(rows)), listed, _broken(chosen, rows, thresholds)
    )


def _broken(chosen: Sequence[Control[Any]], rows: Sequence[tuple[Any, ...]], thresholds: Thresholds) -> tuple[str, ...]:
    severities = {control.name: control.severity for control in chosen}
    return tuple(
        name
        for name, failed, _, held in rows
        if not thresholds.fail_on or name in thresholds.fail_on or severities[name] in thresholds.fail_on
        if not thresholds.limit.holds(failed, failed + held)
    )
