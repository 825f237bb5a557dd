"""How a forecast says numbers, spans and days; and its tables, which the text and the page share. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from backstay.forecast.achieved import ENDS
from backstay.forecast.lines import Held, Line
from backstay.forecast.outlook import Achieved, Outlook
from backstay.forecast.peaks import Peak
from backstay.forecast.series import Row

YEAR = 12
TITLES = {"rule": "Rule", "account": "Account", "type": "Type", "vault": "Vault"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `right` are the numbers of the columns that hold figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    note: str = ""
    """What the columns are, where their heads are too short to say it."""


def tables(found: Outlook) -> Iterator[Table]:
    """Everything that a forecast tells in rows, those that say nothing left out."""
    every = (
        _parts(found),
        Table(
            "First and last days",
            ("Rule", "Schedule", "Cold after", "Kept", "First point", "Deleted from"),
            tuple(map(_line, found.lines)),
        ),
        Table(
            "Longest without a new recovery point",
            ("Plans", "Types", "Resources", "At worst", "Elsewhere"),
            tuple(map(_achieved, found.achieved)),
            (2,),
            "the start window and daylight saving included; elsewhere: in another account or Region",
        ),
        Table(
            f"Vaults on {found.end}",
            ("Vault", "Account", "Region", "Points", "Lock", "Deletes from", "Empty from"),
            tuple(map(_held, found.vaults)),
            (3,),
            "empty from: the first day, if backups stopped then and nobody deleted",
        ),
        Table(
            "Fullest hours",
            ("Jobs", "", "Account", "Region", "Hour", "Quota"),
            tuple(map(_peak, found.peaks)),
            (0,),
        ),
    )
    yield from (table for table in every if table.rows)


def _parts(found: Outlook) -> Table:
    head = [TITLES[found.ask.by], "1 month"]
    if len(found.months) > YEAR:
        head.append("1 year")
    head.append("End")
    if found.inventory:
        head += ["GiB", "$/month", "Low", "High"]
    rows = [(name, *_figures(found, months)) for name, months in found.parts.items()]
    if len(rows) != 1:
        rows.append(("Total", *_figures(found, found.total)))
    after = "after a month, after a year and at the end" if len(found.months) > YEAR else "after a month and at the end"
    note = f"recovery points {after}{'; GiB and US dollars of the last month' if found.inventory else ''}"
    return Table(f"By {found.ask.by}", tuple(head), tuple(rows), tuple(range(1, len(head))), note)


def _figures(found: Outlook, months: tuple[Row, ...]) -> Iterator[str]:
    yield f"{months[0].points:,}"
    if len(months) > YEAR:
        yield f"{months[YEAR - 1].points:,}"
    last = months[-1]
    yield f"{last.points:,}"
    if found.inventory:
        yield f"{last.gb:,.0f}"
        low, likely, high = last.cost
        yield from (money(likely), money(low), money(high))


def _line(one: Line) -> tuple[str, ...]:
    stream = one.stream
    zone = "" if stream.timezone == "UTC" else f" {stream.timezone}"
    cold = "never" if stream.cold_after is None else days(stream.cold_after)
    kept = "for ever" if stream.delete_after is None else days(stream.delete_after)
    what = "point in time" if stream.continuous else stream.schedule
    return stream.label, f"{what}{zone}", cold, kept, day(one.first), day(one.deletes)


def _achieved(one: Achieved) -> tuple[str, ...]:
    plans = ", ".join(one.plans) or "no plan"
    return plans, ", ".join(one.types) or "any", f"{one.resources:,}", gap(one.gap), gap(one.elsewhere)


def _held(one: Held) -> tuple[str, ...]:
    over = f" (up to {one.most:,}, quota {one.limit:,})" if one.most > one.limit else ""
    lock = one.mode or "none"
    return one.name, one.account, one.region, f"{one.points:,}{over}", lock, day(one.deletes), day(one.empty)


def _peak(one: Peak) -> tuple[str, ...]:
    quota = ""
    if one.limit is not None:
        over = one.limited > one.limit
        quota = f"{one.limited:,} count, {one.limit:,} run at once{': the rest waits' if over else ''}"
    kind = "backups" if one.kind == "backup" else "copies into"
    return f"{one.jobs:,}", kind, one.account, one.region, f"{one.at:%Y-%m-%d %H:00} UTC", quota


def headline(found: Outlook) -> str:
    """What the forecast is about."""
    who = f"The policies of {found.organization}"
    if not found.inventory:
        return f"{who}, for one resource of each plan"
    many = "" if found.resources == 1 else "s"
    return f"{who}, for {found.resources:,} resource{many} of {found.size:,.0f} GiB"


def estimate(found: Outlook) -> str:
    """What the figures rest on."""
    if not found.inventory:
        return "Nothing that exists today is counted: the forecast begins empty."
    return (
        f"An estimate: {found.ask.priced.said}, other Regions differ; {found.ask.change.said}; sizes stay as they are;"
        " nothing that exists today is counted."
    )


def money(amount: float) -> str:
    """US dollars, cents below ten."""
    return f"{amount:,.2f}" if abs(amount) < 10 else f"{amount:,.0f}"


def gap(span: timedelta | None) -> str:
    """A span in hours below four days, else in days."""
    if span is None:
        return "none is made"
    if span == ENDS:
        return "no bound: it ends"
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes} minutes"
    if minutes % 60:
        return f"{minutes // 60} h {minutes % 60} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 96 else f"{hours // 24} d {hours % 24} h" if hours % 24 else f"{hours // 24} d"


def days(count: int) -> str:
    """A number of days."""
    return f"{count:,} day{'' if count == 1 else 's'}"


def day(when: date | None) -> str:
    """A day, or that it does not come."""
    return "never" if when is None else when.isoformat()
