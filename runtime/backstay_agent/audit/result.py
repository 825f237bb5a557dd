"""An audit that has run: what was read, what was asked, and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstay_agent.audit.compare import Since
from backstay_agent.audit.evaluate import evaluate
from backstay_agent.controls.control import Control
from backstay_agent.controls.facts import Facts
from backstay_agent.controls.parameters import Parameters
from backstay_contract.findings import AuditReport


@dataclass(frozen=True, slots=True)
class Result:
    """Facts, controls with their parameters, the report, and how it differs from the audit before, if there was one."""

    facts: Facts
    controls: Sequence[Control[Any]]
    parameters: Mapping[str, Parameters]
    report: AuditReport
    since: Since | None = None


def judge(facts: Facts, controls: Sequence[Control[Any]], parameters: Mapping[str, Parameters]) -> Result:
    """Put the controls to the facts."""
    return Result(facts, controls, parameters, evaluate(facts, controls, parameters))
