"""`backstay audit` against the embedded AWS over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay_agent.signing import keys

PAYMENTS, RISK, CENTRAL, MANAGEMENT = "100000000010", "100000000011", "100000000002", "100000000001"
REGION = "eu-central-1"
GOLD = f"arn:aws:dynamodb:{REGION}:{PAYMENTS}:table/orders"
BARE = f"arn:aws:dynamodb:{REGION}:{PAYMENTS}:table/scratch"
ROLE = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"
LAST = "BACKUP_LAST_RECOVERY_POINT_CREATED"

Audit = Callable[..., Result]


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Runs `backstay audit …` in an empty working directory; an exception of ours is raised."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str | Path) -> Result:
        from backstay_agent.cli.audit import audit as command

        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def applied(cloud: Any, builds: Any, run: Callable[..., Result], tmp_path: Path) -> Path:
    """A build applied to two accounts; in one of them a table that its plan takes, and one that it does not."""
    build: Path = builds.write(tmp_path / "build")
    assert run("apply", build, "--yes").exit_code == 0
    tables = cloud.client("dynamodb")
    for name, tags in (("orders", {"backup": "gold", "owner": "payments"}), ("scratch", {"backup": "none"})):
        tables.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
    return build


def back_up(cloud: Any) -> None:
    """Back the table up, and wait until it is done."""
    backup = cloud.client("backup")
    job = backup.start_backup_job(
        BackupVaultName="primary", ResourceArn=GOLD, IamRoleArn=ROLE, Lifecycle={"DeleteAfterDays": 35}
    )["BackupJobId"]
    for _ in range(100):
        if backup.describe_backup_job(BackupJobId=job)["State"] == "COMPLETED":
            return
        time.sleep(0.1)
    raise AssertionError("the backup did not end")


def found(result: Result, control: str) -> dict[str, str]:
    """The statuses of a control in the JSON form, by resource."""
    findings = json.loads(result.stdout)["findings"]
    return {it["resource"]: it["status"] for it in findings if it["control"] == control}


def test_from_unprotected_to_backed_up(cloud: Any, applied: Path, audit: Audit) -> None:
    """The table that a plan takes fails until it is backed up, and fails again two days later by AWS's clock."""
    before = audit(applied, "--format", "json")
    assert before.exit_code == 1
    assert found(before, "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN") == {GOLD: "COMPLIANT", BARE: "NON_COMPLIANT"}
    assert found(before, LAST) == {GOLD: "NON_COMPLIANT", BARE: "NON_COMPLIANT"}
    assert set(found(before, "vault-lock-as-promised").values()) == {"COMPLIANT"}
    assert set(found(before, "plan-as-promised").values()) == {"COMPLIANT"}
    back_up(cloud)
    assert found(audit(applied, "--format", "json"), LAST) == {GOLD: "COMPLIANT", BARE: "NON_COMPLIANT"}
    for selection in _selections(cloud):
        cloud.client("backup").delete_backup_selection(**selection)
    cloud.local.advance(timedelta(days=2))
    assert found(audit(applied, "--format", "json"), LAST)[GOLD] == "NON_COMPLIANT"


def _selections(cloud: Any) -> list[dict[str, str]]:
    backup = cloud.client("backup")
    plans = [plan["BackupPlanId"] for plan in backup.list_backup_plans()["BackupPlansList"]]
    return [
        {"BackupPlanId": plan, "SelectionId": selection["SelectionId"]}
        for plan in plans
        for selection in backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    ]


def test_what_was_changed_by_hand_is_told_with_both_sides(cloud: Any, applied: Path, audit: Audit) -> None:
    """A lock that somebody loosened and a selection that somebody removed no longer are what the build promises."""
    backup = cloud.client("backup")
    backup.put_backup_vault_lock_configuration(BackupVaultName="primary", MinRetentionDays=1, MaxRetentionDays=400)
    for selection in _selections(cloud):
        backup.delete_backup_selection(**selection)
    findings = json.loads(audit(applied, "--format", "json", "--account", "payments-prod").stdout)["findings"]
    told = {it["control"]: it["reason"] for it in findings if it["status"] == "NON_COMPLIANT"}
    assert "1 to 400 days, the policy says 7 to 400 days" in told["vault-lock-as-promised"]
    assert "selection tier-gold does not exist" in told["plan-as-promised"]


def test_the_text_tells_what_changed_since_last(cloud: Any, applied: Path, audit: Audit) -> None:
    """The second audit tells what was repaired, where report and raw result went, and these files are there."""
    assert "Since the audit" not in audit(applied).stdout
    back_up(cloud)
    cloud.local.advance(timedelta(minutes=1))
    shown = audit(applied).stdout
    assert "0 new, 1 repaired" in shown
    assert "last recovery point within 1 day" in shown
    words = shown.splitlines()[-1].split()
    report, raw = words[1], words[-1]
    assert Path(report).read_bytes().startswith(b"<!doctype html>")
    assert json.loads(Path(raw).read_bytes())["summary"]["organization"] == "o-acme0001"


def test_accounts_that_the_build_does_not_name_are_looked_into(applied: Path, audit: Audit) -> None:
    """An account that no policy reaches is part of the organization, and so of the audit."""
    summary = json.loads(audit(applied, "--format", "json").stdout)["summary"]
    assert summary["accounts"] == 4


def test_an_account_that_cannot_be_entered_is_named_and_gives_3(cloud: Any, applied: Path, audit: Audit) -> None:
    """One closed door makes its account unknown, the rest is judged, and the exit code says that it is partly done."""
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    text = audit(applied)
    assert text.exit_code == 3
    assert "not readable: risk-prod" in text.stdout
    result = audit(applied, "--format", "json")
    findings = json.loads(result.stdout)["findings"]
    assert {it["status"] for it in findings if it["account"] == RISK} == {"UNKNOWN"}
    assert found(result, "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN")[GOLD] == "COMPLIANT"


def test_controls_and_parameters_are_chosen(cloud: Any, applied: Path, audit: Audit) -> None:
    """One control, one parameter: a recovery point kept for 35 days is too short-lived where 36 are wanted."""
    back_up(cloud)
    name = "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"
    assert audit(applied, "--control", name).exit_code == 0
    stricter = audit(applied, "--control", name, "--set", f"{name}.requiredRetentionDays=36", "--format", "json")
    assert stricter.exit_code == 1
    assert {it["control"] for it in json.loads(stricter.stdout)["findings"]} == {name}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--control", "vault-lock-promised"), "the nearest is vault-lock-as-promised"),
        (("--set", f"{LAST}.recoveryPointAgeValue=99"), "1 to 31 days, not 99"),
        (("--account", "nobody"), "the build names no account nobody"),
    ],
)
def test_bad_usage_is_one_sentence_and_2(
    cloud: Any, builds: Any, tmp_path: Path, audit: Audit, arguments: tuple[str, ...], words: str
) -> None:
    """What does not exist is refused before anything is read."""
    result = audit(builds.write(tmp_path / "build"), *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_no_endpoint_gives_2(builds: Any, tmp_path: Path, audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answer from AWS there is a sentence and no report."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "unknown")
    result = audit(builds.write(tmp_path / "build"), "--endpoint-url", "http://127.0.0.1:9")
    assert result.exit_code == 2
    assert "error:" in result.stderr
    assert not (tmp_path / ".backstay").exists()


def test_formats_go_where_they_are_sent(applied: Path, audit: Audit, tmp_path: Path) -> None:
    """CSV, JUnit and the page are written to a file on request; standard output stays empty then."""
    for form, start in (("csv", b"accountId,region,frameworkName,"), ("junit", b"<?xml"), ("html", b"<!doctype html>")):
        target = tmp_path / "out" / form
        result = audit(applied, "--format", form, "-o", target)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert target.read_bytes().startswith(start)


def test_security_hub_takes_what_fails(cloud: Any, applied: Path, audit: Audit) -> None:
    """What does not hold lies in the Security Hub of its own account afterwards; submitted twice, it is there once."""
    hub = cloud.client("securityhub")
    hub.enable_security_hub(EnableDefaultStandards=False)
    for _ in range(2):
        result = audit(applied, "--account", "payments-prod", "--format", "json", "--submit-security-hub")
        assert result.exit_code == 1
        assert "Security Hub took" in result.stderr
    words = {"NON_COMPLIANT": "FAILED", "UNKNOWN": "NOT_AVAILABLE"}
    open_ones = [it for it in json.loads(result.stdout)["findings"] if it["status"] in words]
    there = hub.get_findings(MaxResults=100)["Findings"]
    assert {(it["GeneratorId"], it["Resources"][0]["Id"], it["Compliance"]["Status"]) for it in there} == {
        (f"backstay/{it['control']}", it["resource"], words[it["status"]]) for it in open_ones
    }
    assert len(there) == len(open_ones)


def test_evidence_is_left_and_can_be_checked_without_aws(
    cloud: Any, applied: Path, audit: Audit, tmp_path: Path
) -> None:
    """Each audit leaves a bundle beside its report; another can be asked for, signed, and both hold elsewhere."""
    told = audit(applied).stdout.split()
    kept = Path(told[told.index("Evidence:") + 1])
    key = keys.new()
    (tmp_path / "key.pem").write_bytes(key.pem())
    (tmp_path / "key.pub").write_bytes(key.public.pem())
    own = tmp_path / "out" / "own.zip"
    audit(applied, "--evidence", own, "--sign-key", tmp_path / "key.pem", "--format", "json")
    cloud.local.advance(timedelta(days=2))
    for path, more in ((kept, ()), (own, ("--public-key", tmp_path / "key.pub"))):
        checked = audit("verify", path, *more)
        assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (0, "The evidence holds.")
    refused = audit(applied, "--sign-key", tmp_path / "key.pub")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "holds no private key" in refused.stderr


def test_what_was_read_can_be_asked(cloud: Any, applied: Path, audit: Audit) -> None:
    """An audit keeps tables that `--sql` answers from when AWS is gone, with what frameworks and tags say of owners."""
    assert audit(applied, "--owner-tag", "team", "--owner-tag", "owner").exit_code == 1
    sql = "SELECT owner FROM findings WHERE status = 'COMPLIANT' AND resource LIKE '%orders' AND control LIKE '%PLAN'"
    assert json.loads(audit("--sql", sql, "--format", "json").stdout) == [{"owner": "payments"}]
    assert audit(applied, "--fail-on", "vault-lock-as-promised").exit_code == 0
    assert audit(applied, "--at-most", "100%").exit_code == 0
