"""Renaming through the command line, on an embedded AWS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result


def _renamed(shape: dict[str, Any]) -> None:
    shape["plans"][0]["BackupPlan"]["BackupPlanName"] = "platinum"
    shape["selections"][0]["BackupPlanName"] = "platinum"
    shape["moved"] = [{"kind": "plan", "name": "platinum", "before": "gold"}]


def _identity(cloud: Any) -> tuple[str, str, str]:
    backup = cloud.client("backup")
    [plan] = backup.list_backup_plans()["BackupPlansList"]
    [chosen] = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
    return plan["BackupPlanName"], plan["BackupPlanId"], chosen["SelectionId"]


def test_a_renamed_plan_keeps_its_id(run: Callable[..., Result], cloud: Any, builds: Any, tmp_path: Path) -> None:
    """Applied with `moved`, the plan has its new name under its id, with its selection; twice is once."""
    builds.write(tmp_path / "build")
    assert run("apply", "build", "--yes").exit_code == 0
    name, identity, selection = _identity(cloud)
    builds.write(tmp_path / "build", _renamed)
    assert run("apply", "build", "--yes").exit_code == 0
    assert (name, _identity(cloud)) == ("gold", ("platinum", identity, selection))
    again = run("apply", "build", "--yes")
    assert (again.exit_code, "Nothing to do" in again.output) == (0, True)
