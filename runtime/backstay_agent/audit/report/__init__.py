"""The HTML report of an audit: one file that needs no network, and no JavaScript to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from backstay_agent.audit import ages, history, tally
from backstay_agent.audit.history import Kept
from backstay_agent.audit.report import (
    arrows,
    groups,
    head,
    heat,
    jobs,
    locks,
    ondemand,
    timeline,
    tree,
    trends,
    unprotected,
)
from backstay_agent.controls import registry
from backstay_agent.controls.facts import Facts
from backstay_agent.controls.parameters import Parameters
from backstay_contract.findings import AuditReport
from backstay_formats.page import environment, page, rows

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Chapter:
    """A piece of a story that stands before the report: what happened, the command for it and what it printed."""

    title: str
    text: str
    command: str = ""
    output: str = ""


def render(
    report: AuditReport,
    facts: Facts,
    story: Sequence[Chapter] = (),
    *,
    parameters: Mapping[str, Parameters] | None = None,
    build: str = "build",
    before: Sequence[Kept] = (),
) -> bytes:
    """The page. `parameters` are those that the controls ran with, `build` is the folder that its commands name.

    `before` are the audits before this one, for the trend.
    """
    from markupsafe import Markup

    put = {finding.control for finding in report.findings}
    chosen = [control for control in registry.controls() if control.name in put]
    defaults = _defaults() if parameters is None else parameters
    counted = tally.tallies(report, chosen, defaults)
    found = groups.view(report, facts, counted, build)
    branch, map_ = tree.view(report, facts), heat.view(report, facts, counted)
    body = (
        _environment()
        .get_template("report.html")
        .render(
            story=story,
            head=head.view(report, facts),
            tree=branch,
            heat=map_,
            groups=found,
            accounts=groups.accounts(found),
            unjudged=groups.unjudged(report, facts, counted),
            unprotected=unprotected.view(facts),
            trends=trends.view(before, history.line(report)),
            jobs=jobs.view(facts),
            timeline=timeline.view(facts),
            arrows=arrows.view(facts),
            locks=locks.view(facts),
            remarks=tally.remarks(facts),
            earlier=ages.sentences(facts, tally.names(facts)),
        )
    )
    title = f"Backups of {facts.organization}, {facts.now:%Y-%m-%d}"
    script = rows() + _text("report.js")
    more = ondemand.data(branch, map_)
    return page(title, Markup(body), data=more, script=script, style=_text("report.css")).encode()


@cache
def _environment() -> Environment:
    """The pages' environment, with the templates of the report: autoescape stays on."""
    from jinja2 import PackageLoader

    return environment().overlay(loader=PackageLoader("backstay_agent.audit.report", "templates"))


@cache
def _defaults() -> Mapping[str, Parameters]:
    from backstay_agent.controls.parameters import read

    return read([control.name for control in registry.controls()], ())


@cache
def _text(name: str) -> str:
    return resources.files("backstay_agent.audit.report").joinpath("templates", name).read_text("utf-8")
