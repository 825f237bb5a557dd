"""What a teardown plans, case by case: what goes, in which order, and what stays until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backstay_agent.observed import Contents, Lock, Observed
from backstay_agent.planner import plan_changes, plan_teardown
from backstay_contract.plan import ChangePlan, DeletePoints, Scope

CENTRAL, PAYMENTS, REGION = "100000000002", "100000000010", "eu-central-1"
POINTS = ("arn:aws:backup:eu-central-1:100000000010:recovery-point:1",)


@pytest.fixture
def applied(builds: Any, model: Any) -> Any:
    """What is there after a build was applied, with given contents of its vault in the account of the tests."""

    def make(contents: Contents | None, lock: Lock | None = None, accounts: tuple[str, ...] = (PAYMENTS,)) -> Any:
        build = builds.make(None, accounts)
        observed = model.apply(model.empty(build), plan_changes(build, model.empty(build), Scope(folder="b")).actions)
        place = observed.places[PAYMENTS, REGION]
        vaults = {"primary": replace(place.vaults["primary"], lock=lock)}
        places = {**observed.places, (PAYMENTS, REGION): replace(place, vaults=vaults)}
        found = {(PAYMENTS, REGION, "primary"): contents} if contents is not None else {}
        return build, replace(observed, places=places, contents=found)

    return make


def tear(build: Any, observed: Observed, **options: Any) -> ChangePlan:
    """The teardown of a build."""
    return plan_teardown(build, observed, Scope(folder="b", **options))


def test_what_is_empty_goes_in_its_order(applied: Any) -> None:
    """Selection, plan, notifications, policy, vault; each rests on what goes before it."""
    plan = tear(*applied(Contents(policy={"Statement": []}, notifications={"SNSTopicArn": "t"})))
    kinds = [action.kind for action in plan.actions]
    assert kinds == [
        "delete-selection",
        "delete-plan",
        "delete-vault-notifications",
        "delete-vault-policy",
        "delete-vault",
    ]
    assert set(plan.actions[-1].after_actions) == {action.id for action in plan.actions[:-1]}
    assert (plan.purpose, plan.held) == ("destroy", ())


def test_points_go_after_what_keeps_them(applied: Any) -> None:
    """The policy, which may deny it, and a lock that can be removed go before the points; these before the vault."""
    full = Contents(POINTS, 2048, policy={"Statement": []})
    plan = tear(*applied(full, Lock(7, None, None)), delete_points=True)
    position = {action.kind: number for number, action in enumerate(plan.actions)}
    (points,) = (action for action in plan.actions if isinstance(action, DeletePoints))
    assert position["delete-vault-policy"] < position["delete-points"] < position["delete-vault"]
    assert position["delete-vault-lock"] < position["delete-points"]
    assert (points.points, points.changes) == (POINTS, ("1 recovery points, 2.0 KiB",))


def when(observed: Observed, days: int) -> Any:
    """Some days from what was observed."""
    return observed.now + timedelta(days=days)


@pytest.mark.parametrize(
    ("contents", "final", "told"),
    [
        (Contents(POINTS, air_gapped=True), False, "logically air-gapped"),
        (Contents(POINTS), True, "locked in compliance mode"),
        (Contents(POINTS, held=1), False, "1 of its recovery points is under a legal hold"),
        (None, False, "could not be read"),
    ],
)
def test_what_keeps_points_keeps_their_vault(applied: Any, contents: Any, final: bool, told: str) -> None:
    """Even where points may be deleted; the plans go all the same."""
    _, observed = applied(contents)
    lock = Lock(7, None, when(observed, -1)) if final else None
    plan = tear(*applied(contents, lock), delete_points=True)
    assert [action.kind for action in plan.actions] == ["delete-selection", "delete-plan"]
    assert told in plan.held[0].reason


def test_the_day_on_which_a_vault_could_go(applied: Any) -> None:
    """When its last point has expired, which takes AWS up to eight hours; never, where one never expires."""
    _, observed = applied(None)
    end = when(observed, 30).replace(hour=20)
    assert tear(*applied(Contents(POINTS, last_expiry=end))).held[0].free_on == f"{when(observed, 31):%Y-%m-%d}"
    endless = tear(*applied(Contents(POINTS, last_expiry=end, endless=1))).held[0]
    assert (endless.free_on, "it can never go by itself" in endless.reason) == (None, True)


def test_orphans_only(applied: Any) -> None:
    """What the build names stays, also the vaults that its plans write into."""
    assert tear(*applied(Contents()), orphans_only=True).actions == ()


def test_points_are_part_of_what_a_teardown_is_bound_to(applied: Any) -> None:
    """A recovery point that came since makes a saved teardown stale."""
    assert tear(*applied(Contents())).observed != tear(*applied(Contents(POINTS))).observed
