"""How this AWS Backup behaves where AWS is slow, random, or does not say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """The knobs of the embedded AWS Backup. Defaults suit a person who waits at a laptop."""

    start_delay: timedelta = timedelta(seconds=0.3)
    """From the creation of a job until it runs; AWS takes minutes up to the start window."""
    run_time: timedelta = timedelta(seconds=0.7)
    """How long a backup, copy or restore runs."""
    delete_delay: timedelta = timedelta(seconds=0.3)
    """How long a recovery point stays in DELETING."""
    expiry_spread: timedelta = timedelta(0)
    """AWS deletes an expired recovery point at a random moment within 8 hours after; zero is exactly on time."""
    dynamodb_advanced: bool = True
    """Whether an account that never said so has advanced DynamoDB backups (semantics §4)."""
    absent_matches_not: bool = True
    """Whether StringNotEquals and StringNotLike hold for a resource without the tag (not said by AWS)."""
    empty_selection: Literal["refuse", "everything"] = "refuse"
    """A selection without Resources and ListOfTags: the model says everything, the live service refuses."""
    plan_needs_vault: bool = False
    """Whether CreateBackupPlan refuses a rule whose vault does not exist (not said by AWS)."""
    completion_from: Literal["start", "schedule"] = "start"
    """Where the completion window begins; AWS's own texts disagree."""
    completion_state: Literal["EXPIRED", "ABORTED"] = "EXPIRED"
    """State of a job that its completion window ended (AWS does not pin it down)."""
    plan_name_length: int = 200
    """Longest plan name; AWS says 50 in one place and 200 in another."""
    restore_test_spread: timedelta = timedelta(0)
    """AWS starts each restore test at a random moment of the start window; zero is at once, anything longer spreads
    the tests of a run over so long, never beyond the window (developer guide "Restore testing", "Start within")."""
    restore_test_seed: int = 0
    """What the random choices of restore tests (RANDOM_WITHIN_WINDOW, zones) follow from: the same in every run."""
    restore_test_hourly: bool = True
    """Whether restore testing plans may run once an hour at most, as backup plans (not said by AWS)."""
    validation_values: Literal["outcomes", "all"] = "outcomes"
    """What PutRestoreValidationResult takes: SUCCESSFUL and FAILED, or all four that the model has."""
    validate_on_demand: bool = False
    """Whether PutRestoreValidationResult takes results for restores that no restore testing plan made (not said)."""
    absent_test_plan: Literal["ignore", "refuse"] = "ignore"
    """DeleteRestoreTestingPlan of a plan that does not exist: it declares no ResourceNotFoundException."""
    preview_length: int = 0
    """How many runs GetBackupPlan previews when the caller does not say."""
