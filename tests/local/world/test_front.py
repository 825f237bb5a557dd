"""Who gets in: keys, roles, and what happens where moto has nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.app import LocalAws

Refused = Callable[[str], AbstractContextManager[None]]
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("backup", "list_backup_vaults", {}),
    ("s3", "list_buckets", {}),
    ("sts", "get_caller_identity", {}),
    ("ec2", "describe_volumes", {}),
    ("dynamodb", "list_tables", {}),
    ("iam", "list_roles", {}),
    ("organizations", "list_roots", {}),
    ("sqs", "list_queues", {}),
    ("cloudwatch", "list_metrics", {}),
    ("efs", "describe_file_systems", {}),
    ("route53", "list_hosted_zones", {}),
]


@pytest.mark.parametrize(("service", "operation", "params"), CALLS)
def test_an_unknown_key_is_nobody(
    aws: LocalAws, refused: Refused, service: str, operation: str, params: dict[str, Any]
) -> None:
    """A key that nobody gave out is refused in every protocol, and never taken for the management account."""
    client = aws.session("ASIAUNKNOWNUNKNOWN00", "secret").client(service, region_name="eu-west-1")
    with refused("UnrecognizedClientException"):
        getattr(client, operation)(**params)


def test_an_admitted_key_acts_in_its_account(refused: Refused) -> None:
    """`accept` lets a fixed key in, for the account that it was given for."""
    with LocalAws(accept={"AKIAFIXED": "222222222222"}) as aws:
        sts = aws.session("AKIAFIXED", "anything").client("sts", region_name="us-east-1")
        assert sts.get_caller_identity()["Account"] == "222222222222"
        assert aws.client("sts").get_caller_identity()["Account"] == aws.management_account


def test_an_unsigned_request_is_refused(aws: LocalAws) -> None:
    """Without a signature there is no account to act in."""
    seen: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": "/bucket", "PATH_INFO": "/bucket"}
    list(aws({**environ, "wsgi.input": BytesIO()}, lambda status, *_: seen.append(status)))
    assert seen == ["403 Forbidden"]


def test_a_header_cannot_choose_the_account(aws: LocalAws) -> None:
    """moto's back door, a header naming the account, is shut."""
    session = aws.session(aws.access_key, aws.secret_key)
    client = session.client("s3", region_name="us-east-1")

    def sneak(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = "999999999999"

    client.meta.events.register("before-sign.s3", sneak)
    client.create_bucket(Bucket="mine")
    assert aws.client("s3", "999999999999").list_buckets()["Buckets"] == []
    assert [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]] == ["mine"]


def test_a_role_of_the_organization_lets_the_management_account_in(acme: LocalAws) -> None:
    """The session of a role acts in the role's account, under the role's name, and chains."""
    mine = acme.session(acme.access_key, acme.secret_key).client("sts", region_name="eu-west-1")
    role = "arn:aws:iam::100000000010:role/OrganizationAccountAccessRole"
    keys = mine.assume_role(RoleArn=role, RoleSessionName="visit")["Credentials"]
    session = acme.session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    identity = session.client("sts", region_name="eu-west-1").get_caller_identity()
    assert identity["Account"] == "100000000010"
    assert identity["Arn"] == "arn:aws:sts::100000000010:assumed-role/OrganizationAccountAccessRole/visit"
    session.client("s3", region_name="us-east-1").create_bucket(Bucket="theirs")
    assert [bucket["Name"] for bucket in acme.client("s3", "100000000010").list_buckets()["Buckets"]] == ["theirs"]


@pytest.mark.parametrize(
    ("caller", "role"),
    [
        (None, "arn:aws:iam::100000000010:role/nobody"),
        (None, "arn:aws:iam::999999999999:role/OrganizationAccountAccessRole"),
        ("100000000011", "arn:aws:iam::100000000010:role/OrganizationAccountAccessRole"),
        ("100000000010", "arn:aws:iam::100000000010:role/OrganizationAccountAccessRole"),
    ],
)
def test_a_role_that_is_not_there_or_does_not_trust_is_refused(
    acme: LocalAws, refused: Refused, caller: str | None, role: str
) -> None:
    """AssumeRole needs a role that exists and whose trust policy names the caller; AWS's sentence says so."""
    sts = acme.client("sts", caller)
    with refused("AccessDenied"):
        sts.assume_role(RoleArn=role, RoleSessionName="visit")


def test_the_refusal_has_awss_sentence(acme: LocalAws) -> None:
    """The message names the caller, the action and the role, as AWS's does."""
    role = "arn:aws:iam::100000000010:role/nobody"
    sentence = f"User: arn:aws:iam::100000000001:root is not authorized to perform: sts:AssumeRole on resource: {role}"
    with pytest.raises(ClientError, match=re.escape(sentence)):
        acme.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")


def test_a_session_is_trusted_as_its_role(acme: LocalAws, refused: Refused) -> None:
    """A role that trusts another role admits that role's sessions, and nobody else of its account."""
    iam = acme.client("iam", "100000000011")
    trusted = "arn:aws:iam::100000000010:role/OrganizationAccountAccessRole"
    statement = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName="next", Path="/x/", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    keys = acme.client("sts").assume_role(RoleArn=trusted, RoleSessionName="visit")["Credentials"]
    session = acme.session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    session.client("sts", region_name="us-east-1").assume_role(RoleArn=role, RoleSessionName="visit")
    with refused("AccessDenied"):
        acme.client("sts", "100000000010").assume_role(RoleArn=role, RoleSessionName="visit")


def test_a_users_key_works_until_it_is_switched_off(aws: LocalAws, refused: Refused) -> None:
    """IAM users' keys are known while they are active."""
    iam = aws.client("iam", "333333333333")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    sts = aws.session(key["AccessKeyId"], key["SecretAccessKey"]).client("sts", region_name="us-east-1")
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::333333333333:user/ann"
    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with refused("UnrecognizedClientException"):
        sts.get_caller_identity()


def test_keys_that_moto_would_invent_are_not_given_out(aws: LocalAws, refused: Refused) -> None:
    """moto's session tokens are the same for everybody; here they are not there."""
    with refused("NotImplementedException"):
        aws.client("sts").get_session_token()


@pytest.mark.parametrize(("service", "operation", "params"), [("guardduty", "get_malware_scan", {"ScanId": "x"})])
def test_what_moto_has_not_got_says_so(
    aws: LocalAws, refused: Refused, service: str, operation: str, params: dict[str, Any]
) -> None:
    """A missing behaviour is a 501 with a code, not a page of HTML that a client would retry."""
    with refused("NotImplementedException"):
        getattr(aws.client(service), operation)(**params)


def test_an_aws_managed_policy_can_be_attached(aws: LocalAws, refused: Refused) -> None:
    """The policies of AWS Backup are there when they are named, with AWS's text; invented ones are not."""
    iam = aws.client("iam")
    iam.create_role(RoleName="backup", AssumeRolePolicyDocument="{}")
    arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
    iam.attach_role_policy(RoleName="backup", PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName="backup")["AttachedPolicies"][0]["PolicyArn"] == arn
    with refused("NoSuchEntity"):
        iam.attach_role_policy(RoleName="backup", PolicyArn="arn:aws:iam::aws:policy/Invented")


def test_an_external_id_opens_a_role_that_asks_for_it(aws: LocalAws, refused: Refused) -> None:
    """A trust policy with sts:ExternalId admits the caller who brings it, and nobody with another or with none."""
    mine = {"AWS": f"arn:aws:iam::{aws.management_account}:root"}
    asks = {"StringEquals": {"sts:ExternalId": "between-us"}}
    statement = {"Effect": "Allow", "Principal": mine, "Action": "sts:AssumeRole", "Condition": asks}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = aws.client("iam", "222222222222")
    role = iam.create_role(RoleName="careful", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    sts = aws.client("sts")
    for wrong in ({}, {"ExternalId": "guessed"}):
        with refused("AccessDenied"):
            sts.assume_role(RoleArn=role, RoleSessionName="visit", **wrong)
    assert sts.assume_role(RoleArn=role, RoleSessionName="visit", ExternalId="between-us")["Credentials"]


@pytest.mark.parametrize(("service", "operation", "params"), CALLS)
def test_every_answer_is_dated_by_the_clock(
    aws: LocalAws, service: str, operation: str, params: dict[str, Any]
) -> None:
    """The Date header of every service tells the embedded AWS's time, not the machine's."""
    if service == "organizations":
        aws.client(service).create_organization()
    aws.advance(timedelta(days=400))
    headers = getattr(aws.client(service), operation)(**params)["ResponseMetadata"]["HTTPHeaders"]
    [date] = [value for name, value in headers.items() if name.lower() == "date"]
    assert abs(parsedate_to_datetime(date) - aws.clock.now()) < timedelta(seconds=5)


@pytest.mark.parametrize(("days", "hours"), [(0, 1), (400, 1)])
def test_a_session_ends_in_the_clocks_time(acme: LocalAws, days: int, hours: int) -> None:
    """Expiration minus Date is how long a session lasts, however far the clock is ahead."""
    acme.advance(timedelta(days=days))
    role = "arn:aws:iam::100000000010:role/OrganizationAccountAccessRole"
    answer = acme.client("sts").assume_role(RoleArn=role, RoleSessionName="visit", DurationSeconds=3600 * hours)
    date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert abs(answer["Credentials"]["Expiration"] - date - timedelta(hours=hours)) < timedelta(seconds=5)


def test_a_session_has_not_ended_for_a_client_of_today() -> None:
    """With a clock in the past a session still ends in the client's future, or boto3 would refuse to use it."""
    with LocalAws(start=datetime(2020, 1, 1, tzinfo=UTC)) as aws:
        mine = {"Effect": "Allow", "Principal": {"AWS": aws.management_account}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [mine]})
        role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
        keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")["Credentials"]
        assert keys["Expiration"] > datetime.now(UTC)


def test_kms_takes_arns_where_aws_does(aws: LocalAws) -> None:
    """A key can be switched off and on, scheduled for deletion and spared by its ARN."""
    kms = aws.client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    for operation in (kms.disable_key, kms.enable_key, kms.schedule_key_deletion, kms.cancel_key_deletion):
        operation(KeyId=arn)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"


def test_kms_signs_a_digest_as_it_is(aws: LocalAws) -> None:
    """A signature over a digest is the same as one over its message, for whoever checks it with the public key."""
    from hashlib import sha256

    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    kms = aws.client("kms", region="eu-west-1")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    asked = {"KeyId": key, "Message": sha256(b"a build").digest(), "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(MessageType="DIGEST", **asked)["Signature"]
    public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, b"a build", ec.ECDSA(SHA256()))


def test_amazons_images_are_there_when_asked_for(aws: LocalAws, refused: Refused) -> None:
    """An image can be looked up, and named without a look-up; invented ones and deregistered ones are not there."""
    found = aws.client("ec2", region="eu-west-1").describe_images(Owners=["amazon"])["Images"]
    assert len(found) > 100
    ec2 = aws.client("ec2", "222222222222", "eu-west-1")
    name = found[0]["ImageId"]
    ec2.run_instances(ImageId=name, MinCount=1, MaxCount=1)
    assert [image["ImageId"] for image in ec2.describe_images(ImageIds=[name])["Images"]] == [name]
    ec2.deregister_image(ImageId=name)
    assert ec2.describe_images(ImageIds=[name])["Images"] == []
    with refused("InvalidAMIID.NotFound"):
        ec2.describe_images(ImageIds=["ami-00000000000000000"])
