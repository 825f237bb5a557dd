"""The fixtures for other people's tests: whom they let in, what they are told, and what they leave behind."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import boto3
import pytest

import backstay_local
from backstay_local.app import LocalAws

pytest_plugins = "pytester"
PLUGIN = ("-p", "backstay_local.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """Loads all that there is: the runs inside forget the modules that they loaded, and some cannot be loaded twice."""
    for module in pkgutil.walk_packages(backstay_local.__path__, "backstay_local."):
        importlib.import_module(module.name)
    with LocalAws() as aws:
        aws.client("backup").create_backup_vault(BackupVaultName="v1")
        for service in ("iam", "s3", "sts"):
            aws.session(aws.access_key, aws.secret_key).client(service, "us-east-1")
        aws.client("s3").list_buckets()


def run(pytester: pytest.Pytester, text: str, **outcomes: int) -> pytest.RunResult:
    """Run a test file of somebody else's with the plugin."""
    pytester.makepyfile(text)
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(**outcomes)
    return result


def test_all_ways_to_a_client_reach_it(pytester: pytest.Pytester) -> None:
    """Default sessions, new ones, ones with keys of an assumed role, S3 with bucket hosts; nothing is left."""
    run(
        pytester,
        """
        import json
        import boto3, pytest
        from botocore.config import Config

        def test_one(local_aws):
            assert boto3.client("sts").get_caller_identity()["Account"] == local_aws.management_account
            boto3.Session(region_name="eu-west-1").client("backup").create_backup_vault(BackupVaultName="v1")
            assert [v["BackupVaultName"] for v in
                    local_aws.client("backup", region="eu-west-1").list_backup_vaults()["BackupVaultList"]] == ["v1"]
            trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
            local_aws.client("iam", "222222222222").create_role(
                RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))
            given = boto3.client("sts").assume_role(
                RoleArn="arn:aws:iam::222222222222:role/r", RoleSessionName="session")["Credentials"]
            other = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
            assert other.client("sts").get_caller_identity()["Account"] == "222222222222"
            s3 = boto3.client("s3", config=Config(s3={"addressing_style": "virtual"}))
            s3.create_bucket(Bucket="somewhere")
            s3.put_object(Bucket="somewhere", Key="k", Body=b"x")
            assert s3.get_object(Bucket="somewhere", Key="k")["Body"].read() == b"x"

        def test_two(local_aws):
            assert boto3.client("backup", "eu-west-1").list_backup_vaults()["BackupVaultList"] == []
            with pytest.raises(Exception, match="UnrecognizedClientException"):
                boto3.Session("AKIASTRANGER", "secret").client("backup").list_backup_vaults()
        """,
        passed=2,
    )


def test_a_client_that_is_kept_never_reaches_aws(pytester: pytest.Pytester) -> None:
    """One that outlives its test speaks to the next test's AWS, and to nobody where there is none."""
    run(
        pytester,
        """
        from functools import cache
        import boto3, pytest

        @cache
        def backup():
            return boto3.client("backup")

        def vaults():
            return [vault["BackupVaultName"] for vault in backup().list_backup_vaults()["BackupVaultList"]]

        def test_one(local_aws):
            backup().create_backup_vault(BackupVaultName="v1")
            assert vaults() == ["v1"]

        def test_without():
            with pytest.raises(RuntimeError, match="is closed"):
                vaults()

        def test_two(local_aws):
            assert vaults() == []
        """,
        passed=3,
    )


def test_the_environment_is_as_it_was(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's profile counts in a test, and it is back afterwards."""
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    run(
        pytester,
        """
        import os, boto3

        def test_one(local_aws_server):
            assert "AWS_PROFILE" not in os.environ
            assert local_aws_server.environment["AWS_ENDPOINT_URL"] == local_aws_server.endpoint
            assert os.environ.items() >= local_aws_server.environment.items()
            assert boto3.client("backup").meta.endpoint_url == local_aws_server.endpoint

        def test_two():
            assert os.environ["AWS_PROFILE"] == "mine"
            assert "AWS_ENDPOINT_URL" not in os.environ
            assert boto3.DEFAULT_SESSION is None
        """,
        passed=2,
    )


def test_the_nearest_marker_counts(pytester: pytest.Pytester) -> None:
    """Ini file, module, class, test: each says what those outside it say for all, as words or as values."""
    pytester.makeini("[pytest]\nlocal_aws_start = 2030-01-01T00:00Z\nlocal_aws_settings = run_time = 9m\n")
    run(
        pytester,
        """
        from datetime import UTC, datetime, timedelta
        import pytest
        from backstay_local import Settings

        pytestmark = pytest.mark.local_aws(region="eu-west-1")

        def seen(aws):
            import boto3
            settings = aws.backup._state.settings
            return aws.clock.now().year, boto3.client("backup").meta.region_name, settings.run_time

        def test_ini(local_aws):
            assert seen(local_aws) == (2030, "eu-west-1", timedelta(minutes=9))

        @pytest.mark.local_aws(start=datetime(2031, 1, 1, tzinfo=UTC), settings={"run_time": timedelta(0)})
        class TestInside:
            def test_class(self, local_aws):
                assert seen(local_aws) == (2031, "eu-west-1", timedelta(0))

            @pytest.mark.local_aws(region="eu-west-2", settings=Settings())
            def test_own(self, local_aws):
                assert seen(local_aws) == (2031, "eu-west-2", Settings().run_time)
        """,
        passed=3,
    )


@pytest.mark.parametrize(
    ("marker", "complaint"),
    [
        ("start='tomorrow'", "Invalid isoformat string: 'tomorrow'"),
        ("settings=['run_tim=1s']", "'run_tim=1s' is no setting; NAME=VALUE is"),
        ("settings=['run_time=soon']", "run_time: 'soon' is no duration"),
        ("settings={'run_tim': 1}", "run_tim"),
        ("begin=3", "the marker is local_aws(start, region, settings, seed)"),
    ],
)
def test_a_wrong_marker_is_told(pytester: pytest.Pytester, marker: str, complaint: str) -> None:
    """In words, before the test runs."""
    text = f"import pytest\n@pytest.mark.local_aws({marker})\ndef test_one(local_aws):\n    pass\n"
    result = run(pytester, text, errors=1)
    assert complaint in result.stdout.str()


def test_nothing_of_weight_is_loaded_for_others() -> None:
    """A project that has the package installed and does not use it pays for no boto3 and no moto."""
    code = (
        "import sys, backstay_local, backstay_local.pytest_plugin\n"
        "print(sorted({'boto3', 'botocore', 'moto', 'orjson', 'sqlite3'} & set(sys.modules)))\n"
        "from backstay_local import LocalAws, Settings\n"
        "import backstay_local.app\n"
        "print(LocalAws is backstay_local.app.LocalAws, Settings().preview_length)\n"
        "from backstay_local import Nonsense\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.splitlines() == ["[]", "True 0"]
    assert "cannot import name 'Nonsense'" in done.stderr
