"""Evaluates the controls of frameworks, and keeps what they found last."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Literal

from backstay_aws import catalog
from backstay_local.backup.audit_manager import parameters, recording, scopes
from backstay_local.backup.audit_manager.asked import Asked, Status
from backstay_local.backup.audit_manager.controls import CONTROLS
from backstay_local.backup.audit_manager.gather import Gathered
from backstay_local.backup.audit_manager.rows import Evaluation, Framework
from backstay_local.backup.rows import Json
from backstay_local.backup.state import State

Trigger = Literal["periodic", "change"]

_log = logging.getLogger(__name__)


def evaluate(
    state: State, row: Framework, at: datetime, triggers: tuple[Trigger, ...] = ("periodic", "change")
) -> None:
    """Evaluate the controls of a framework that one of the triggers sets off.

    A control whose type AWS Config does not record keeps what it found before. So does one that cannot be evaluated:
    that is logged, for a framework must not stop the time.
    """
    facts = Gathered(state, row.account, row.region)
    for number, control in enumerate(row.controls):
        name = control["ControlName"]
        known = catalog.control(name)
        if known is None or known.trigger not in triggers:
            continue
        if not recording.records(state, row.account, row.region, recording.needs(name)):
            continue
        asked = _asked(state, row, control, known, at)
        try:
            found = CONTROLS[name].findings(facts, asked)
        except Exception:
            _log.exception("control %s of framework %s", name, row.arn)
            continue
        findings = [asdict(finding) for finding in found]
        state.tables.audits.evaluations.put(Evaluation(row.arn, number, name, at, findings))


def forget(state: State, framework_arn: str) -> None:
    """Drop what the controls of a framework found."""
    state.tables.audits.evaluations.drop_where("framework_arn = ?", framework_arn)


def of(state: State, framework_arn: str) -> dict[int, Evaluation]:
    """What the controls of a framework found last, by their place there."""
    rows = state.tables.audits.evaluations.where("framework_arn = ?", framework_arn)
    return {row.number: row for row in rows}


def status(findings: Iterable[Json]) -> Status:
    """The status of a control: one resource that does not comply decides, and without any there is nothing to say."""
    counted = Counter(finding["status"] for finding in findings)
    if counted["NON_COMPLIANT"]:
        return "NON_COMPLIANT"
    return "COMPLIANT" if counted["COMPLIANT"] else "INSUFFICIENT_DATA"


def _asked(state: State, row: Framework, control: Json, known: catalog.Control, at: datetime) -> Asked:
    return Asked(
        parameters.completed(known, control.get("ControlInputParameters") or ()),
        scopes.read(control.get("ControlScope")),
        row.account,
        row.region,
        at,
        every_destination=state.settings.copy_list == "all",
        never_restored=state.settings.never_restored,
    )
