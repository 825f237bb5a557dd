"""The map of accounts by controls: in each cell how much fails there, by a sign and a number as well as by colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstay_agent.audit import tally
from backstay_agent.audit.tally import Tally
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditReport, Status

MOST_ROWS = 60
_SHADES = 4
Key = tuple[str, str, Status]
Counts = tuple[int, int, int, int]
_STATUSES: tuple[Status, ...] = ("NON_COMPLIANT", "COMPLIANT", "UNKNOWN")


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
    """The map; `left_out` accounts are not drawn at first, but are in `rest`.

    There each has its id, and for each control that was put to something which control it is, how many fail, how many
    are unknown, and how many there are.
    """

    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[Row, ...]
    left_out: int
    rest: tuple[tuple[str, tuple[Counts, ...]], ...]


def view(report: AuditReport, facts: Facts, counted: Sequence[Tally]) -> Heat:
    """The accounts with most findings first; in a large organization only those where something fails."""
    count: Counter[Key] = Counter((it.account, it.control, it.status) for it in report.findings)
    failing = Counter(it.account for it in report.findings if it.status == "NON_COMPLIANT")
    unknown = Counter(it.account for it in report.findings if it.status == "UNKNOWN")
    called = tally.names(facts)
    order = sorted(called, key=lambda account: (-failing[account], -unknown[account], called[account], account))
    few = len(order) <= MOST_ROWS
    shown = order if few else [account for account in order if failing[account] or unknown[account]][:MOST_ROWS]
    rows = tuple(
        Row(account, called[account], tuple(_cell(count, account, one.control.name) for one in counted))
        for account in shown
    )
    columns = tuple((one.control.name, one.control.short, one.title) for one in counted)
    drawn = set(shown)
    rest = tuple((account, tuple(_sparse(count, account, counted))) for account in order if account not in drawn)
    return Heat(columns, rows, len(rest), rest)


def _sparse(count: Counter[Key], account: str, counted: Sequence[Tally]) -> Iterator[Counts]:
    for number, one in enumerate(counted):
        bad, good, unknown = (count[account, one.control.name, status] for status in _STATUSES)
        if bad or good or unknown:
            yield number, bad, unknown, bad + good + unknown


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
