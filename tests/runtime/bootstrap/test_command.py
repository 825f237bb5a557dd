"""`backstay org bootstrap` as a person and a pipeline see it, checked with plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import Result

from backstay_contract.bootstrap import Bootstrap
from backstay_contract.journal import JournalEvent

MANAGEMENT, CENTRAL, PAYMENTS, RISK = "100000000001", "100000000002", "100000000010", "100000000011"
MEMBERS = (CENTRAL, PAYMENTS, RISK)
REGION = "eu-central-1"
NOTHING = "Nothing to do: everything is prepared.\n"
WAYS = (("--via", "direct"), ("--via", "stackset"))
Run = Callable[..., Result]
Looks = Callable[[Any], dict[str, Any]]


@pytest.mark.parametrize("way", WAYS, ids=("direct", "stackset"))
def test_from_a_bare_organization_to_an_apply(
    strict: Any, run: Run, builds: Any, looks: Looks, tmp_path: Path, way: tuple[str, ...]
) -> None:
    """Everything is made; again there is nothing to do; and the roles made are enough for an apply, and no wider."""
    options = (*way, "--backup-account", CENTRAL, "--external-id", "s3cret", "--role-path", "/ops/")
    first = run("org", "bootstrap", *options, "--yes")
    assert first.exit_code == 0, first.output
    found = looks(strict)
    assert found["types"] == ["BACKUP_POLICY"]
    assert found["administrators"] == [CENTRAL]
    assert "backup.amazonaws.com" in found["trusted"]
    assert found["settings"]["isCrossAccountBackupEnabled"] == "true"
    for account in MEMBERS:
        agent = found["roles"][f"{account} backstay-agent"]
        [statement] = agent["trust"]["Statement"]
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}
        assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "s3cret"}}
        assert agent["path"] == "/ops/"
        assert agent["attached"] == []
    assert found["roles"][f"{MANAGEMENT} backstay-agent"] is None
    assert all(len(found["roles"][f"{one} AWSBackupDefaultServiceRole"]["attached"]) == 4 for one in MEMBERS)
    again = run("org", "bootstrap", *options)
    assert (again.exit_code, again.stdout) == (0, NOTHING)
    builds.write(tmp_path / "build")
    connected = ("--external-id", "s3cret", "--role-path", "/ops/")
    applied = run("apply", "build", "--yes", *connected)
    assert applied.exit_code == 0, applied.output
    assert len(strict.state(RISK)["plans"][0]["selections"]) == 1


@pytest.mark.long
def test_both_ways_make_the_same_roles(bare: Any, run: Run, looks: Looks, role_of: Any) -> None:
    """A role of a stack set and one that was made directly differ in nothing: the other way finds nothing to do."""
    assert run("org", "bootstrap", "--via", "stackset", "--yes").exit_code == 0
    direct = run("org", "bootstrap", "--via", "direct")
    assert (direct.exit_code, direct.stdout) == (0, NOTHING)


def test_accounts_that_join_later_get_the_roles(bare: Any, run: Run, role_of: Any) -> None:
    """Stack sets deploy by themselves; without them, the next run makes the roles."""
    assert run("org", "bootstrap", "--via", "stackset", "--yes").exit_code == 0
    organizations = bare.client("organizations", MANAGEMENT)
    made = organizations.create_account(Email="a@acme.example", AccountName="late")["CreateAccountStatus"]["AccountId"]
    assert role_of(bare, made) is not None
    assert role_of(bare, made, "AWSBackupDefaultServiceRole") is not None
    assert run("org", "bootstrap", "--via", "stackset").stdout == NOTHING


@pytest.mark.long
def test_stack_sets_in_one_unit(bare: Any, run: Run, role_of: Any) -> None:
    """`--ou` by path: accounts elsewhere get nothing; a unit that is not there is a complaint."""
    assert run("org", "bootstrap", "--via", "stackset", "--ou", "Workloads/Prod", "--yes").exit_code == 0
    assert role_of(bare, PAYMENTS) is not None
    assert role_of(bare, CENTRAL) is None
    missing = run("org", "bootstrap", "--via", "stackset", "--ou", "Workloads/Nowhere", "--yes")
    assert missing.exit_code == 2
    assert "no unit Workloads/Nowhere" in missing.stderr
    widened = run("org", "bootstrap", "--via", "stackset", "--yes")
    assert widened.exit_code == 0, widened.output
    assert role_of(bare, CENTRAL) is not None


@pytest.mark.long
def test_a_stack_set_is_brought_up_to_date(bare: Any, run: Run, role_of: Any) -> None:
    """Another external id, or a template that somebody changed, is an update of the set and of all its stacks."""
    assert run("org", "bootstrap", "--via", "stackset", "--yes").exit_code == 0
    changed = run("org", "bootstrap", "--via", "stackset", "--external-id", "s3cret", "--never-lock", "--yes")
    assert changed.exit_code == 0, changed.output
    assert "parameters ExternalId" in changed.stdout
    found = role_of(bare, RISK)
    assert found["trust"]["Statement"][0]["Condition"] == {"StringEquals": {"sts:ExternalId": "s3cret"}}
    assert "PutBackupVaultLockConfiguration" not in json.dumps(found["inline"])


def test_an_account_whose_stack_fails_is_named(bare: Any, run: Run, role_of: Any) -> None:
    """A role that is there already fails that account's stack alone: the others have theirs, exit 3."""
    bare.client("iam", RISK).create_role(RoleName="backstay-agent", AssumeRolePolicyDocument="{}")
    result = run("org", "bootstrap", "--via", "stackset", "--yes")
    assert result.exit_code == 3
    assert f"backstay-agent-role, stack in 1 account: risk-prod ({RISK})" in result.stdout
    assert role_of(bare, PAYMENTS)["inline"]
    assert role_of(bare, RISK, "AWSBackupDefaultServiceRole")["attached"]
    bare.client("iam", RISK).delete_role(RoleName="backstay-agent")
    again = run("org", "bootstrap", "--via", "stackset", "--yes")
    assert again.exit_code == 0, again.output
    assert role_of(bare, RISK)["inline"]


def test_the_delegate_manages_backup_policies_and_nothing_else(bare: Any, run: Run) -> None:
    """The resource policy is enough to make, attach, read, change and delete backup policies, and for no other type."""
    bare.client("organizations", MANAGEMENT).put_resource_policy(Content=json.dumps(_other_policy()))
    assert run("org", "bootstrap", "--backup-account", CENTRAL, "--yes").exit_code == 0
    member = bare.client("organizations", CENTRAL)
    root = member.list_roots()["Roots"][0]["Id"]
    wish = {"Name": "base", "Description": "", "Type": "BACKUP_POLICY", "Content": '{"plans": {}}'}
    policy = member.create_policy(**wish)["Policy"]["PolicySummary"]["Id"]
    member.attach_policy(PolicyId=policy, TargetId=root)
    member.attach_policy(PolicyId=policy, TargetId=PAYMENTS)
    assert [one["TargetId"] for one in member.list_targets_for_policy(PolicyId=policy)["Targets"]] == [root, PAYMENTS]
    for target in (root, PAYMENTS):
        member.detach_policy(PolicyId=policy, TargetId=target)
    member.delete_policy(PolicyId=policy)
    for refused in (
        lambda: member.create_policy(**{**wish, "Type": "SERVICE_CONTROL_POLICY"}),
        lambda: member.disable_policy_type(RootId=root, PolicyType="BACKUP_POLICY"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()
    kept = bare.client("organizations", MANAGEMENT).describe_resource_policy()["ResourcePolicy"]["Content"]
    assert _other_policy()["Statement"][0] in json.loads(kept)["Statement"]


def _other_policy() -> dict[str, Any]:
    statement = {
        "Sid": "Tags",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{RISK}:root"},
        "Action": "organizations:DescribePolicy",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_drift_is_shown_and_mended(bare: Any, run: Run, role_of: Any) -> None:
    """A wider trust, wider permissions and a lost managed policy come back; whom else the service role trusts stays."""
    run("org", "bootstrap", "--yes")
    before, iam = role_of(bare, RISK), bare.client("iam", RISK)
    anyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.update_assume_role_policy(RoleName="backstay-agent", PolicyDocument=_policy(anyone))
    iam.put_role_policy(RoleName="backstay-agent", PolicyName="backstay-agent", PolicyDocument=_policy(everything))
    lost = role_of(bare, RISK, "AWSBackupDefaultServiceRole")["attached"][0]
    iam.detach_role_policy(RoleName="AWSBackupDefaultServiceRole", PolicyArn=lost)
    own = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    backup = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(RoleName="AWSBackupDefaultServiceRole", PolicyDocument=_policy(own, backup))
    checked = run("org", "bootstrap", "--check")
    assert checked.exit_code == 1
    assert "whom it trusts" in checked.stdout
    assert run("org", "bootstrap", "--yes").exit_code == 0
    assert role_of(bare, RISK) == before
    service = role_of(bare, RISK, "AWSBackupDefaultServiceRole")
    assert lost in service["attached"]
    assert len(service["trust"]["Statement"]) == 2
    assert run("org", "bootstrap", "--check").exit_code == 0


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS, ids=("direct", "stackset"))
def test_trust_boundary_and_roles_to_pass(bare: Any, run: Run, role_of: Any, way: tuple[str, ...]) -> None:
    """The role trusts whoever was named and nobody else, is bounded, and passes the named roles only."""
    for account in MEMBERS:
        bare.client("iam", account).create_policy(PolicyName="limit", Path="/ops/", PolicyDocument=_policy(_ALL))
    runner = f"arn:aws:iam::{CENTRAL}:role/pipeline"
    bare.client("iam", CENTRAL).create_role(RoleName="pipeline", AssumeRolePolicyDocument=_policy(_ALL))
    options = ("--trust", runner, "--permissions-boundary", "ops/limit", "--pass-role", "service-role/AWSBackup*")
    made = run("org", "bootstrap", *way, *options, "--yes")
    assert made.exit_code == 0, made.output
    found = role_of(bare, RISK)
    assert found["trust"]["Statement"][0]["Principal"] == {"AWS": runner}
    assert found["boundary"] == f"arn:aws:iam::{RISK}:policy/ops/limit"
    [passing] = [one for one in found["inline"]["backstay-agent"]["Statement"] if one["Sid"] == "PassRoles"]
    assert passing["Resource"] == [f"arn:aws:iam::{RISK}:role/service-role/AWSBackup*"]
    assert role_of(bare, MANAGEMENT) is not None, (
        "whoever comes from outside needs a role in the management account, too"
    )
    assert run("org", "bootstrap", *way, *options).stdout == NOTHING


_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def test_nobody_to_ask_means_nothing_written(bare: Any, run: Run, looks: Looks) -> None:
    """Without a terminal and without --yes: shown, refused with 4, nothing changed; --plan and --check only show."""
    before = looks(bare)
    refused = run("org", "bootstrap", "--backup-account", CENTRAL)
    assert refused.exit_code == 4
    assert "nothing was changed" in refused.stderr
    assert run("org", "bootstrap", "--plan", "--yes").exit_code == 0
    assert run("org", "bootstrap", "--check", "--yes").exit_code == 1
    assert looks(bare) == before


def test_the_organization_file_names_the_delegate(bare: Any, run: Run, tmp_path: Path) -> None:
    """`--org` takes it from there; what is no organization file is a complaint, exit 2."""
    whole = {"id": "o-acme0001", "management_account": MANAGEMENT, "regions": [REGION], "root": {}}
    (tmp_path / "org.yaml").write_text(json.dumps(whole | {"backup_account": CENTRAL}))
    planned = run("org", "bootstrap", "--org", "org.yaml", "--plan")
    assert f"{CENTRAL} as delegated administrator of backup.amazonaws.com" in planned.stdout, planned.output
    (tmp_path / "org.yaml").write_text("shopping: [milk]\n")
    assert run("org", "bootstrap", "--org", "org.yaml", "--plan").exit_code == 2


def test_one_account_that_cannot_be_entered(bare: Any, run: Run, role_of: Any) -> None:
    """It is named with AWS's reason, the others are prepared, exit 3."""
    bare.client("iam", RISK).delete_role(RoleName="OrganizationAccountAccessRole")
    result = run("org", "bootstrap", "--yes")
    assert result.exit_code == 3
    assert "cannot    roles\n              in 1 account: risk-prod (100000000011)\n" in result.stdout
    assert "AccessDenied" in result.stdout
    assert role_of(bare, PAYMENTS)["inline"]


@pytest.mark.long
def test_a_role_elsewhere_is_left_alone(bare: Any, run: Run, role_of: Any) -> None:
    """IAM cannot move a role to another path: it is told, nothing is done to it, exit 3."""
    bare.client("iam", RISK).create_role(
        RoleName="backstay-agent", Path="/old/", AssumeRolePolicyDocument=_policy(_ALL)
    )
    result = run("org", "bootstrap", "--yes")
    assert result.exit_code == 3
    assert "there is a role old/backstay-agent" in result.stdout
    assert role_of(bare, RISK)["inline"] == {}


@pytest.mark.long
def test_only_some_accounts(bare: Any, run: Run, role_of: Any) -> None:
    """`--account` narrows the roles."""
    assert run("org", "bootstrap", "--account", RISK, "--yes").exit_code == 0
    assert role_of(bare, RISK) is not None
    assert role_of(bare, PAYMENTS) is None


NONSENSE = (
    ("--via", "stackset", "--account", RISK),
    ("--ou", "Workloads"),
    ("--delegate-stack-sets",),
    ("--backup-account", "12"),
    ("--backup-account", MANAGEMENT),
    ("--account", "999999999999"),
    ("--trust", "everybody"),
)


def test_nonsense_is_refused(cloud: Any, run: Run) -> None:
    """Options that contradict each other, and what is no account or principal here: exit 2."""
    for options in NONSENSE:
        refused = run("org", "bootstrap", *options, "--yes")
        assert refused.exit_code == 2, options
        assert "rror: " in refused.stderr


def test_json_is_the_contract_and_the_journal_tells_each_step(bare: Any, run: Run, tmp_path: Path) -> None:
    """`--format json` is one document with steps and outcomes; every step began and ended in the journal."""
    told = Bootstrap.model_validate_json(run("org", "bootstrap", "--yes", "--format", "json").stdout)
    assert told.outcomes is not None
    assert {one.status for one in told.outcomes} == {"done"}
    [journal] = (tmp_path / ".backstay" / "journal").glob("*.jsonl")
    events = [JournalEvent.model_validate_json(line) for line in journal.read_text().splitlines()]
    for outcome in ("started", "done"):
        assert sorted(event.action for event in events if event.outcome == outcome) == sorted(
            step.id for step in told.steps
        )


@pytest.mark.long
def test_a_delegated_administrator_deploys_the_stack_sets(bare: Any, run: Run, role_of: Any, monkeypatch: Any) -> None:
    """What the management account did once is enough; what only it can do is told there, not tried."""
    options = ("--backup-account", CENTRAL, "--delegate-stack-sets")
    assert run("org", "bootstrap", *options, "--account", CENTRAL, "--yes").exit_code == 0
    keys = bare.client("iam", CENTRAL)
    keys.create_user(UserName="ops")
    keys.put_user_policy(UserName="ops", PolicyName="all", PolicyDocument=_policy(_ALL))
    made = keys.create_access_key(UserName="ops")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
    result = run("org", "bootstrap", "--via", "stackset", "--yes")
    assert role_of(bare, RISK) is not None, result.output
    assert role_of(bare, PAYMENTS, "AWSBackupDefaultServiceRole") is not None
    assert result.exit_code == 3
    assert f"in 1 account: acme-management ({MANAGEMENT})" in result.stdout
