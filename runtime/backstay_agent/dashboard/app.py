"""The pages of the dashboard: overview, findings, recovery points, jobs, and the kept reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from backstay_agent.audit import history, tally
from backstay_agent.audit.locations import Local, LocationError
from backstay_agent.audit.report import head, jobs, locks, trends
from backstay_agent.dashboard import search
from backstay_agent.dashboard.guard import App, Guard
from backstay_agent.dashboard.kept import Audit, Kept
from backstay_agent.dashboard.search import Asked
from backstay_formats.page import environment, style

if TYPE_CHECKING:
    from jinja2 import Environment

    from backstay_contract.findings import AuditReport

_REPORT_POLICY = "base-uri 'none'; frame-ancestors 'none'; sandbox allow-scripts"
"""A kept report brings the rest of its policy itself; apart from everything else, whatever a file may hold."""
_FILES = {"htmx.min.js": "text/javascript", "style.css": "text/css"}
_MOST_AUDITS = 60
_MOST_WORDS = 500
View = Callable[[Request, Audit], Mapping[str, Any]]


def app(folder: Path, token: str | None = None) -> App:
    """The dashboard over a folder of audits, behind its guard."""
    kept = Kept(folder)
    routes = [
        Route("/", _shown(kept, "overview.html", _overview(kept))),
        Route("/findings", _shown(kept, "findings.html", _findings)),
        Route("/points", _shown(kept, "points.html", _points)),
        Route("/jobs", _shown(kept, "jobs.html", _jobs)),
        Route("/audits/{name}", _report(kept)),
        Route("/static/{name}", _static),
        Route("/healthz", lambda _: PlainTextResponse("ok\n")),
    ]
    inner = Starlette(routes=routes, exception_handlers={HTTPException: _wrong, Exception: _broken})
    return Guard(cast("App", inner), token)


def _shown(kept: Kept, template: str, view: View) -> Callable[[Request], Response]:
    """A page over the newest audit; without one it says how to make one."""

    def answer(request: Request) -> Response:
        audit = kept.latest()
        if audit is None or audit.report is None or audit.facts is None:
            problem = audit.problem if audit else ""
            return _html("nothing.html", folder=str(kept.folder), problem=problem, names=kept.names()[:_MOST_AUDITS])
        told = {"name": audit.name, "organization": audit.facts.organization, **view(request, audit)}
        return _html(template, **told)

    return answer


def _html(template: str, status: int = 200, **values: Any) -> Response:
    text = _environment().get_template(template).render(**values)
    return Response(text.encode(), status, media_type="text/html; charset=utf-8")


def _overview(kept: Kept) -> View:
    def view(_: Request, audit: Audit) -> Mapping[str, Any]:
        report, facts = audit.report, audit.facts
        assert report is not None
        assert facts is not None
        return {
            "head": head.view(report, facts),
            "trends": trends.view(_before(kept, report), history.line(report)),
            "jobs": jobs.view(facts),
            "locks": [lock for lock in locks.view(facts) if lock.urgent],
            "names": kept.names()[:_MOST_AUDITS],
            "remarks": tally.remarks(facts),
            "blind": tally.blind(facts),
        }

    return view


def _before(kept: Kept, report: AuditReport) -> tuple[history.Kept, ...]:
    try:
        return history.before(Local(kept.folder), report)
    except LocationError:
        return ()


def _asked(request: Request) -> Asked:
    given = request.query_params
    page = given.get("page", "1")
    return Asked(
        given.get("q", "")[:_MOST_WORDS],
        given.get("account", "")[:_MOST_WORDS],
        given.get("state", "")[:_MOST_WORDS],
        int(page) if page.isascii() and page.isdecimal() and len(page) < 9 else 1,
    )


def _listed(request: Request, audit: Audit, found: search.Found[Any], states: list[str]) -> Mapping[str, Any]:
    assert audit.facts is not None
    accounts = sorted((one.name, one.id) for one in audit.facts.members)
    return {"asked": _asked(request), "found": found, "states": states, "accounts": accounts}


def _findings(request: Request, audit: Audit) -> Mapping[str, Any]:
    assert audit.report is not None
    assert audit.facts is not None
    found = search.findings(audit.report, audit.facts, audit.lines, _asked(request))
    return _listed(request, audit, found, ["NON_COMPLIANT", "UNKNOWN", "COMPLIANT"])


def _points(request: Request, audit: Audit) -> Mapping[str, Any]:
    assert audit.facts is not None
    states = sorted({point.status for place in audit.facts.places for point in place.points})
    return _listed(request, audit, search.points(audit.facts, _asked(request)), states)


def _jobs(request: Request, audit: Audit) -> Mapping[str, Any]:
    assert audit.facts is not None
    states = sorted({job.state for place in audit.facts.places for job in place.jobs})
    told = _listed(request, audit, search.jobs(audit.facts, _asked(request)), states)
    return {**told, "jobs": jobs.view(audit.facts)}


def _report(kept: Kept) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        page = kept.page(request.path_params["name"])
        if page is None:
            raise HTTPException(404)
        headers = {"content-security-policy": _REPORT_POLICY}
        return Response(page, headers=headers, media_type="text/html; charset=utf-8")

    return answer


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    kind = _FILES.get(name)
    if kind is None:
        raise HTTPException(404)
    return Response(_file(name), media_type=f"{kind}; charset=utf-8", headers={"cache-control": "max-age=3600"})


@cache
def _file(name: str) -> bytes:
    static = resources.files("backstay_agent.dashboard").joinpath("static")
    if name != "style.css":
        return static.joinpath(name).read_bytes()
    report = resources.files("backstay_agent.audit.report").joinpath("templates", "report.css").read_text("utf-8")
    return (style() + report + static.joinpath("dashboard.css").read_text("utf-8")).encode()


async def _wrong(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return PlainTextResponse("There is no such page.\n" if status == 404 else "This cannot be shown.\n", status)


async def _broken(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"This cannot be shown ({type(error).__name__}).\n", 500)


@cache
def _environment() -> Environment:
    from jinja2 import ChoiceLoader, PackageLoader

    parts = (
        PackageLoader(package, "templates") for package in ("backstay_agent.dashboard", "backstay_agent.audit.report")
    )
    return environment().overlay(loader=ChoiceLoader(list(parts)))
