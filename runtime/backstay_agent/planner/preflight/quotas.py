"""Whether a place stays within AWS Backup's quotas, counting what is there and what is created."""

from __future__ import annotations

from collections.abc import Iterator

from backstay_agent.observed import Place
from backstay_agent.wanted import Wanted
from backstay_aws import catalog
from backstay_contract.plan import Prerequisite


def lacking_quotas(wanted: Wanted, place: Place) -> Iterator[Prerequisite]:
    """Quotas that would be exceeded: a problem where AWS raises it for nobody, else a doubt (it may be higher)."""
    for quota, needed_by, count in _counted(wanted, place):
        row = next(row for row in catalog.limits() if row.name == quota)
        if count <= row.value:
            continue
        raised = "AWS raises it for nobody" if row.adjustable == "no" else "AWS raises it on request"
        yield Prerequisite(
            account=wanted.account,
            region=wanted.region,
            kind="quota",
            name=row.title,
            needed_by=needed_by,
            reason=f"would be {count}, and the quota is {row.value}; {raised}",
            remedy="have fewer of them" if row.adjustable == "no" else "have the quota raised, unless it was",
            blocking=row.adjustable == "no",
        )


def _counted(wanted: Wanted, place: Place) -> Iterator[tuple[str, str, int]]:
    """Quota, what needs it, and how many there will be."""
    there = place.readiness
    if there.vaults is not None:
        new = {*wanted.vaults, *wanted.parts.get("air-gapped-vault", {})} - there.vaults
        yield "vaults_per_region", f"{len(new)} new vaults", len(there.vaults) + len(new) if new else 0
    if there.plans is not None:
        names = {plan.name for plan in place.plans} | set(wanted.before.values())
        fresh = [name for name in wanted.plans if name not in names]
        yield "plans_per_region", f"{len(fresh)} new plans", there.plans + len(fresh) if fresh else 0
    for name, plan in sorted(wanted.plans.items()):
        tagged = sum("ListOfTags" in body for body in plan.selections)
        yield "selections_per_plan", f"plan {name}", len(plan.selections)
        yield "tag_selections_per_plan", f"plan {name}", tagged
        yield "rules_per_plan", f"plan {name}", len(plan.body["Rules"])
