"""What goes wrong by hand after the bank's policies were applied is found, each by its control, and nothing else is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.runtime.audit.defects import ACCOUNTS, HOME, HUB, ISOLATED, NORTH, SIDE, WEST, Defect, defects, table

from backstay_agent.cli.apply import apply
from backstay_agent.cli.audit import audit
from backstay_agent.cli.plan import plan
from backstay_local.app import LocalAws
from backstay_local.backup.options import Settings

BANK = Path(__file__).parents[3] / "policies" / "reference" / "bank"
SETUP = """
roles:
  - name: backstay-agent
    path: /
    accounts: all
    trust:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Principal: {AWS: "arn:aws:iam::400000000001:root"}, Action: "sts:AssumeRole"}
topics:
  - {name: bank-backup-alarms, accounts: all, regions: [eu-central-1, eu-west-1, eu-north-1]}
"""
ONLY = [word for account in (*ACCOUNTS, HUB, ISOLATED) for word in ("--account", account)]


class Bank:
    """The bank on an embedded AWS, its policies applied to four accounts, two days of backups made."""

    def __init__(self, local: LocalAws, folder: Path) -> None:
        from backstay.cli.compile import compile as compiled

        self.local, self.build = local, str(folder / "build")
        self._run(compiled, str(BANK), "-o", self.build)
        planned = json.loads(self._run(plan, self.build, "--format", "json", *ONLY))
        locks = [action["id"] for action in planned["actions"] if action["effect"] == "irreversible"]
        self._run(apply, self.build, "--yes", *(word for one in locks for word in ("--approve", one)), *ONLY)
        local.advance(timedelta(days=31))  # the grace time of the locks
        for account in ACCOUNTS:
            table(self.client(account, HOME), "orders", {"criticality": "important", "owner": "payments"})
            for region in (HOME, NORTH):
                self.client(account, region)("backup").create_backup_vault(BackupVaultName=SIDE)
        for region in (WEST,):
            for account in ACCOUNTS:
                self.client(account, region)("backup").create_backup_vault(BackupVaultName=SIDE)
        now = local.clock.now()
        ten = now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=2)
        local.advance(ten - now)  # at an hour after which no plan backs anything up that is made to fail here
        self.seen = self.bad()

    def client(self, account: str, region: str) -> Any:
        """Makes boto3 clients of a place."""
        return lambda service: self.local.client(service, account, region)

    def bad(self) -> dict[tuple[str, str, str, str, str], str]:
        """What does not hold now, with the reason."""
        told = json.loads(self._run(audit, self.build, "--format", "json", *ONLY))
        return {
            (one["control"], one["account"], one["region"], one["resource"], one["asked_by"] or ""): one["reason"]
            for one in told["findings"]
            if one["status"] == "NON_COMPLIANT"
        }

    def make(self, defect: Defect) -> None:
        """Let one thing go wrong; what is new must be what is expected, and nothing else."""
        identity = defect.make(self.client(defect.account, defect.region))
        self.local.advance(timedelta(minutes=20))
        bad = self.bad()
        new = {key: reason for key, reason in bad.items() if key not in self.seen}
        ends = identity or defect.of or ""
        right = [key for key in new if key[0] == defect.told and key[3].endswith(ends)]
        assert right, (defect, new)
        for key in new:
            assert (key[1], key[2]) == (defect.account, defect.region), (key, new[key])
            same = bool(ends) and key[3].endswith(ends)
            assert same or key[0] in {defect.told, *defect.also}, (key, new[key])
        self.seen = bad

    def _run(self, command: Any, *arguments: str) -> str:
        done = CliRunner().invoke(command, list(arguments))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code in (0, 1), done.output
        return str(done.stdout)


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    """A bank of one's own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with LocalAws(settings=Settings()) as local:
        local.seed_texts([("org.yaml", (BANK / "org.yaml").read_text()), ("setup.yaml", SETUP)])
        with local.serve() as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", local.access_key)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local.secret_key)
            monkeypatch.setenv("AWS_DEFAULT_REGION", HOME)
            yield Bank(local, tmp_path)


def test_three_defects_are_found(bank: Bank) -> None:
    """A vault without its policy, a misspelt tag and a failing job: each is told by its control, and nothing else."""
    for defect in defects()[:3]:
        bank.make(defect)


@pytest.mark.long
def test_thirty_defects_are_found(bank: Bank) -> None:
    """All of them, one after another."""
    assert len(defects()) == 30
    for defect in defects():
        bank.make(defect)
