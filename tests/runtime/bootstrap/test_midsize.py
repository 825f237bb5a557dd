"""From an organization of twelve accounts in which nothing is prepared to its backup policies in force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from backstay.cli.compile import compile as compile_
from backstay_agent.cli.apply import apply
from backstay_agent.cli.org import org
from backstay_local.app import LocalAws
from backstay_local.backup.options import Settings

POLICIES = Path(__file__).parents[3] / "policies" / "reference" / "midsize"
CENTRAL, LEDGER = "100000000002", "100000000011"


@pytest.fixture
def landing_zone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The organization with its keys and topics, but no roles of backup; AWS Backup does only what policies allow."""
    monkeypatch.chdir(tmp_path)
    rest = {
        name: rows for name, rows in yaml.safe_load((POLICIES / "seed.yaml").read_text()).items() if name != "roles"
    }
    with LocalAws(settings=Settings(iam="enforce")) as local, local.serve() as url:
        local.seed_texts([("org.yaml", (POLICIES / "org.yaml").read_text()), ("seed.yaml", yaml.safe_dump(rest))])
        for name, value in (
            ("AWS_ENDPOINT_URL", url),
            ("AWS_ACCESS_KEY_ID", local.access_key),
            ("AWS_SECRET_ACCESS_KEY", local.secret_key),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
        ):
            monkeypatch.setenv(name, value)
        yield local


@pytest.mark.long
@pytest.mark.parametrize("way", ["direct", "stackset"])
def test_bootstrap_then_apply(landing_zone: LocalAws, way: str) -> None:
    """Both ways are enough for everything that the policies want, in every account and Region."""
    compiled = CliRunner().invoke(compile_, [str(POLICIES), "-o", "build"])
    assert compiled.exit_code == 0, compiled.output
    prepared = CliRunner().invoke(org, ["bootstrap", "--via", way, "--backup-account", CENTRAL, "--yes"])
    assert prepared.exit_code == 0, prepared.output
    applied = CliRunner().invoke(apply, ["build", "--yes"])
    assert applied.exit_code == 0, applied.output
    for region in ("eu-central-1", "eu-west-1"):
        plans = landing_zone.client("backup", LEDGER, region).list_backup_plans()["BackupPlansList"]
        assert {plan["BackupPlanName"] for plan in plans} >= {"gold"}
    again = CliRunner().invoke(org, ["bootstrap", "--via", way, "--backup-account", CENTRAL, "--check"])
    assert again.exit_code == 0, again.output
