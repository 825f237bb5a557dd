"""What could only be said by inventing it: left out, told, and never broader or tighter than its source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backstay.importer.found import Found, Kind, Reading, Scope, Unknown
from backstay.importer.settle import settle
from backstay.importer.write.source import write
from backstay_contract.findings import Span

HERE = Span("source.json", 1, 1, 1, 2)
OPEN = Unknown("var.x", "nobody gives it", "x")
GIVEN = Unknown("var.x", "nobody gives it", "x", "a")
OWN = "arn:aws:backup:eu-central-1:$account:backup-vault"


def found(kind: Kind, body: dict[str, Any], name: str = "n") -> Found:
    """Something that holds everywhere."""
    return Found(kind, name, body, HERE, (), Scope(target="root()"))


def rule(**more: Any) -> Found:
    """A plan with one rule."""
    named = {"RuleName": "r", "TargetBackupVaultName": "Default", **more}
    return found("plan", {"BackupPlan": {"BackupPlanName": "p", "Rules": [named]}}, "p")


def selection(**body: Any) -> Found:
    """A selection of that plan."""
    return found("selection", {"BackupPlanName": "p", "BackupSelection": {"SelectionName": "s", **body}}, "s")


def source(*things: Found) -> tuple[str, list[str]]:
    """The policy file of what is found, and the names of the findings."""
    settled = settle(Reading(things))
    return write(settled, ["a"]).source, [finding.name for finding in settled.findings]


@pytest.mark.parametrize(
    "body",
    [
        {"ListOfTags": [{"ConditionKey": "backup", "ConditionValue": OPEN}]},
        {"ListOfTags": OPEN},
        {"Resources": ["*"], "NotResources": [OPEN]},
        {"Resources": ["*"], "NotResources": ["arn:aws:ec2:*:$account:volume/vol-1"]},
        {"Resources": ["*"], "Conditions": {"StringNotEquals": [{"ConditionKey": OPEN, "ConditionValue": "x"}]}},
    ],
)
def test_open_selections(body: dict[str, Any], build: Callable[[str], Any]) -> None:
    """A selection whose meaning is open takes nothing: it is not there, and a comment and a warning say so."""
    text, findings = source(rule(), selection(**body))
    assert "Select" not in text
    assert "# left out: the selection `s`" in text
    assert findings == ["left-out"]
    assert all("selections" not in shape for shape in build(text).values())


def test_a_selection_with_a_default(build: Callable[[str], Any]) -> None:
    """A value for which the source itself has a default is that value."""
    text, findings = source(rule(), selection(ListOfTags=[{"ConditionKey": "backup", "ConditionValue": GIVEN}]))
    assert findings == []
    assert 'tag("backup").isin(' in text
    assert '"a"' in text
    assert build(text)


@pytest.mark.parametrize("member", ["MinRetentionDays", "MaxRetentionDays", "ChangeableForDays"])
def test_open_locks(member: str, build: Callable[[str], Any]) -> None:
    """A lock of which a number is open is not there: no lock ever closes on a number that nobody chose."""
    numbers = {"MinRetentionDays": 7, "MaxRetentionDays": 90, "ChangeableForDays": 5, member: OPEN}
    vault, lock = found("vault", {"BackupVaultName": "n"}), found("lock", {"BackupVaultName": "n", **numbers})
    for things in ((vault, lock), (lock,)):
        text, findings = source(*things)
        assert "Lock" not in text.replace("# left out: the lock", "")
        assert "# left out: the lock of vault `n`; could not be decided: var.x" in text
        assert findings == ["left-out"]
        assert all("vault_locks" not in shape for shape in build(text).values())


def test_open_air_gapped_vaults(build: Callable[[str], Any]) -> None:
    """An air-gapped vault without a known bound is left out with what belongs to it and what goes to it."""
    vault = found("air_gapped_vault", {"BackupVaultName": "n", "MinRetentionDays": 7, "MaxRetentionDays": OPEN})
    access = found("access", {"BackupVaultName": "n", "Policy": {"Version": "2012-10-17", "Statement": []}})
    plan = rule(
        TargetLogicallyAirGappedBackupVaultArn=f"{OWN}:n", CopyActions=[{"DestinationBackupVaultArn": f"{OWN}:n"}]
    )
    text, findings = source(vault, access, plan)
    assert "AirGappedVault" not in text
    assert "Vault(" not in text
    assert " ".join(text.replace("#", " ").split()).count("for that vault itself is left out") == 2
    assert findings == ["left-out"]
    rules = build(text)["100000000010", "eu-central-1"]["plans"][0]["BackupPlan"]["Rules"]
    assert not rules[0].get("CopyActions")


def test_copies_to_nowhere(build: Callable[[str], Any]) -> None:
    """A copy to an open vault is a warning, one to what is no ARN an error; both are left out, the others stay."""
    good = "arn:aws:backup:eu-central-1:100000000003:backup-vault:central"
    ends = [OPEN, "CENTRAL_VAULT_ARN", good]
    text, findings = source(rule(CopyActions=[{"DestinationBackupVaultArn": end} for end in ends]))
    assert findings == ["left-out", "wrong-value"]
    assert text.count("Copy(") == 1
    assert "`CENTRAL_VAULT_ARN`, which is no vault's ARN" in text
    rules = build(text)["100000000010", "eu-central-1"]["plans"][0]["BackupPlan"]["Rules"]
    assert [copy["DestinationBackupVaultArn"] for copy in rules[0]["CopyActions"]] == [good]


def test_aws_defaults_stand_in(build: Callable[[str], Any]) -> None:
    """What AWS has a default for is that default, as a parameter; a retention that is open is nobody's to choose."""
    opened = {name: Unknown(f"var.{name}", "nobody gives it", name) for name in ("at", "into", "start", "end", "keep")}
    text, _ = source(
        rule(
            ScheduleExpression=opened["at"],
            TargetBackupVaultName=opened["into"],
            StartWindowMinutes=opened["start"],
            CompletionWindowMinutes=opened["end"],
            Lifecycle={"DeleteAfterDays": opened["keep"]},
        ),
        selection(IamRoleArn=OPEN, Resources=["*"]),
    )
    assert 'param("into", "Default")' in text
    assert 'role=param("x", "service-role/AWSBackupDefaultServiceRole")' in text
    shape = build(text)["100000000010", "eu-central-1"]
    made = shape["plans"][0]["BackupPlan"]["Rules"][0]
    assert made["ScheduleExpression"] == "cron(0 5 ? * * *)"
    assert (made["StartWindowMinutes"], made["CompletionWindowMinutes"]) == (480, 10080)
    assert made["TargetBackupVaultName"] == "Default"
    assert "Lifecycle" not in made


def test_a_vault_by_its_open_name(build: Callable[[str], Any]) -> None:
    """A rule goes to the vault that the file declares under the same open name, not to AWS's own."""
    text, _ = source(found("vault", {"BackupVaultName": OPEN}), rule(TargetBackupVaultName=OPEN))
    assert "into=n," in text or "into=n)" in text
    shape = build(text)["100000000010", "eu-central-1"]
    vault = shape["plans"][0]["BackupPlan"]["Rules"][0]["TargetBackupVaultName"]
    assert vault == shape["vaults"][0]["BackupVaultName"]


def test_restore_tests_of_open_vaults(build: Callable[[str], Any]) -> None:
    """A restore test whose vaults are open restores nothing, instead of something from every vault."""
    plan = {
        "RestoreTestingPlanName": "t",
        "ScheduleExpression": "cron(0 5 ? * * *)",
        "RecoveryPointSelection": {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": OPEN},
    }
    chosen = {"RestoreTestingPlanName": "t", "RestoreTestingSelectionName": "s", "ProtectedResourceType": "EBS"}
    text, findings = source(found("restore_testing_plan", plan, "t"), found("restore_testing_selection", chosen, "s"))
    assert findings == ["left-out"]
    assert "RestoreSelect" not in text
    assert build(text)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("legal_hold", {"Title": "n", "Description": "d", "RecoveryPointSelection": {"VaultNames": OPEN}}),
        ("tiering", {"TieringConfiguration": {"TieringConfigurationName": "n", "BackupVaultName": OPEN}}),
    ],
)
def test_wholes(kind: Kind, body: dict[str, Any]) -> None:
    """What would hold or move other recovery points is left out whole, and the file says so at its top."""
    settled = settle(Reading((found(kind, body), rule())))
    assert [one.kind for one in settled.found] == ["plan"]
    assert write(settled, ["a"]).source.index("# left out: the ") < 200


def test_reports() -> None:
    """A report names the accounts that are known; its own account needs no word, and `root` is AWS's `ROOT`."""
    setting = {"ReportTemplate": "BACKUP_JOB_REPORT", "Accounts": ["root", OPEN, "$account"]}
    body = {"ReportPlanName": "n", "ReportDeliveryChannel": {"S3BucketName": "b"}, "ReportSetting": setting}
    text, _ = source(found("report_plan", body))
    assert 'accounts=["ROOT"]' in text
    assert text.count("# left out: an account") == 2


def test_a_selection_of_nothing(build: Callable[[str], Any]) -> None:
    """A selection that names nothing is refused by AWS: it becomes none that takes everything."""
    text, findings = source(rule(), selection(Resources=[], ListOfTags=[], Conditions={"StringEquals": []}))
    assert "Select" not in text
    assert "# left out: the selection `s`; it names no resources, no tags and no conditions" in text
    assert findings == ["left-out"]
    assert all("selections" not in shape for shape in build(text).values())


@pytest.mark.parametrize("grace", [{}, {"ChangeableForDays": 5}])
def test_locks_that_may_not_be_there(grace: dict[str, int]) -> None:
    """A lock of which the source leaves open whether it is there is not there."""
    vault = found("vault", {"BackupVaultName": "n"})
    lock = found("lock", {"BackupVaultName": "n", "MinRetentionDays": 7, **grace})
    assert "lock=" in source(vault, lock)[0]
    text, findings = source(vault, replace(lock, maybe=OPEN))
    assert "lock=" not in text
    assert "# left out: the lock of vault `n`; could not be decided: var.x" in text
    assert findings == ["left-out"]


def test_open_notifications(build: Callable[[str], Any]) -> None:
    """Notifications of open events are left out; an open topic is a name to be put right."""
    vault = found("vault", {"BackupVaultName": "n"})
    topic = Unknown("aws_sns_topic.t.arn", "it is elsewhere", "t_arn")
    told = found("notifications", {"BackupVaultName": "n", "SNSTopicArn": topic, "BackupVaultEvents": [OPEN]})
    assert source(vault, told)[1] == ["left-out"]
    told = replace(told, body={**told.body, "BackupVaultEvents": ["BACKUP_JOB_FAILED"]})
    text, findings = source(vault, told)
    assert findings == []
    assert 'T = "t"' in text
    assert "notify=Notify(T, on=" in text
    assert build(text)


def statement(**more: Any) -> Found:
    """An access policy with one statement."""
    said = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
    return found("access", {"BackupVaultName": "n", "Policy": {"Version": "2012-10-17", "Statement": [said | more]}})


@pytest.mark.parametrize(
    ("more", "stays"),
    [
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": OPEN}}}, True),
        ({"Principal": {"AWS": OPEN}}, True),
        ({"Effect": "Deny", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": OPEN}}}, False),
        ({"Effect": OPEN}, False),
        ({"Action": [OPEN]}, False),
    ],
)
def test_open_access_policies(more: dict[str, Any], stays: bool) -> None:
    """An open part of what is allowed allows nothing yet; of what is denied it could deny more, and is left out."""
    text, findings = source(found("vault", {"BackupVaultName": "n"}), statement(**more))
    assert ("access=" in text, findings) == (stays, [] if stays else ["left-out"])


def test_parts_of_air_gapped_vaults() -> None:
    """What is left out of an air-gapped vault is said there, and makes no second vault of the name."""
    vault = found("air_gapped_vault", {"BackupVaultName": "n", "MinRetentionDays": 7, "MaxRetentionDays": 90})
    text, findings = source(vault, statement(Effect=OPEN))
    assert findings == ["left-out"]
    assert text.count("Vault(") == text.count("AirGappedVault(") == 1
    assert "# left out: the access policy of vault `n`" in text


def test_reports_of_an_open_kind() -> None:
    """A report whose template is open is none."""
    setting = {"ReportTemplate": OPEN}
    body = {"ReportPlanName": "n", "ReportDeliveryChannel": {"S3BucketName": "b"}, "ReportSetting": setting}
    assert not settle(Reading((found("report_plan", body),))).found


def test_plans_of_which_only_selections_are_known(build: Callable[[str], Any]) -> None:
    """A plan whose rules are not there is no mistake of the source: a comment allows it and says why."""
    text, _ = source(selection(Resources=["*"]))
    assert "# backstay: allow plan-without-rules — its rules are not among what was imported\np = Plan(" in text
    assert build(text)


def test_the_place_of_what_is_open() -> None:
    """The finding stands where the open value does, as far as its places are known."""
    there = Span("source.json", 7, 3, 7, 9)
    places = {"/BackupSelection/ListOfTags/0": there}
    chosen = selection(ListOfTags=[{"ConditionKey": OPEN, "ConditionValue": "x"}])
    settled = settle(Reading((rule(), replace(chosen, places=places))))
    assert [one.span for one in settled.findings] == [there]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"Resources": ["*", "my-bucket"]}, "`my-bucket` is no ARN"),
        ({"Resources": ["*"], "NotResources": ["my-bucket"]}, "`my-bucket` is no ARN"),
        ({"ListOfTags": [{"ConditionKey": "", "ConditionValue": "x"}]}, "it asks for a tag without a key"),
        ({"Conditions": {"StringLike": [{"ConditionKey": "aws:ResourceTag/"}]}}, "it asks for a tag without a key"),
    ],
)
def test_selections_that_aws_refuses(body: dict[str, Any], said: str, build: Callable[[str], Any]) -> None:
    """A selection that nobody could make is an error, and left out whole: a part of it would be another."""
    text, findings = source(rule(), selection(**body))
    assert f"# left out: the selection `s`; {said}" in text
    assert findings == ["wrong-value"]
    assert all("selections" not in shape for shape in build(text).values())
