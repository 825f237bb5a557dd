"""Windows VSS: application-consistent backups of instances, and what becomes of those that cannot be."""

from __future__ import annotations

from typing import Any

import pytest

WINDOWS, LINUX = "ami-12c6146b", "ami-760aaa0f"
FELL_BACK = "Windows VSS Backup Job Error encountered, trying for regular backup"
VSS = {"WindowsVSS": "enabled"}


def instance(site: Any, image: str = WINDOWS, kind: str = "m5.large") -> str:
    """A running instance."""
    wanted = {"ImageId": image, "InstanceType": kind, "MinCount": 1, "MaxCount": 1}
    [made] = site.client("ec2").run_instances(**wanted)["Instances"]
    return f"arn:aws:ec2:us-east-1:{site.account}:instance/{made['InstanceId']}"


@pytest.mark.parametrize(
    ("image", "kind", "options", "consistent", "message"),
    [
        (WINDOWS, "m5.large", VSS, True, None),
        (WINDOWS, "t3.micro", VSS, False, FELL_BACK),
        (LINUX, "m5.large", VSS, False, FELL_BACK),
        (WINDOWS, "m5.large", {"WindowsVSS": "disabled"}, False, None),
    ],
)
def test_on_demand(
    site: Any, image: str, kind: str, options: dict[str, str], consistent: bool, message: str | None
) -> None:
    """Small types and other systems get a crash-consistent backup, and its job completes with issues."""
    site.vault()
    job_id = site.start(instance(site, image, kind), BackupOptions=options)
    assert "BackupType" not in site.job(job_id)
    site.settle()
    job, [listed] = site.job(job_id), site.jobs()
    assert (job["State"], job["BackupOptions"]) == ("COMPLETED", options)
    assert (job.get("BackupType"), job.get("StatusMessage")) == ("WindowsVSS" if consistent else None, message)
    assert (job["MessageCategory"] == "SUCCESS") == (message is None)
    told = ("BackupType", "StatusMessage", "BackupOptions", "ExpectedCompletionDate")
    assert [listed.get(name) for name in told] == [job.get(name) for name in told]
    assert len(site.points()) == 1


def test_by_rule(site: Any, rule: Any) -> None:
    """The advanced settings of a plan hold for its instances, and for nothing else."""
    site.vault()
    instance(site)
    settings = [{"ResourceType": "EC2", "BackupOptions": VSS}]
    kinds = ["arn:aws:ec2:*:*:instance/*", "arn:aws:s3:::*"]
    site.bucket("bucket-one")
    site.plan(rule(), select={"Resources": kinds}, AdvancedBackupSettings=settings)
    site.advance(hours=6)
    found = {job["ResourceType"]: (job.get("BackupType"), job.get("BackupOptions")) for job in site.jobs()}
    assert found == {"EC2": ("WindowsVSS", VSS), "S3": (None, None)}
