"""The table of operations, held equal to what the commands call, and the policies that follow from it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.runtime.permissions.acts import (
    apply_all,
    backup_policy,
    destroy_all,
    destroy_parts,
    enable_backup_policies,
    make_parts,
    manages,
    move_vault,
    run_audit,
    run_once,
    run_parts,
    unmanaged,
)
from tests.runtime.permissions.acts_on_data import (
    look_about,
    make_data,
    run_jobs,
)
from tests.runtime.permissions.recording import (
    CENTRAL,
    MANAGEMENT,
    PAYMENTS,
    REGION,
    RESOURCES,
    RISK,
    Recording,
    allow,
    nothing,
)

from backstay_agent.aws import AwsProblem
from backstay_agent.cli.apply import apply
from backstay_agent.cli.org import org
from backstay_agent.describe import describe
from backstay_agent.jobs.testing.clean import delete
from backstay_agent.permissions import OPERATIONS, policy
from backstay_aws import arns


@pytest.fixture
def members(strict_cloud: Any) -> Any:
    """A cloud in which the agent's roles have their policies and nothing else."""
    for account in (CENTRAL, PAYMENTS, RISK):
        allow(strict_cloud, account, policy("member", "aws", account))
        copies = {"Effect": "Allow", "Action": ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault"]}
        document = {"Version": "2012-10-17", "Statement": [copies | {"Resource": "*"}]}
        allow(strict_cloud, account, document, "AWSBackupDefaultServiceRole")
    return strict_cloud


def test_plan_apply_and_pull_call_what_the_table_says(
    members: Any,
    builds: Any,
    every: Any,
    every_changed: Any,
    recorded: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every row is called, every call has a row, and the policy of the role in accounts is enough for all of them."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    apply_all(members, builds, recording, tmp_path)
    move_vault(members, builds, recording, tmp_path)
    enable_backup_policies(members)
    backup_policy(members)
    recording.run("org-pull", org, "pull", "--policies", "pulled")
    make_parts(builds, recording, tmp_path / "plain", (unmanaged(every), unmanaged(every_changed), nothing), "apply")
    manages(members)
    make_parts(builds, recording, tmp_path / "managed", (every, every_changed, nothing), "apply-managed")
    recording.calls["apply-managed"] |= recording.calls["apply"]  # the same command, with a build that wants more
    _same(recording, "plan", "plan-who", "apply", "apply-managed", "org-pull")


@pytest.mark.long
def test_jobs_and_audit_call_what_the_table_says(
    members: Any, builds: Any, every: Any, recorded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same of the commands that start jobs, and of audits."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    run_jobs(members, builds, recording, tmp_path)
    with recording.of("backup", "restore"):
        for arn in RESOURCES:
            with suppress(AwsProblem):
                describe(members.aws(), PAYMENTS, REGION, arn)
    with recording.of("restore-test"):
        for arn in RESOURCES:
            with suppress(AwsProblem, ValueError):
                describe(members.aws(), PAYMENTS, REGION, arn)
            named = arns.parse(arn)
            with suppress(AwsProblem, ValueError):
                delete(members.aws(), (PAYMENTS, REGION), named)
    look_about(members, builds, recording, tmp_path)
    destroy_all(members, builds, recording, tmp_path)
    destroy_parts(members, builds, recording, tmp_path, every)
    looking = ("doctor", "dump", "inventory-pull")
    _same(
        recording,
        *looking,
        "backup",
        "copy",
        "restore",
        "restore-test",
        "audit",
        "audit-submit",
        "destroy",
        "destroy-points",
    )


@pytest.mark.long
def test_a_run_calls_what_the_table_says(
    members: Any,
    builds: Any,
    every: Any,
    every_changed: Any,
    recorded: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same of the long-running agent, when it reports, and when it puts right what can be taken back."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    run_once(members, builds, recording, tmp_path)
    make_data(members)
    run_audit(recording, tmp_path)
    run_parts(members, builds, recording, tmp_path, (every, every_changed))
    _same(recording, "run", "run-apply")


def test_every_row_is_held_by_a_test() -> None:
    """A command that comes is recorded, too."""
    assert set(OPERATIONS) == {
        "plan",
        "plan-who",
        "apply",
        "apply-managed",
        "org-pull",
        "org-bootstrap",
        "backup",
        "copy",
        "restore",
        "restore-test",
        "audit",
        "audit-submit",
        "destroy",
        "destroy-points",
        "doctor",
        "dump",
        "inventory-pull",
        "run",
        "run-apply",
    }


@pytest.mark.long
def test_bootstrap_calls_what_the_table_says(
    cloud: Any, recorded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both ways, with everything to make, to change and to take back."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    cloud.client("iam", RISK).create_policy(PolicyName="limit", PolicyDocument=json.dumps(policy("runner")))
    _billing_only(cloud)
    options = ("org-bootstrap", org, "bootstrap", "--yes")
    with recording.of("org-bootstrap"):
        CliRunner().invoke(org, ["bootstrap", "--account", RISK, "--yes"])
        told = CliRunner().invoke(org, ["bootstrap", "--account", RISK, "--plan", "--format", "json"])
        [step] = [one for one in json.loads(told.stdout)["steps"] if one["effect"] == "irreversible"]
        CliRunner().invoke(org, ["bootstrap", "--account", RISK, "--yes", "--approve", step["id"]])
    recording.run(*options, "--account", RISK, "--backup-account", CENTRAL, "--permissions-boundary", "limit")
    recording.run(*options, "--account", RISK, "--external-id", "s3cret")
    stack_sets = (*options, "--via", "stackset", "--stack-set-prefix", "acme", "--role-name", "acme-agent")
    recording.run(*stack_sets, "--ou", "Workloads", "--no-service-role")
    recording.run(*stack_sets, "--ou", "Workloads", "--no-service-role", "--external-id", "s3cret")
    _same(recording, "org-bootstrap")


def _billing_only(cloud: Any) -> None:
    """An organization as it was before it had all features, and before anybody administered backup."""
    organizations = cloud.client("organizations", MANAGEMENT)
    organizations.deregister_delegated_administrator(AccountId=CENTRAL, ServicePrincipal="backup.amazonaws.com")
    organizations.disable_aws_service_access(ServicePrincipal="backup.amazonaws.com")
    with cloud.local.world.substrate.inside():
        from moto.organizations.models import organizations_backends

        organizations_backends[MANAGEMENT]["aws"].org.feature_set = "CONSOLIDATED_BILLING"
    assert organizations.describe_organization()["Organization"]["FeatureSet"] == "CONSOLIDATED_BILLING"


def _same(recording: Recording, *commands: str) -> None:
    """Each command called what its rows say, all of it and nothing else."""
    calls = {f"{name} calls {call}" for name, called in recording.calls.items() for call in called}
    rows = {f"{name} calls {call}" for name in commands for call in OPERATIONS[name]}
    assert sorted(calls - rows) == []
    assert sorted(rows - calls) == []


@pytest.mark.long
def test_an_agent_that_may_never_lock(
    members: Any, builds: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the statement LockVaults an apply does everything but the locks, and names each with AWS's reason."""
    monkeypatch.chdir(tmp_path)
    for account in (PAYMENTS, RISK):
        allow(members, account, policy("member", "aws", account, locks=False))
    applied = CliRunner().invoke(apply, [str(builds.write(tmp_path / "build")), "--yes"])
    assert applied.exit_code == 3, applied.output
    assert "backup:PutBackupVaultLockConfiguration" in applied.output
    [vault] = members.state(RISK)["vaults"]
    assert not vault["Locked"]
    assert vault["policy"]
