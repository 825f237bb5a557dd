"""New names for what is there already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, Scope, UpdatePlan

PLACE = ("100000000010", "eu-central-1")


def decide(build: Any, observed: Any) -> ChangePlan:
    """The plan for a build, given what was observed."""
    return plan_changes(build, observed, Scope(folder="build"))


def rename_plan(shape: dict[str, Any], moved: bool = True) -> None:
    """The plan `gold` is called `platinum` from now on."""
    shape["plans"][0]["BackupPlan"]["BackupPlanName"] = "platinum"
    shape["selections"][0]["BackupPlanName"] = "platinum"
    if moved:
        shape["moved"] = [{"kind": "plan", "name": "platinum", "before": "gold"}]


def rename_vault(shape: dict[str, Any]) -> None:
    """The vault `primary` is called `main` from now on."""
    shape["plans"][0]["BackupPlan"]["Rules"][0]["TargetBackupVaultName"] = "main"
    for noun in ("vaults", "vault_locks", "vault_access_policies", "vault_notifications"):
        shape[noun][0]["BackupVaultName"] = "main"
    shape["moved"] = [{"kind": "vault", "name": "main", "before": "primary"}]


def applied(builds: Any, model: Any) -> Any:
    """What AWS holds after the tests' build was applied to an empty account."""
    build = builds.make()
    return model.apply(model.empty(build), decide(build, model.empty(build)).actions)


def test_a_renamed_plan_is_updated(builds: Any, model: Any) -> None:
    """With `moved` a plan keeps its id and its selections; nothing is created and nothing destroyed."""
    plan = decide(builds.make(rename_plan), applied(builds, model))
    assert [action.kind for action in plan.actions] == ["update-plan"]
    update = plan.actions[0]
    assert isinstance(update, UpdatePlan)
    assert (update.name, update.reason) == ("platinum", "the plan was called gold before")
    assert (update.before["BackupPlanName"], update.after["BackupPlanName"]) == ("gold", "platinum")


def test_without_moved_it_is_another_plan(builds: Any, model: Any) -> None:
    """The same change without `moved` makes one plan and removes the other."""
    plan = decide(builds.make(lambda shape: rename_plan(shape, moved=False)), applied(builds, model))
    assert {"create-plan", "delete-plan"} <= {action.kind for action in plan.actions}


def test_moved_stays_without_effect_once_done(builds: Any, model: Any) -> None:
    """When the plan has its new name, the word `moved` may stay in the policy: there is nothing to do."""
    build, observed = builds.make(rename_plan), applied(builds, model)
    after = model.apply(observed, decide(build, observed).actions)
    assert decide(build, after).actions == ()


def test_a_renamed_vault_stays(builds: Any, model: Any) -> None:
    """The new vault is made; the old one, which holds recovery points, stays with its lock, and the reason is told."""
    build, observed = builds.make(rename_vault), applied(builds, model)
    place = observed.places[PLACE]
    vaults = {"primary": replace(place.vaults["primary"], empty=False)}
    observed = replace(observed, places={PLACE: replace(place, vaults=vaults)})
    plan = decide(build, observed)
    assert "create-vault" in {action.kind for action in plan.actions}
    assert not {action.kind for action in plan.actions if action.name == "primary"}
    assert [(it.name, "calls it main now" in it.reason) for it in plan.orphans] == [("primary", True)]
