"""3-2-1-1-0 for every resource that any selection takes.

The rule is older than clouds, so what it means on AWS has to be said. 3: three copies of the data, which are the
resource, its recovery point, and a copy of that. 2: on two media, which is taken as in two accounts or Regions, since
there a mistake or an outage does not reach both. 1: one off site, which is taken as in another Region; a copy there
makes up the three and the two as well. 1: one that nobody can delete before its time: in an air-gapped vault, or in a
vault with a compliance lock. 0: no doubts, which is taken as a restore test that takes the resource's recovery points
at least once a quarter. One rule must do all of it, so that it is the same recovery point that is copied and kept.

Source: the rule as Veeam words it ("3-2-1-1-0 backup rule"), which names neither accounts nor Regions; read 2026-11.
"""

from __future__ import annotations

from datetime import date, timedelta

from backstay import ir
from backstay.invariants.invariant import Invariant, Policies
from backstay.prove.answer import Answer, Status
from backstay.prove.lacks import Need
from backstay.prove.requirement import Promise, answers
from backstay.prove.subjects import Selected

NAME = "3-2-1-1-0"
QUARTER = timedelta(days=92)
"""The longest that a recovery point may wait for a restore test of its kind."""
NEED = Need(other_region=True, one_immutable=True, tested_within=QUARTER)
_FEW = 8
_SAID: dict[Status, str] = {"COUNTEREXAMPLE": "refuted", "UNKNOWN": "unknown"}


def answer(policies: Policies, now: date) -> Answer:
    """Whether it holds, and for which resource types."""
    (found,) = answers(policies.model, [Promise(NAME, ir.Where(None), Selected(), NEED)], now)
    return found if found.status == "PROVED" else found.noting(*_by_type(found))


def _by_type(found: Answer) -> list[str]:
    """The types that are refuted or unknown: they may be so for different reasons."""
    told: list[str] = []
    seen: set[str] = set()
    for status, said in _SAID.items():
        types = [one for one in found.types.get(status, ()) if one not in seen]
        seen |= set(types)
        if types:
            more = f" and {len(types) - _FEW} more" if len(types) > _FEW else ""
            told.append(f"{said} for {', '.join(types[:_FEW])}{more}")
    return told


INVARIANT = Invariant(
    NAME,
    "Whatever is backed up has three copies, one in another Region, one that nobody can delete, all tested.",
    answer,
)
