"""The findings, grouped by what would remedy them: one group a control, the largest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstay_agent.audit import clauses, tally
from backstay_agent.audit.clauses import Clause
from backstay_agent.audit.policy_lines import PolicyLine, PolicyLines
from backstay_agent.audit.report.commands import command
from backstay_agent.audit.tally import Tally
from backstay_agent.controls.control import Control
from backstay_agent.controls.facts import Facts, Point, Resource, short_name
from backstay_contract.findings import AuditFinding, AuditReport

MOST_ROWS = 200
_MANY_ACCOUNTS = 200
_ROWS_OF_MANY = 600
"""In a large organization the rows of all groups together, so that the page stays small."""
_OWNER_TAGS = ("owner", "Owner", "team", "Team")
_UNOWNED = "no owner tag"


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, or those of alike recovery points of one resource."""

    count: int
    name: str
    resource: str
    type: str
    account: str
    account_name: str
    region: str
    owner: str
    reason: str
    command: str
    policy: str


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one control with their remedy; `left_out` of them are not listed."""

    control: str
    title: str
    remedy: str
    count: int
    total: int
    owners: str
    rows: tuple[Row, ...]
    left_out: int
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What could not be judged, for one and the same reason in one account."""

    account_name: str
    region: str
    title: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What is at hand about the subjects of findings, by account, Region and ARN."""

    names: Mapping[str, str]
    resources: Mapping[tuple[str, str, str], Resource]
    points: Mapping[tuple[str, str, str], Point]
    build: str
    lines: PolicyLines


def view(report: AuditReport, facts: Facts, counted: Sequence[Tally], build: str) -> tuple[Group, ...]:
    """A group for each control that fails somewhere."""
    known = _Known(
        tally.names(facts),
        {(place.account, place.region, one.arn): one for place in facts.places for one in place.resources},
        {(place.account, place.region, one.arn): one for place in facts.places for one in place.points},
        build,
        PolicyLines(facts),
    )
    failing: dict[str, list[AuditFinding]] = {}
    for finding in report.findings:
        if finding.status == "NON_COMPLIANT":
            failing.setdefault(finding.control, []).append(finding)
    most = MOST_ROWS if len(facts.members) <= _MANY_ACCOUNTS else min(MOST_ROWS, _ROWS_OF_MANY // max(1, len(failing)))
    groups = [_group(one, failing[one.control.name], known, most) for one in counted if one.control.name in failing]
    return tuple(sorted(groups, key=lambda group: -group.count))


def accounts(groups: Sequence[Group]) -> tuple[tuple[str, str], ...]:
    """The accounts in the listed findings, id and name, by name: what the page can be narrowed to."""
    found = {(row.account, row.account_name) for group in groups for row in group.rows}
    return tuple(sorted(found, key=lambda it: (it[1], it[0])))


def _group(one: Tally, findings: Sequence[AuditFinding], known: _Known, most: int) -> Group:
    alike = _alike(findings, known)
    rows = tuple(_row(members, one.control, known) for members in alike[:most])
    owners = _owners(_owner(finding, known) for finding in findings)
    left_out = len(findings) - sum(row.count for row in rows)
    control = one.control
    return Group(
        control.name,
        one.title,
        control.remedy,
        len(findings),
        one.total,
        owners,
        rows,
        left_out,
        clauses.of(control.name),
    )


def _alike(findings: Sequence[AuditFinding], known: _Known) -> list[list[AuditFinding]]:
    """Each finding alone, but recovery points of one resource that fail for one reason together."""
    together: dict[tuple[str, ...], list[AuditFinding]] = {}
    for finding in findings:
        point = known.points.get((finding.account, finding.region, finding.resource))
        same = (point.resource, point.vault) if point else (finding.resource,)
        together.setdefault((finding.account, finding.region, finding.reason, *same), []).append(finding)
    return list(together.values())


def _row(members: Sequence[AuditFinding], control: Control[Any], known: _Known) -> Row:
    finding = members[0]
    point = known.points.get((finding.account, finding.region, finding.resource))
    kind = finding.resource_type.rpartition("::")[2]
    if point is not None:
        count = len(members)
        kind = f"{count} recovery point{'' if count == 1 else 's'} in {point.vault}"
    return Row(
        len(members),
        short_name(point.resource if point else finding.resource),
        finding.resource,
        kind,
        finding.account,
        known.names.get(finding.account, finding.account),
        finding.region,
        _owner(finding, known),
        finding.reason,
        command(finding, control.kind, point.vault if point else "", known.build),
        _policy(known.lines.of(finding)),
    )


def _policy(line: PolicyLine | None) -> str:
    return f"{line} ({line.what})" if line else ""


def _owner(finding: AuditFinding, known: _Known) -> str:
    key = finding.account, finding.region, finding.resource
    point = known.points.get(key)
    resource = known.resources.get((*key[:2], point.resource) if point else key)
    if resource is None:
        return ""
    return next((resource.tags[key] for key in _OWNER_TAGS if key in resource.tags), _UNOWNED)


def _owners(owners: Iterable[str]) -> str:
    """Who has to act, those with the most findings first."""
    count = Counter(owner for owner in owners if owner)
    told = [f"{owner} {number}" for owner, number in sorted(count.items(), key=lambda it: (-it[1], it[0]))]
    return ", ".join(told[:6]) + (f" and {len(told) - 6} more" if len(told) > 6 else "")


def unjudged(report: AuditReport, facts: Facts, counted: Sequence[Tally]) -> tuple[Unjudged, ...]:
    """What could not be judged, those of one reason together; whole accounts say so in one row."""
    called = tally.names(facts)
    titles = {one.control.name: one.title for one in counted}
    found: dict[tuple[str, str, str], list[AuditFinding]] = {}
    for finding in report.findings:
        if finding.status == "UNKNOWN":
            found.setdefault((finding.account, finding.region, finding.reason), []).append(finding)
    rows = []
    for (account, region, reason), findings in sorted(found.items()):
        controls = list(dict.fromkeys(finding.control for finding in findings))
        title = titles[controls[0]] if len(controls) == 1 else f"{len(controls)} controls"
        rows.append(Unjudged(called.get(account, account), region, title, len(findings), reason))
    return tuple(rows[:MOST_ROWS])
