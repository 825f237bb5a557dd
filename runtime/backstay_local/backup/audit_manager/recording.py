"""Whether AWS Config records what a framework needs."""

from __future__ import annotations

from collections.abc import Collection

from backstay_local.backup.audit_manager.controls import CONTROLS
from backstay_local.backup.audit_manager.rows import Framework
from backstay_local.backup.state import State


def status(state: State, row: Framework) -> str:
    """FrameworkStatus: whether recording is on for all, some or none of the types that the controls need."""
    needed = {needs(control["ControlName"]) for control in row.controls} - {None}
    on = {kind for kind in needed if records(state, row.account, row.region, kind)}
    if on == needed:
        return "ACTIVE"
    return "PARTIALLY_ACTIVE" if on else "INACTIVE"


def needs(control: str) -> str | None:
    """The type that AWS Config must record for a control; None if it needs none."""
    return CONTROLS[control].records


def records(state: State, account: str, region: str, kind: str | None) -> bool:
    """Whether AWS Config records a type in an account and Region; True where nothing needs to be recorded."""
    if kind is None or state.settings.config_recording == "assumed":
        return True
    recorded = _recorded(state, account, region)
    return recorded is None or kind in recorded


def _recorded(state: State, account: str, region: str) -> Collection[str] | None:
    """The types that are recorded; None means all."""
    if not state.world.touched("config", account, region):
        return ()
    client = state.world.client("config", account, region)
    running = {
        one["name"]
        for one in client.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
        if one.get("recording")
    }
    found: set[str] = set()
    for recorder in client.describe_configuration_recorders()["ConfigurationRecorders"]:
        group = recorder.get("recordingGroup") or {}
        if recorder["name"] in running:
            if group.get("allSupported", True):
                return None
            found |= set(group.get("resourceTypes") or ())
    return found
