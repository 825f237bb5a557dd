"""The situations in which agents are killed and troubled: what there is before, and which command then runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.runtime.conftest import CENTRAL, MANAGEMENT, MAY_COPY, ORG_FILE, PAYMENTS, REGION, RISK, SETUP, Builds
from tests.runtime.every import every_noun
from tests.runtime.trust import premade
from tests.runtime.trust.managed import managed
from tests.runtime.trust.state import state
from tests.runtime.trust.warm import learn
from tests.runtime.trust.world import Run, World, world

from backstay_local import LocalAws

BEGIN = datetime(2026, 12, 1, 10, tzinfo=UTC)
"""When every scenario begins: no schedule of its builds fires soon after."""
ACCOUNTS, REGIONS = (MANAGEMENT, CENTRAL, PAYMENTS, RISK), (REGION,)
_CENTRAL_VAULT = f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:central"
Body = dict[str, Any]


def changed(body: Body) -> None:
    """Another retention, another selection, no lock, other notifications, other tags, one more vault."""
    body["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 90
    body["plans"][0]["BackupPlanTags"] = {"team": "storage"}
    equals = body["selections"][0]["BackupSelection"]["Conditions"]["StringEquals"]
    equals[0]["ConditionValue"] = "silver"
    body["vault_locks"] = []
    body["vault_notifications"][0]["BackupVaultEvents"] = ["COPY_JOB_FAILED"]
    body["vaults"].append({"BackupVaultName": "second"})


def nothing(body: Body) -> None:
    """The build wants nothing."""
    for noun in [noun for noun in body if noun != "region"]:
        body[noun] = []


def locked(body: Body) -> None:
    """The vault gets a lock in compliance mode."""
    body["vault_locks"][0]["ChangeableForDays"] = 14


def copying(body: Body) -> None:
    """The rule copies into the central account."""
    body["plans"][0]["BackupPlan"]["Rules"][0]["CopyActions"] = [
        {"DestinationBackupVaultArn": _CENTRAL_VAULT, "Lifecycle": {"DeleteAfterDays": 90}}
    ]


BUILDS: dict[str, Callable[[Body], None] | None] = {
    "empty": nothing,
    "first": None,
    "second": changed,
    "locked": locked,
    "copying": copying,
    "every": every_noun,
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """`before` makes what there is, `words` is the command that is troubled; `approve`: its locks are approved."""

    name: str
    words: tuple[str, ...]
    before: Callable[[World, Path], None]
    approve: bool = False
    clean: int = 0
    """The exit code of an untroubled run."""
    again: int = 0
    """The exit code of the runs after it."""
    managed: bool = False
    """Whether it makes keys and roles: then they are looked at, too."""
    repeats: bool = False
    """Whether it asks for its jobs again each time, which starts none twice: the state says that."""

    def quiet(self, run: Run) -> bool:
        """Whether a run found nothing to do."""
        asked = [operation for operation in run.writes if not (self.repeats and operation.startswith("Start"))]
        return run.code == self.again and not asked

    def state(self, local: LocalAws) -> dict[str, Any]:
        """What there is, without ids and times."""
        found = state(local, ACCOUNTS, REGIONS)
        for account in (PAYMENTS, RISK) if self.managed else ():
            found.setdefault(f"{account} {REGION}", {}).update(managed(local, account, REGION))
        return found


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario that is ready: AWS's folder, the command with its approvals, and how a clean run ends."""

    scenario: Scenario
    folder: Path
    words: tuple[str, ...]
    approved: tuple[str, ...]
    run: Run
    state: dict[str, Any]
    builds: Path


def write_builds(folder: Path) -> Path:
    """Every build of the scenarios, in a folder."""
    for name, change in BUILDS.items():
        Builds().write(folder / name, change, (PAYMENTS, RISK))
    settings = {"isCrossAccountBackupEnabled": "true"}
    Builds().write(folder / "whole", None, (MANAGEMENT, PAYMENTS, RISK), settings)
    return folder


def _applied(name: str) -> Callable[[World, Path], None]:
    def before(at: World, builds: Path) -> None:
        done = at.run("apply", str(builds / name), "--yes")
        assert done.code == 0, done.output

    return before


def _fresh(at: World, builds: Path) -> None:
    """Nothing is there yet."""


def _by_hand(at: World, builds: Path) -> None:
    """Somebody made a vault and a plan of the wanted names, otherwise than the policy has them."""
    rule = {"RuleName": "old", "TargetBackupVaultName": "primary", "ScheduleExpression": "cron(0 9 ? * * *)"}
    for account in (PAYMENTS, RISK):
        backup = at.local.client("backup", account, REGION)
        backup.create_backup_vault(BackupVaultName="primary", BackupVaultTags={"made": "by hand"})
        backup.create_backup_plan(BackupPlan={"BackupPlanName": "gold", "Rules": [rule]})


def _with_data(at: World, builds: Path) -> None:
    """The build that copies is applied, the central vault takes copies, and two accounts have data."""
    central = at.local.client("backup", CENTRAL, REGION)
    key = at.local.client("kms", CENTRAL, REGION).create_key()["KeyMetadata"]["Arn"]
    central.create_backup_vault(BackupVaultName="central", EncryptionKeyArn=key)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [MAY_COPY]})
    central.put_backup_vault_access_policy(BackupVaultName="central", Policy=policy)
    management = at.local.client("backup", MANAGEMENT, REGION)
    management.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    _applied("copying")(at, builds)
    for account in (PAYMENTS, RISK):
        _bucket(at.local, account, f"data-{account}")


def _bucket(local: LocalAws, account: str, name: str) -> None:
    s3 = local.client("s3", account, REGION)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "backup", "Value": "gold"}]})
    s3.put_object(Bucket=name, Key="a", Body=b"the data of " + account.encode())


def _backed_up(at: World, builds: Path) -> None:
    _with_data(at, builds)
    done = at.run("backup", str(builds / "copying"), "--no-copies")
    assert done.code == 0, done.output


_APPLY = ("--yes",)
SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("create", ("apply", "first", *_APPLY), _fresh),
        Scenario("create newer", ("apply", "second", *_APPLY), _fresh),
        Scenario("update", ("apply", "second", *_APPLY), _applied("first")),
        Scenario("back", ("apply", "first", *_APPLY), _applied("second")),
        Scenario("delete", ("apply", "empty", *_APPLY), _applied("second")),
        Scenario("destroy", ("destroy", "second", *_APPLY), _applied("second")),
        Scenario("no-op", ("apply", "first", *_APPLY), _applied("first")),
        Scenario("lock", ("apply", "locked", *_APPLY), _applied("first"), approve=True),
        Scenario("create and lock", ("apply", "locked", *_APPLY), _fresh, approve=True),
        Scenario("unapproved lock", ("apply", "locked", *_APPLY), _fresh, clean=4, again=4),
        Scenario("every kind of thing", ("apply", "every", *_APPLY), _fresh, approve=True, managed=True),
        Scenario("adopt", ("apply", "first", "--adopt", *_APPLY), _by_hand),
        Scenario("settings", ("apply", "whole", *_APPLY), _fresh),
        Scenario("backup", ("backup", "copying"), _with_data, repeats=True),
        Scenario("copy", ("copy", "copying"), _backed_up, repeats=True),
    )
}


def prepare(name: str, folder: Path, builds: Path) -> Prepared:
    """Make a scenario ready in a folder, and run it once without trouble."""
    scenario = SCENARIOS[name]
    place = folder / name.replace(" ", "-")
    with LocalAws(place, start=BEGIN) as local:
        local.seed_texts([("org.yaml", ORG_FILE), ("setup.yaml", SETUP)])
        scenario.before(World(local, folder, ()), builds)
        local.advance(timedelta(hours=1))  # what there is has been there for long: no list forgets it
        local.save()
    words = (scenario.words[0], str(builds / scenario.words[1]), *scenario.words[2:])
    approved = _approvals(place, words) if scenario.approve else ()
    words = (*words, *(word for one in approved for word in ("--approve", one)))
    with world(place, approved) as at:
        done = at.run(*words)
        assert done.code == scenario.clean, done.output
        learn(done.loaded)
        premade.make(done.clients)
        assert at.forbidden == []
        return Prepared(scenario, place, words, approved, done, scenario.state(at.local), builds)


def _approvals(place: Path, words: tuple[str, ...]) -> tuple[str, ...]:
    """What a person would approve: the ids of what cannot be undone in the plan."""
    with world(place) as at:
        shown = at.run("plan", words[1], "--format", "json")
    document = json.loads(shown.output[shown.output.index("{") : shown.output.rindex("}") + 1])
    return tuple(it["id"] for it in document["actions"] if it["effect"] == "irreversible")
