"""The eyes, on an embedded AWS over HTTP: they see what matters in every account; one blind spot blinds no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.awsrequest import AWSResponse

from backstay_agent.aws import Aws, AwsProblem, Endpoint, UnreachableError
from backstay_agent.observe import observe
from backstay_agent.observed import OWNER_TAG
from backstay_contract.plan import Scope

MANAGEMENT, CENTRAL, PAYMENTS, RISK = "100000000001", "100000000002", "100000000010", "100000000011"
REGION, ORGANIZATION = "eu-central-1", "o-acme0001"
SCOPE = Scope(folder="build")
OURS = {OWNER_TAG: ORGANIZATION}


def test_it_sees_what_is_wanted_or_ours_and_nothing_else(cloud: Any, builds: Any) -> None:
    """Foreign vaults and plans of other names are not even kept in memory."""
    backup = cloud.client("backup")
    backup.create_backup_vault(BackupVaultName="primary")
    backup.create_backup_vault(BackupVaultName="old", BackupVaultTags=OURS)
    backup.create_backup_vault(BackupVaultName="theirs")
    for name, tags in (("gold", {}), ("old-plan", OURS), ("their-plan", {})):
        rule = {"RuleName": "r", "TargetBackupVaultName": "primary"}
        backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]}, BackupPlanTags=tags)
    place = observe(builds.make(), cloud.aws(), SCOPE).places[PAYMENTS, REGION]
    assert sorted(place.vaults) == ["old", "primary"]
    assert [plan.name for plan in place.plans] == ["gold", "old-plan"]
    assert (place.vaults["old"].empty, place.vaults["primary"].empty) == (True, None)


def test_looking_twice_gives_the_same(cloud: Any, builds: Any) -> None:
    """Nothing of the order in which answers arrive is left in what was observed."""
    cloud.client("backup").create_backup_vault(BackupVaultName="primary")
    build = builds.make(accounts=(PAYMENTS, RISK))
    first, second = (observe(build, cloud.aws(), SCOPE) for _ in range(2))
    assert first.digest() == second.digest()


def test_each_account_is_entered_as_itself(cloud: Any, builds: Any) -> None:
    """One client serves all accounts at once, and no answer lands in another account's place."""
    for account in (PAYMENTS, RISK, CENTRAL, MANAGEMENT):
        cloud.client("backup", account).create_backup_vault(BackupVaultName=f"v{account}", BackupVaultTags=OURS)
    observed = observe(builds.make(accounts=(PAYMENTS, RISK)), cloud.aws(), SCOPE)
    seen = {account: list(place.vaults) for (account, _), place in observed.places.items()}
    assert seen == {account: [f"v{account}"] for account in (MANAGEMENT, CENTRAL, PAYMENTS, RISK)}


def test_now_is_the_time_of_aws(cloud: Any, builds: Any) -> None:
    """The clock that counts is the one that AWS answers with."""
    aws = cloud.aws()
    before = observe(builds.make(), aws, SCOPE).now
    cloud.local.advance(timedelta(days=40))
    after = observe(builds.make(), aws, SCOPE).now
    assert timedelta(days=40) <= after - before < timedelta(days=40, minutes=5)


def test_an_account_that_cannot_be_entered_is_told_and_the_rest_is_read(cloud: Any, builds: Any) -> None:
    """A missing agent role costs that account, not the others."""
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    observed = observe(builds.make(accounts=(PAYMENTS, RISK)), cloud.aws(), SCOPE)
    assert [(it.account, it.region) for it in observed.unread] == [(RISK, None)]
    assert "AccessDenied" in observed.unread[0].error
    assert (PAYMENTS, REGION) in observed.places


def test_only_the_accounts_asked_for(cloud: Any, builds: Any) -> None:
    """--account reads that account and no other."""
    scope = Scope(folder="build", only=(RISK,))
    assert list(observe(builds.make(accounts=(PAYMENTS, RISK)), cloud.aws(), scope).places) == [(RISK, REGION)]


def test_more_regions_on_request(cloud: Any, builds: Any) -> None:
    """--look-in finds what is ours in a Region that the build has never heard of."""
    cloud.client("backup", PAYMENTS, "eu-west-1").create_backup_vault(BackupVaultName="lost", BackupVaultTags=OURS)
    scope = Scope(folder="build", also_regions=("eu-west-1",))
    assert list(observe(builds.make(), cloud.aws(), scope).places[PAYMENTS, "eu-west-1"].vaults) == ["lost"]


def test_prerequisites_are_looked_up(cloud: Any, builds: Any, alias: Any) -> None:
    """Key aliases become key ARNs; what does not exist is known not to."""

    def keyed(shape: dict[str, Any]) -> None:
        shape["vaults"][0]["EncryptionKeyArn"] = f"arn:aws:kms:{REGION}:$account:alias/acme"
        shape["vaults"].append(
            {"BackupVaultName": "other", "EncryptionKeyArn": f"arn:aws:kms:{REGION}:$account:alias/none"}
        )

    key = alias(PAYMENTS, "alias/acme")
    cloud.client("sns").delete_topic(TopicArn=f"arn:aws:sns:{REGION}:{PAYMENTS}:alarms")
    place = observe(builds.make(keyed), cloud.aws(), SCOPE).places[PAYMENTS, REGION]
    assert place.keys == {
        f"arn:aws:kms:{REGION}:{PAYMENTS}:alias/acme": key,
        f"arn:aws:kms:{REGION}:{PAYMENTS}:alias/none": None,
    }
    assert list(place.roles.values()) == ["yes"]
    assert list(place.topics.values()) == ["no"]


def test_pages_are_followed(cloud: Any, builds: Any) -> None:
    """More vaults than fit on a page are all seen."""
    backup = cloud.client("backup")
    for number in range(120):
        backup.create_backup_vault(BackupVaultName=f"vault-{number:03}", BackupVaultTags=OURS)
    aws = cloud.aws()
    listed = aws.pages(PAYMENTS, REGION, "backup", "ListBackupVaults", "BackupVaultList", MaxResults=50)
    assert len(list(listed)) == 120
    assert len(observe(builds.make(), aws, SCOPE).places[PAYMENTS, REGION].vaults) == 120


def test_a_refused_call_says_where_and_what(cloud: Any) -> None:
    """A problem carries account, Region, operation, AWS's code and AWS's sentence."""
    with pytest.raises(AwsProblem) as caught:
        cloud.aws().call(PAYMENTS, REGION, "backup", "GetBackupPlan", BackupPlanId="none")
    problem = caught.value
    place = (problem.account, problem.region, problem.operation, problem.code)
    assert place == (PAYMENTS, REGION, "GetBackupPlan", "ResourceNotFoundException")
    assert problem.message


class Answer:
    """A body as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Any:
        """All of it at once."""
        yield self.content


def test_expired_credentials_are_renewed(cloud: Any) -> None:
    """When AWS says that a role's credentials have run out, the agent takes the role again instead of failing."""
    aws, sent = cloud.aws(), []

    def expire(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        sent.append(event_name.rpartition(".")[2])
        if sent[-1] != "ListBackupVaults" or sent.count("ListBackupVaults") > 1:
            return None
        headers = {"x-amzn-ErrorType": "ExpiredTokenException", "Content-Type": "application/json"}
        return AWSResponse(request.url, 403, headers, Answer(b'{"message": "The security token is expired"}'))

    aws.botocore_session.register("before-send", expire)
    assert aws.call(PAYMENTS, REGION, "backup", "ListBackupVaults")["BackupVaultList"] == []
    assert sent == ["GetCallerIdentity", "AssumeRole", "ListBackupVaults", "AssumeRole", "ListBackupVaults"]


def test_an_external_id_is_sent(cloud: Any) -> None:
    """A role is taken with the external id that the caller names, and by its path."""
    aws, bodies = cloud.aws(external_id="s3cret", role_path="/tools/"), []
    aws.botocore_session.register("before-send.sts.AssumeRole", lambda request, **_: bodies.append(request.body))
    with pytest.raises(AwsProblem, match="AccessDenied"):
        aws.call(RISK, REGION, "backup", "ListBackupVaults")
    form = parse_qs(bodies[0])
    assert form["ExternalId"] == ["s3cret"]
    assert form["RoleArn"] == [f"arn:aws:iam::{RISK}:role/tools/backstay-agent"]


def test_nobody_there_is_one_sentence() -> None:
    """An endpoint that does not answer is told before any account is tried."""
    aws = Aws(Endpoint(url="http://127.0.0.1:9", region=REGION, keys=("a", "b")))
    with pytest.raises(UnreachableError, match=r"no answer at http://127\.0\.0\.1:9"):
        aws.caller()


def test_wrong_credentials_are_one_sentence(cloud: Any) -> None:
    """Credentials that AWS does not know are told as such."""
    with pytest.raises(UnreachableError, match="the credentials were refused"):
        cloud.aws(keys=("AKIANOBODYKNOWSTHIS0", "x")).caller()


def test_every_call_is_told_to_whoever_listens(cloud: Any) -> None:
    """A listener hears of each call, taking a role included, with how it ended; retries are counted, not told apart."""
    aws, heard = cloud.aws(), []
    aws.listen(heard.append)
    cloud.local.faults.add("throttle", "backup:ListBackupVaults", count=1)
    aws.call(PAYMENTS, REGION, "backup", "ListBackupVaults")
    with pytest.raises(AwsProblem):
        aws.call(PAYMENTS, REGION, "backup", "GetBackupPlan", BackupPlanId="none")
    told = [(call.account, call.service, call.operation, call.retries, call.code) for call in heard]
    assert told == [
        (PAYMENTS, "sts", "AssumeRole", 0, None),
        (PAYMENTS, "backup", "ListBackupVaults", 1, None),
        (PAYMENTS, "backup", "GetBackupPlan", 0, "ResourceNotFoundException"),
    ]
    assert all(call.request_id and call.seconds > 0 and call.region == REGION for call in heard)
