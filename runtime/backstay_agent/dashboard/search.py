"""What is asked of findings, recovery points and jobs: words, an account, a state. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from backstay_agent.audit import tally
from backstay_agent.audit.policy_lines import PolicyLines
from backstay_agent.audit.report.head import size
from backstay_agent.controls.facts import Facts, Job, Place, Point, short_name
from backstay_contract.findings import AuditFinding, AuditReport

ON_A_PAGE = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: words that all have to be there, an account's id, a state, which page of the answer (from 1)."""

    words: str = ""
    account: str = ""
    state: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A page of the answer: `total` fit, of `all`; `pages` there are."""

    rows: tuple[T, ...]
    total: int
    all: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it is shown."""

    control: str
    status: str
    name: str
    resource: str
    type: str
    account: str
    account_name: str
    region: str
    reason: str
    help: str
    policy: str


@dataclass(frozen=True, slots=True)
class PointRow:
    """A recovery point as it is shown."""

    arn: str
    name: str
    type: str
    vault: str
    account: str
    account_name: str
    region: str
    status: str
    created: str
    until: str
    size: str
    source: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it is shown."""

    id: str
    kind: str
    state: str
    name: str
    type: str
    account: str
    account_name: str
    region: str
    created: str
    message: str


def findings(report: AuditReport, facts: Facts, lines: PolicyLines, asked: Asked) -> Found[FindingRow]:
    """Findings; without a state those that do not hold."""
    called = tally.names(facts)
    wanted = asked.state or "NON_COMPLIANT"
    rows = (
        _finding(one, called.get(one.account, one.account), lines) for one in report.findings if one.status == wanted
    )
    return _page(
        rows, asked, lambda row: (row.control, row.resource, row.account_name, row.region, row.reason, row.policy)
    )


def _finding(one: AuditFinding, account: str, lines: PolicyLines) -> FindingRow:
    line = lines.of(one)
    return FindingRow(
        one.control,
        one.status,
        short_name(one.resource),
        one.resource,
        one.resource_type,
        one.account,
        account,
        one.region,
        one.reason,
        one.help or "",
        f"{line} ({line.what})" if line else "",
    )


def points(facts: Facts, asked: Asked) -> Found[PointRow]:
    """Recovery points, the newest first."""
    called = tally.names(facts)
    found = sorted(
        ((place, point) for place in facts.places for point in place.points if asked.state in ("", point.status)),
        key=lambda it: (it[1].created, it[1].arn),
        reverse=True,
    )
    rows = (_point(place, point, called.get(place.account, place.account)) for place, point in found)
    return _page(
        rows, asked, lambda row: (row.arn, row.name, row.type, row.vault, row.account_name, row.region, row.source)
    )


def _point(place: Place, point: Point, account: str) -> PointRow:
    return PointRow(
        point.arn,
        short_name(point.resource),
        point.resource_type,
        point.vault,
        place.account,
        account,
        place.region,
        point.status,
        f"{point.created:%Y-%m-%d %H:%M}",
        f"{point.delete_at:%Y-%m-%d}" if point.delete_at else "never",
        size(point.size),
        f"copied from {point.copied_from}" if point.copied_from else point.resource,
    )


def jobs(facts: Facts, asked: Asked) -> Found[JobRow]:
    """Jobs, the newest first."""
    called = tally.names(facts)
    found = sorted(
        ((place, job) for place in facts.places for job in place.jobs if asked.state in ("", job.state)),
        key=lambda it: (it[1].created, it[1].id),
        reverse=True,
    )
    rows = (_job(place, job, called.get(place.account, place.account)) for place, job in found)
    return _page(
        rows, asked, lambda row: (row.id, row.kind, row.name, row.type, row.account_name, row.region, row.message)
    )


def _job(place: Place, job: Job, account: str) -> JobRow:
    return JobRow(
        job.id,
        job.kind,
        job.state,
        short_name(job.resource),
        job.resource_type,
        place.account,
        account,
        place.region,
        f"{job.created:%Y-%m-%d %H:%M}",
        job.message or "",
    )


class _Row(Protocol):
    @property
    def account(self) -> str: ...


R = TypeVar("R", bound=_Row)


def _page(rows: Iterable[R], asked: Asked, text: Callable[[R], Sequence[str]]) -> Found[R]:
    words = asked.words.casefold().split()
    every = list(rows)
    here = [it for it in every if asked.account in ("", it.account)]
    fits = [it for it in here if _has(words, (it.account, *text(it)))]
    pages = max(1, -(-len(fits) // ON_A_PAGE))
    page = min(max(1, asked.page), pages)
    shown = fits[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return Found(tuple(shown), len(fits), len(every), page, pages)


def _has(words: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether all words are somewhere in the parts."""
    text = " ".join(parts).casefold() if words else ""
    return all(word in text for word in words)
