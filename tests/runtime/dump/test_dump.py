"""`backstay dump`: everything of AWS Backup in live accounts, as AWS answers, in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from backstay_contract.dump import Dump

MANAGEMENT, PAYMENTS, RISK, REGION = "100000000001", "100000000010", "100000000011", "eu-central-1"
Run = Callable[..., Result]


def read(path: str = "live.json") -> Dump:
    """A dump that a command wrote."""
    return Dump.model_validate(json.loads(Path(path).read_bytes()))


def test_what_an_apply_made_is_in_the_dump(cloud: Any, run: Run, builds: Any, alias: Callable[..., str]) -> None:
    """Plans with selections, vaults with lock, policy and events, and settings, in every account; the rest is empty."""
    for account in (PAYMENTS, RISK):
        alias(account, "alias/acme")
    change = lambda body: body["vaults"][0].update(EncryptionKeyArn=f"arn:aws:kms:{REGION}:$account:alias/acme")  # noqa: E731
    builds.write(Path("build"), change)
    assert run("apply", "build", "--yes").exit_code == 0
    result = run("dump", "-o", "live.json", "--regions", REGION)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "Read 4 accounts: 2 plans, 2 vaults.\n"
    dump = read()
    assert (dump.failed, set(dump.accounts)) == ({}, {MANAGEMENT, "100000000002", PAYMENTS, RISK})
    place = dump.accounts[RISK][REGION]
    (plan,), (vault,) = place.plans, place.vaults
    assert plan.plan["BackupPlan"]["BackupPlanName"] == "gold"
    assert [one["BackupSelection"]["SelectionName"] for one in plan.selections] == ["tier-gold"]
    assert vault.vault["MinRetentionDays"] == 7
    assert vault.access_policy is not None
    assert vault.notifications is not None
    assert place.region_settings
    assert dump.organization is not None
    assert dump.organization.management_account == MANAGEMENT


def test_a_key_is_named_as_a_person_would(cloud: Any, run: Run, alias: Callable[..., str]) -> None:
    """A key with one alias is named by it, one with two by its id, and AWS Backup's own key not at all."""
    backup, kms = cloud.client("backup"), cloud.client("kms")
    named, twice = alias(PAYMENTS, "alias/one"), alias(PAYMENTS, "alias/two")
    kms.create_alias(AliasName="alias/three", TargetKeyId=twice)
    backup.create_backup_vault(BackupVaultName="named", EncryptionKeyArn=named)
    backup.create_backup_vault(BackupVaultName="twice", EncryptionKeyArn=twice)
    backup.create_backup_vault(BackupVaultName="own")
    assert run("dump", "-o", "live.json", "--account", "payments-prod", "--regions", REGION).exit_code == 0
    vaults = read().accounts[PAYMENTS][REGION].vaults
    keys = {vault.vault["BackupVaultName"]: vault.vault.get("EncryptionKeyArn") for vault in vaults}
    assert keys == {"named": f"arn:aws:kms:{REGION}:{PAYMENTS}:alias/one", "own": None, "twice": twice}


def test_the_mark_of_ownership_is_no_tag_of_a_policy(cloud: Any, run: Run, builds: Any) -> None:
    """The agent's own tag is left out, so that an imported policy does not set it."""
    builds.write(Path("build"))
    run("apply", "build", "--yes")
    run("dump", "-o", "live.json", "--regions", REGION, "--account", PAYMENTS)
    place = read().accounts[PAYMENTS][REGION]
    assert place.plans[0].tags == {"team": "platform"} == place.vaults[0].tags


def test_one_account_that_cannot_be_entered_is_named(cloud: Any, run: Run) -> None:
    """The others are read, the exit code is 3, and the reason stands in the file and on standard error."""
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    result = run("dump", "-o", "live.json", "--regions", REGION)
    assert result.exit_code == 3
    dump = read()
    assert set(dump.failed) == {RISK}
    assert RISK not in dump.accounts
    assert PAYMENTS in dump.accounts
    assert f"risk-prod ({RISK}): not read: AccessDenied while assuming" in result.stderr


def test_one_noun_that_may_not_be_read_costs_no_other(cloud: Any, run: Run, builds: Any) -> None:
    """Where frameworks are denied, plans and vaults are read all the same, and the noun is named."""
    builds.write(Path("build"))
    run("apply", "build", "--yes")
    deny = {"Effect": "Deny", "Action": "backup:ListFrameworks", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam = cloud.client("iam", PAYMENTS)
    iam.put_role_policy(RoleName="backstay-agent", PolicyName="deny", PolicyDocument=document)
    result = run("dump", "-o", "live.json", "--regions", REGION, "--account", PAYMENTS)
    assert result.exit_code == 3
    dump = read()
    assert len(dump.accounts[PAYMENTS][REGION].plans) == 1
    assert dump.failed == {PAYMENTS: f"{REGION}: frameworks: AccessDeniedException from ListFrameworks"}


def test_a_region_that_does_not_answer_is_told_once(cloud: Any, run: Run) -> None:
    """Not once for each kind of thing; the account's other Regions are in the dump."""
    cloud.local.faults.add("expired", "backup:*", region="eu-west-1")
    result = run("dump", "-o", "live.json", "--regions", f"{REGION},eu-west-1", "--account", PAYMENTS)
    assert result.exit_code == 3
    dump = read()
    assert set(dump.accounts[PAYMENTS]) == {REGION}
    assert dump.failed == {PAYMENTS: "eu-west-1: AWS Backup does not answer: ExpiredTokenException"}


def test_reading_changes_nothing(cloud: Any, run: Run) -> None:
    """No operation but reads is called."""
    client = cloud.client("cloudtrail", PAYMENTS)
    run("dump", "-o", "live.json", "--regions", REGION, "--account", PAYMENTS)
    events = client.lookup_events()["Events"]
    assert not [event["EventName"] for event in events if not event["EventName"].startswith(("List", "Get", "Desc"))]


def test_the_same_accounts_give_the_same_bytes(cloud: Any, run: Run, builds: Any) -> None:
    """Two dumps of accounts in which nothing happened are equal."""
    builds.write(Path("build"))
    run("apply", "build", "--yes")
    run("dump", "-o", "one.json", "--regions", REGION)
    run("dump", "-o", "two.json", "--regions", REGION)
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--account", "nobody"), "the organization has no account nobody"),
        (("--regions", "mars-1"), "there is no Region mars-1"),
        (("--regions", ","), "--regions names no Region"),
        (("--org", "missing.yaml"), "missing.yaml cannot be read"),
        (("--org", "wrong.yaml"), "wrong.yaml is no organization file"),
        (("--org", "broken.yaml"), "broken.yaml is no YAML"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told(cloud: Any, run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    """Exit 2 and a sentence that names what was asked for."""
    Path("wrong.yaml").write_text("id: x")
    Path("broken.yaml").write_text("id: [")
    result = run("dump", "-o", "live.json", *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert not Path("live.json").exists()
