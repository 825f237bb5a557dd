"""The verdict on a restore test, which its owner gives once."""

from __future__ import annotations

from backstay_local.backup import errors, restore_jobs
from backstay_local.backup.restore_testing import endings
from backstay_local.backup.rows import RestoreJob
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call

_OUTCOMES = ("SUCCESSFUL", "FAILED")


def _put(state: State, call: Call, params: Facts) -> Facts:
    job, verdict = restore_jobs.need(state, call, params), params["ValidationStatus"]
    if state.settings.validation_values == "outcomes" and verdict not in _OUTCOMES:
        raise errors.invalid(f"ValidationStatus must be {' or '.join(_OUTCOMES)}, but is {verdict}.")
    reason = _closed(state, job)
    if reason is not None:
        raise errors.refused(reason)
    endings.judged(state, job, verdict, params.get("ValidationStatusMessage"), call.now)
    return {}


def _closed(state: State, job: RestoreJob) -> str | None:
    """Why a restore job takes no verdict now."""
    if job.created_by is None and not state.settings.validate_on_demand:
        return f"Restore job {job.id} was not made by a restore testing plan."
    if job.status != "COMPLETED":
        return f"Restore job {job.id} is {job.status}: only a restore that is COMPLETED can be validated."
    if job.validation not in (None, "VALIDATING"):
        return f"The validation status of restore job {job.id} is already {job.validation} and cannot be changed."
    if job.created_by is not None and job.validation is None:
        return f"Restore job {job.id} has no validation window: ValidationWindowHours of its selection is 0."
    return None


OPERATIONS: Operations = {"PutRestoreValidationResult": _put}
