"""A forecast as one HTML file: no network, no script, to be read, listened to and printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from backstay.forecast import chart
from backstay.forecast.outlook import Outlook
from backstay.forecast.words import Table, estimate, gap, headline, money, tables
from backstay_formats.page import environment, page

if TYPE_CHECKING:
    from jinja2 import Environment


def render(found: Outlook) -> str:
    """The page."""
    from markupsafe import Markup

    body = (
        _environment()
        .get_template("forecast.html")
        .render(
            headline=headline(found),
            when=f"{found.ask.start} to {found.end}",
            numbers=list(_numbers(found)),
            charts=list(_charts(found)),
            frame=chart,
            months=_months(found),
            tables=list(tables(found)),
            notes=found.notes,
            estimate=estimate(found),
        )
    )
    title = f"Backups of {found.organization}, {found.ask.start} to {found.end}"
    return page(title, Markup(body), style=_text("forecast.css"))


def _numbers(found: Outlook) -> Iterator[tuple[str, str, str]]:
    """The figures on top: what, how much, and a word on it."""
    last = found.total[-1]
    yield "Recovery points", f"{last.points:,}", f"on {found.end}"
    if found.inventory:
        low, likely, high = last.cost
        yield "GiB", f"{last.gb:,.0f}", "in the last month"
        yield "Last month", f"${money(likely)}", f"${money(low)} to ${money(high)}"
        low, likely, high = found.cost
        yield "In all", f"${money(likely)}", f"${money(low)} to ${money(high)}"
    worst = max((one.gap for one in found.achieved if one.gap is not None), default=None)
    yield "Longest gap", gap(worst), "between recovery points of one resource, at worst"


def _charts(found: Outlook) -> Iterator[chart.Chart]:
    days = [found.ask.start + timedelta(days=at) for at in range(len(found.days.warm))]
    points = [sum(pair) for pair in zip(found.days.warm, found.days.cold, strict=True)]
    told = f"from {points[0]:,} to {points[-1]:,}, at most {max(points):,}"
    layers = [("warm", "warm storage", found.days.warm), ("cold", "cold storage", found.days.cold)]
    yield chart.stacked("Recovery points", told, layers, days)
    if not found.inventory:
        return
    held = found.days.gb
    told = f"from {held[0]:,.0f} to {held[-1]:,.0f}, at most {max(held):,.0f}"
    yield chart.stacked("Storage in GiB", told, [("warm", "both tiers", held)], days)
    costs = [row.cost for row in found.total]
    told = f"from ${money(costs[0][1])} in the first to ${money(costs[-1][1])} in the last month"
    yield chart.band("US dollars a month", told, costs, found.months)


def _months(found: Outlook) -> Table:
    head = ["Month until", "Warm points", "Cold points"]
    if found.inventory:
        head += ["GiB", "GiB to other Regions", "$ likely", "from", "to"]
    rows = []
    for day, row in zip(found.months, found.total, strict=True):
        cells = [day.isoformat(), f"{row.warm:,}", f"{row.cold:,}"]
        if found.inventory:
            low, likely, high = row.cost
            cells += [f"{row.gb:,.0f}", f"{row.gb_moved:,.0f}", money(likely), money(low), money(high)]
        rows.append(tuple(cells))
    return Table("Month by month", tuple(head), tuple(rows), tuple(range(1, len(head))))


@cache
def _environment() -> Environment:
    """The pages' environment, with the template of the forecast: autoescape stays on."""
    from jinja2 import PackageLoader

    return environment().overlay(loader=PackageLoader("backstay.forecast", "templates"))


@cache
def _text(name: str) -> str:
    return resources.files("backstay.forecast").joinpath("templates", name).read_text("utf-8")
