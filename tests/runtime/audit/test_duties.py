"""What a build's requirements and frameworks ask of the resources that are there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backstay_agent.audit import duties
from backstay_agent.controls.facts import Resource
from backstay_agent.read_build import BuildError, read_build
from backstay_agent.wanted import Build
from backstay_contract.promises import Condition

ACCOUNT, REGION = "100000000010", "eu-central-1"
POLICY = """
from backstay import Control, Framework, Lock, Plan, Policy, Require, Rule, Select, Vault, Waiver
from backstay import daily, days, hours, ou, tag

vault = Vault("primary", key="alias/k", lock=Lock.governance(min=days(7)))
plan = Plan("p", rules=[Rule("r", at=daily("03:00"), into=vault, keep=days(35))], select=[
    Select("s", where=tag("backup") == "gold")])
asks = Framework("asks", controls=[
    Control.last_recovery_point(within=hours(6), on=tag("backup") == "gold"),
    Control.vault_lock(min=days(7))])
policy = Policy("acme", attach=ou("Prod"), plans=[plan], vaults=[vault], frameworks=[asks], waivers=[
    Waiver("unused-vault", on="acme/primary", owner="risk", reason="ticket 12", expires="2026-12-31")])
kept = Require(
    "gold is kept", every=(tag("backup") == "gold") & ~(tag("env") == "test"), under=ou("Prod"), types=["RDS", "EBS"],
    keep=days(30), rpo=hours(33), copy_to_other_region=True, restore_tested_within=days(90))
"""
ORG = """
id: o-acme0001
management_account: "100000000001"
regions: [eu-central-1]
root:
  accounts: [{id: "100000000001", name: management}]
  units: [{name: Prod, accounts: [{id: "100000000010", name: shop}]}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of those policies."""
    from backstay.cli.compile import compile as command

    at = tmp_path_factory.mktemp("duties")
    (at / "policies").mkdir()
    (at / "policies" / "policy.py").write_text(POLICY)
    (at / "org.yaml").write_text(ORG)
    arguments = [str(at / "policies"), "--org", str(at / "org.yaml"), "-o", str(at / "build"), "--now", "2026-11-22"]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    return at / "build"


@pytest.fixture(scope="module")
def build(folder: Path) -> Build:
    """The build as the agent reads it."""
    return read_build(folder)


def _resource(type_: str = "RDS", **tags: str) -> Resource:
    return Resource(f"arn:aws:rds:{REGION}:{ACCOUNT}:db:x", type_, tags)


@pytest.mark.parametrize(
    ("resource", "sure"),
    [
        (_resource(backup="gold", env="prod"), True),
        (_resource(backup="gold"), False),
        (_resource(backup="gold", env="test"), None),
        (_resource(backup="silver"), None),
        (_resource("S3", backup="gold", env="prod"), None),
    ],
)
def test_whom_a_requirement_means(build: Build, resource: Resource, sure: bool | None) -> None:
    """A resource is meant, not meant, or perhaps meant where a tag is missing that `!=` asks about."""
    found = duties.duties(build, ACCOUNT, REGION, [resource])
    assert [one.sure for one in found] == ([] if sure is None else [sure])


def test_what_it_asks(build: Build) -> None:
    """The requirement's numbers come out as days and seconds, with its place and with what the type can."""
    (duty,) = duties.duties(build, ACCOUNT, REGION, [_resource(backup="gold", env="prod")])
    assert (duty.keep_days, duty.rpo_seconds, duty.tested_days) == (30, 33 * 3600, 90)
    assert (duty.other_region, duty.other_account, duty.immutable) == (True, False, False)
    assert duty.continuous == "yes"
    assert duty.cannot == ("air_gap",)
    assert duty.origin is not None
    assert duty.origin.startswith("policy.py:")
    assert not duties.duties(build, "100000000001", REGION, [_resource(backup="gold", env="prod")])
    assert not duties.duties(build, ACCOUNT, "eu-west-1", [_resource("S3", backup="gold", env="prod")])


def test_what_frameworks_ask(build: Build) -> None:
    """Controls come with AWS's names, parameters as text, and their scope; nothing where the build has no framework."""
    last, lock = duties.asked(build, ACCOUNT, REGION)
    assert (last.framework, last.control) == ("asks", "BACKUP_LAST_RECOVERY_POINT_CREATED")
    assert last.parameters == {"recoveryPointAgeUnit": "hours", "recoveryPointAgeValue": "6"}
    assert last.tag == ("backup", "gold")
    assert lock.parameters == {"minRetentionDays": "7"}
    assert duties.asked(build, "100000000001", REGION) == ()


def test_waivers_stand_once(build: Build) -> None:
    """Every waiver is a row of the management account's home Region, and of no other place."""
    (waiver,) = duties.waivers(build, "100000000001", REGION)
    assert (waiver.rule, waiver.on, waiver.owner, waiver.expires) == (
        "unused-vault", "acme/primary", "risk", date(2026, 12, 31),
    )  # fmt: skip
    assert duties.waivers(build, ACCOUNT, REGION) == ()


def test_promises_that_are_none_are_refused(folder: Path, tmp_path: Path) -> None:
    """A `promises.json` that is no such thing is refused with its name and the place in it."""
    import shutil

    shutil.copytree(folder, tmp_path / "build")
    (tmp_path / "build" / "promises.json").write_text('{"format": 1, "requirements": [{}]}')
    with pytest.raises(BuildError, match=r"promises\.json: /requirements/0"):
        read_build(tmp_path / "build")


_GOLD: dict[str, Any] = {"tag": {"key": "k", "operator": "like", "value": "a*"}}


@pytest.mark.parametrize(
    ("body", "tags", "readings"),
    [
        (_GOLD, {"k": "abc"}, {True}),
        (_GOLD, {}, {False}),
        ({"not_of": _GOLD}, {}, {True, False}),
        ({"not_of": {"tag_in": {"key": "k", "values": ["x"]}}}, {"k": "x"}, {False}),
        ({"not_of": {"any_of": [_GOLD, {"type": "RDS"}]}}, {"k": "x"}, {False}),
        ({"all_of": [{"everything": True}, {"not_of": {"arn": "arn:aws:s3:*"}}]}, {}, {True}),
    ],
)
def test_conditions(body: dict[str, Any], tags: dict[str, str], readings: set[bool]) -> None:
    """Conditions hold as the compiler's do, under both readings of a tag that is missing."""
    condition = Condition.model_validate(body)
    assert {duties.holds(condition, _resource(**tags), absent=absent) for absent in (True, False)} == readings
