"""Few calls: what a no-op plan of the reference organizations costs, and that saving calls never costs the truth."""

from __future__ import annotations

from collections import Counter
from typing import Any

from backstay_agent.aws import Call
from backstay_agent.observe import observe
from backstay_agent.observed import OWNER_TAG, Observed
from backstay_agent.planner import plan_changes
from backstay_agent.read_build import read_build
from backstay_contract.plan import Scope

PAYMENTS, RISK = "100000000010", "100000000011"
REGION, ORGANIZATION = "eu-central-1", "o-acme0001"
SCOPE = Scope(folder="build")
OURS = {OWNER_TAG: ORGANIZATION}


def objects(observed: Observed) -> int:
    """Vaults, locks, policies, notifications, plans and selections that were seen."""
    count = 0
    for place in observed.places.values():
        for vault in place.vaults.values():
            parts = (vault.lock, vault.policy, vault.notifications)
            count += 1 + sum(part is not None for part in parts)
        count += sum(1 + len(plan.selections) for plan in place.plans)
    return count


def listened(aws: Any) -> list[Call]:
    """The calls that will have been made."""
    heard: list[Call] = []
    aws.listen(heard.append)
    return heard


def test_a_no_op_plan_of_a_reference_organization_costs_few_calls(midsize: Any) -> None:
    """At most 1.5 calls for each vault, lock, access policy, notification, plan and selection; every call counts."""
    build, aws = read_build(midsize.build), midsize.aws()
    heard = listened(aws)
    observed = observe(build, aws, SCOPE)
    assert plan_changes(build, observed, SCOPE).actions == ()
    assert observed.unread == ()
    told = Counter(call.operation for call in heard)
    assert len(heard) <= 1.5 * objects(observed), told
    assert told["GetRole"] == len({call.account for call in heard if call.operation == "GetRole"})
    assert told["AssumeRole"] == len({call.account for call in heard}) - 1
    assert {call.retries for call in heard} == {0}
