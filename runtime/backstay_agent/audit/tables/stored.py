"""Controls put to the kept tables of a day, in SQL: with other parameters, or at a size that no list can hold."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstay_agent.audit.tables import opened
from backstay_agent.audit.tables.database import connect
from backstay_agent.audit.tables.judge_day import ORDER, judge_day
from backstay_agent.audit.tables.question import Answer, QuestionError, choose_day
from backstay_agent.audit.thresholds import Thresholds
from backstay_agent.controls.control import Control
from backstay_agent.controls.parameters import Parameters
from backstay_contract.findings import Status


@dataclass(frozen=True, slots=True)
class Judged:
    """Counts by control; what does not hold or cannot be judged, if it was asked for; what breaks a threshold."""

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
    *,
    listed: bool = True,
) -> Judged:
    """Put controls to the tables of a day, the newest where none is named. Raises QuestionError, MissingDuckDBError."""
    chosen_day = choose_day(opened.days(folder), day, str(folder))
    with connect() as database, tempfile.TemporaryDirectory(prefix="backstay-judged-") as into:
        import duckdb

        try:
            verdicts = judge_day(folder, chosen_day, chosen, parameters, Path(into), owner_tags=owner_tags)
            most = "" if listed else "LIMIT 0"
            found = database.execute(f"SELECT * FROM ({verdicts.select()}) ORDER BY {ORDER} {most}")
            answer = Answer(tuple(str(one[0]) for one in found.description or ()), tuple(found.fetchall()))
        except duckdb.Error as error:
            raise QuestionError(f"the tables in {folder} cannot be judged: {error}") from None
    rows = [
        (control.name, *(verdicts.counts.get((control.name, status), 0) for status in _STATUSES)) for control in chosen
    ]
    counts = Answer(("control", "failed", "unknown", "held"), tuple(rows))
    return Judged(counts, answer, _broken(chosen, rows, thresholds))


_STATUSES: tuple[Status, ...] = ("NON_COMPLIANT", "UNKNOWN", "COMPLIANT")


def _broken(chosen: Sequence[Control[Any]], rows: Sequence[tuple[Any, ...]], thresholds: Thresholds) -> tuple[str, ...]:
    severities = {control.name: control.severity for control in chosen}
    return tuple(
        name
        for name, failed, _, held in rows
        if not thresholds.fail_on or name in thresholds.fail_on or severities[name] in thresholds.fail_on
        if not thresholds.limit.holds(failed, failed + held)
    )
