"""The runs of restore testing plans: one test of each selected resource, begun within the start window."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from backstay_aws import catalog
from backstay_local.backup import kinds, restore_runs
from backstay_local.backup.restore_testing import candidates, endings, metadata, plans
from backstay_local.backup.restore_testing.candidates import Chosen
from backstay_local.backup.restore_testing.rows import Plan, Trial
from backstay_local.backup.rows import Json, Protected, RestoreJob, changed
from backstay_local.backup.state import Happenings, State
from backstay_local.data import DataError

LATE = "Restore job was unable to start within the specified start window. Try increasing your start window."


def run(state: State, plan_arn: str, at: datetime) -> None:
    """Run a plan: set its next run, and plan a test of every resource that its selections take, each once."""
    plan = state.tables.restore_testing.plans.first("arn = ?", plan_arn)
    if plan is None:
        return
    plans.schedule(state, plan, at)
    state.tables.restore_testing.plans.put(changed(plan, last_run=at))
    for body, resource in _taken(state, plan):
        trial = _trial(plan, body, resource, at)
        state.tables.restore_testing.trials.put(trial)
        within = min(state.settings.restore_test_spread, plan.start_window)
        state.agenda.put("test-start", trial.id, at + within * candidates.chance(state, trial, "start").random())


def _taken(state: State, plan: Plan) -> Iterator[tuple[Json, Protected]]:
    seen: set[str] = set()
    for row in state.tables.restore_testing.selections.where("plan_arn = ?", plan.arn, order="created, name"):
        for resource in candidates.resources(state, plan, row.body):
            if resource.resource_arn not in seen:
                seen.add(resource.resource_arn)
                yield row.body, resource


def _trial(plan: Plan, body: Json, resource: Protected, at: datetime) -> Trial:
    return Trial(
        id=str(uuid.uuid4()),
        account=plan.account,
        region=plan.region,
        plan_name=plan.name,
        selection=body,
        resource_type=resource.resource_type,
        resource_arn=resource.resource_arn,
        run=at,
        late=at + plan.start_window,
        state="PLANNED",
    )


def start(state: State, trial_id: str, at: datetime) -> None:
    """Begin a test, unless as many of its type run as may: then it waits for one to end."""
    trial = state.tables.restore_testing.trials.get(trial_id)
    if trial is None or trial.state != "PLANNED":
        return
    if _busy(state, trial):
        state.tables.restore_testing.trials.put(changed(trial, state="WAITING"))
        state.agenda.put("test-late", trial.id, max(trial.late, at))
        return
    state.agenda.drop(trial.id, "test-late")
    job = _launched(state, trial, at)
    if job is None:
        endings.wake(state, trial.account, trial.region, trial.resource_type, at)


def late(state: State, trial_id: str, at: datetime) -> None:
    """Give up a test that could not begin within the start window."""
    trial = state.tables.restore_testing.trials.get(trial_id)
    if trial is not None and trial.state != "RUNNING":
        state.agenda.drop(trial.id, "test-start")
        _launched(state, trial, at, LATE)


def _busy(state: State, trial: Trial) -> bool:
    """Whether as many tests of the type are running as may (semantics §12)."""
    running = "account = ? AND region = ? AND resource_type = ? AND state = 'RUNNING'"
    number = state.tables.restore_testing.trials.count(running, trial.account, trial.region, trial.resource_type)
    return number >= catalog.limit(f"restore_tests_{trial.resource_type.lower()}")


def _launched(state: State, trial: Trial, at: datetime, problem: str | None = None) -> RestoreJob | None:
    """The restore job of a test, failed at once if there is a problem; None without a fitting recovery point."""
    plan = state.tables.restore_testing.plans.get(trial.account, trial.region, trial.plan_name)
    chosen = None if plan is None else candidates.choose(state, plan, trial, at)
    if plan is None or chosen is None:
        state.tables.restore_testing.trials.remove(trial.id)
        return None
    wanted, obstacle = _metadata(state, trial, chosen)
    job = restore_runs.create(
        state,
        chosen.point,
        wanted,
        role_arn=trial.selection["IamRoleArn"],
        copy_tags=kinds.of_point(chosen.point).copy_tags == "yes",
        at=at,
        created_by={"RestoreTestingPlanArn": plan.arn},
    )
    state.tables.restore_testing.trials.put(changed(trial, state="RUNNING", job_id=job.id))
    problem = problem or obstacle
    if problem is not None:
        restore_runs.fail(state, job, problem, at)
    return job


def _metadata(state: State, trial: Trial, chosen: Chosen) -> tuple[dict[str, str], str | None]:
    """The metadata of a test's restore, and why it cannot succeed, if so."""
    overrides = trial.selection.get("RestoreMetadataOverrides") or {}
    try:
        return metadata.of_test(state, chosen, overrides, candidates.chance(state, trial, "zones"))
    except DataError as error:
        return {}, str(error)


HAPPENINGS: Happenings = {"test-run": run, "test-start": start, "test-late": late}
