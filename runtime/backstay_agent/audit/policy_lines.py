"""Which line of the policy answers for a finding: that of the plan or of the lock which it is about. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backstay_agent.controls.facts import Facts, Place
from backstay_contract.findings import AuditFinding


@dataclass(frozen=True, slots=True, order=True)
class PolicyLine:
    """A place in the policy folder; `what` names the thing that stands there, so that it is known when lines move."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class PolicyLines:
    """The lines of an audit's subjects, by account, Region and the name that findings use."""

    def __init__(self, facts: Facts) -> None:
        self._lines: dict[tuple[str, str, str], PolicyLine] = {}
        for place in facts.places:
            for subject, line in _lines(place):
                self._lines.setdefault((place.account, place.region, subject), line)

    def of(self, finding: AuditFinding) -> PolicyLine | None:
        """The line; None where no line of the policy is about the subject, as for a resource in no plan."""
        return self._lines.get((finding.account, finding.region, finding.resource))


def _lines(place: Place) -> Iterator[tuple[str, PolicyLine]]:
    by_name = {one.plan: _line(one.origin, f"plan {one.plan}") for one in place.plans_promised}
    plans: Mapping[str, PolicyLine | None] = {plan.id: by_name.get(plan.name) for plan in place.plans}
    arns = {plan.name: plan.arn for plan in place.plans}
    for name, line in by_name.items():
        if line is not None:
            yield from ((subject, line) for subject in (arns.get(name), name) if subject)
    for lock in place.locks_promised:
        line = _line(lock.origin, f"vault {lock.vault}")
        if line is not None:
            yield lock.arn, line
    for resource in place.resources:
        found = next((line for plan in resource.plans if (line := plans.get(plan))), None)
        if found is not None:
            yield resource.arn, found
    for point in place.points:
        found = plans.get(point.plan_id) if point.plan_id else None
        if found is not None:
            yield point.arn, found


def _line(origin: str | None, what: str) -> PolicyLine | None:
    path, colon, line = (origin or "").rpartition(":")
    return PolicyLine(path, int(line), what) if colon and line.isdecimal() else None
