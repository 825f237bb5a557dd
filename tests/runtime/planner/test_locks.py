"""What the planner decides about vault locks: what may be changed, what never again, and what counts as weaker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backstay_agent.observed import Lock, Observed
from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, Scope

PLACE = ("100000000010", "eu-central-1")


def decide(build: Any, observed: Observed, **options: Any) -> ChangePlan:
    """The plan for a build, given what was observed."""
    return plan_changes(build, observed, Scope(folder="build", **options))


def in_vault(observed: Observed, **changes: Any) -> Observed:
    """The same, with the one vault of the tests' build changed."""
    place = observed.places[PLACE]
    vault = replace(place.vaults["primary"], **changes)
    return replace(observed, places={**observed.places, PLACE: replace(place, vaults={"primary": vault})})


@pytest.fixture
def applied(builds: Any, model: Any) -> Any:
    """Gives what AWS holds after a build was applied to an empty organization."""

    def after(change: Any = None) -> Observed:
        build = builds.make(change)
        return model.apply(model.empty(build), decide(build, model.empty(build)).actions)

    return after


def lock(**members: int) -> Any:
    """The vault is locked like this; without members, not at all."""

    def change(shape: dict[str, Any]) -> None:
        shape["vault_locks"] = [{"BackupVaultName": "primary", **members}] if members else []

    return change


def test_a_compliance_lock_is_irreversible_and_names_its_date(builds: Any, applied: Any, model: Any) -> None:
    """The date is AWS's now plus the grace time, and the id does not depend on it."""
    build = builds.make(lock(MinRetentionDays=7, MaxRetentionDays=400, ChangeableForDays=14))
    (action,) = decide(build, applied()).actions
    assert (action.kind, action.effect) == ("put-vault-lock", "irreversible")
    assert "cannot be undone after 2026-12-06 10:51 UTC" in action.changes[-1]
    tomorrow = replace(applied(), now=model.now + timedelta(days=1))
    assert decide(build, tomorrow).actions[0].id == action.id


def test_a_lock_in_grace_is_not_locked_anew(builds: Any, model: Any) -> None:
    """The grace time runs down; an equal lock must not start it again."""
    build = builds.make(lock(MinRetentionDays=7, MaxRetentionDays=400, ChangeableForDays=14))
    observed = model.apply(model.empty(build), decide(build, model.empty(build)).actions)
    assert decide(build, replace(observed, now=model.now + timedelta(days=5))).actions == ()


@pytest.mark.parametrize("wish", [{}, {"MinRetentionDays": 1}, {"MinRetentionDays": 30, "ChangeableForDays": 3}])
def test_a_final_lock_that_differs_is_a_conflict(builds: Any, applied: Any, model: Any, wish: dict[str, int]) -> None:
    """After its date nobody can change a compliance lock, so no action pretends to."""
    observed = in_vault(applied(), lock=Lock(7, 400, model.now - timedelta(seconds=1)))
    plan = decide(builds.make(lock(**wish)), observed)
    assert plan.actions == ()
    assert [(conflict.kind, conflict.name) for conflict in plan.conflicts] == [("vault-lock", "primary")]
    assert "compliance, 7 to 400 days" in plan.conflicts[0].reason


@pytest.mark.parametrize(
    ("wish", "kind", "effect"),
    [
        ({}, "delete-vault-lock", "destructive"),
        ({"MinRetentionDays": 1, "MaxRetentionDays": 400}, "put-vault-lock", "destructive"),
        ({"MinRetentionDays": 30, "MaxRetentionDays": 400}, "put-vault-lock", "reversible"),
    ],
)
def test_a_weaker_lock_is_destructive(builds: Any, applied: Any, wish: dict[str, int], kind: str, effect: str) -> None:
    """Removing a governance lock or lowering its minimum takes protection away; raising it does not."""
    (action,) = decide(builds.make(lock(**wish)), applied()).actions
    assert (action.kind, action.effect) == (kind, effect)
