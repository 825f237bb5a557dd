"""The map of accounts by controls: in each cell how much fails there, by a sign and a number as well as by colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backstay_agent.audit import tally
from backstay_agent.audit.tally import Tally
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditReport, Status

_MOST_ROWS = 60
_SHADES = 4
Key = tuple[str, str, Status]


@dataclass(frozen=True, slots=True)
class Cell:
    """One account under one control."""

    text: str
    told: str
    kind: str
    control: str


@dataclass(frozen=True, slots=True)
class Row:
    """One account."""

    account: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """The map; `left_out` accounts, in which nothing fails, are not drawn."""

    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[Row, ...]
    left_out: int


def view(report: AuditReport, facts: Facts, counted: Sequence[Tally]) -> Heat:
    """The accounts with most findings first; in a large organization only those where something fails."""
    count: Counter[Key] = Counter((it.account, it.control, it.status) for it in report.findings)
    failing = Counter(it.account for it in report.findings if it.status == "NON_COMPLIANT")
    unknown = Counter(it.account for it in report.findings if it.status == "UNKNOWN")
    called = tally.names(facts)
    order = sorted(called, key=lambda account: (-failing[account], -unknown[account], called[account], account))
    few = len(order) <= _MOST_ROWS
    shown = order if few else [account for account in order if failing[account] or unknown[account]][:_MOST_ROWS]
    rows = tuple(
        Row(account, called[account], tuple(_cell(count, account, one.control.name) for one in counted))
        for account in shown
    )
    columns = tuple((one.control.name, one.control.short, one.title) for one in counted)
    return Heat(columns, rows, len(order) - len(shown))


def _cell(count: Counter[Key], account: str, control: str) -> Cell:
    bad, good = count[account, control, "NON_COMPLIANT"], count[account, control, "COMPLIANT"]
    unknown = count[account, control, "UNKNOWN"]
    total = bad + good + unknown
    if bad:
        shade = -(-_SHADES * bad // total)
        return Cell(f"✗ {bad}", f"{bad} of {total} fail", f"fail shade{shade}", control)
    if unknown:
        return Cell(f"? {unknown}", f"{unknown} of {total} could not be judged", "unknown", control)
    if good:
        return Cell("✓", f"all {total} hold", "hold", control)
    return Cell("–", "nothing to judge", "none", control)
