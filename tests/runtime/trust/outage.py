"""A large organization of which a part is down: accounts that let nobody in, and a Region that does not answer.

python -m tests.runtime.trust.outage --accounts 10000
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.runtime.conftest import CENTRAL, MANAGEMENT, ORGANIZATION, SETUP
from tests.runtime.trust import warm
from tests.runtime.trust.world import FINE, Fate, Heard, Run, World

from backstay_contract.build import BuildIndex, Shape
from backstay_contract.canonical import digest, pretty
from backstay_local import LocalAws

UP, DOWN = "eu-central-1", "eu-west-1"
DENIED = 0.03
WORKERS = 16
_FIRST = 200_000_000_000


@dataclass(frozen=True, slots=True)
class Organization:
    """So many member accounts, of which every 33rd or so lets nobody in."""

    size: int

    @property
    def accounts(self) -> list[str]:
        """The member accounts."""
        return [str(_FIRST + number) for number in range(self.size)]

    @property
    def denied(self) -> list[str]:
        """Those without the agent's role: three in a hundred."""
        every = round(1 / DENIED)
        return self.accounts[every // 2 :: every]

    def seed(self) -> str:
        """Its organization file."""
        members = [{"id": account, "name": f"member-{account}"} for account in self.accounts]
        own = [{"id": MANAGEMENT, "name": "management"}, {"id": CENTRAL, "name": "central"}]
        root = {"accounts": own, "units": [{"name": "Members", "accounts": members}]}
        known = {"id": ORGANIZATION, "management_account": MANAGEMENT, "backup_account": CENTRAL}
        return json.dumps({**known, "regions": [UP, DOWN], "root": root})

    def write(self, folder: Path) -> Path:
        """A build that gives each member a vault, a plan and a selection in both Regions."""
        (folder / "shapes").mkdir(parents=True)
        regions = {}
        for region in (UP, DOWN):
            document = Shape.model_validate(_shape(region)).document()
            regions[region] = digest(document)
            (folder / "shapes" / f"{digest(document)}.json").write_bytes(pretty(document))
        known = {"id": ORGANIZATION, "management_account": MANAGEMENT, "backup_account": CENTRAL}
        accounts = {
            account: {"name": f"member-{account}", "unit": "Members", "regions": regions} for account in self.accounts
        }
        index = {"organization": known, "policies": ["base"], "global_settings": {}, "accounts": accounts}
        (folder / "index.json").write_bytes(pretty(BuildIndex.model_validate(index).model_dump(mode="json")))
        return folder


def _shape(region: str) -> dict[str, Any]:
    rule = {"RuleName": "daily", "TargetBackupVaultName": "primary", "ScheduleExpression": "cron(0 3 ? * * *)"}
    tagged = {"StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "gold"}]}
    role = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"
    selection = {"SelectionName": "tagged", "IamRoleArn": role, "Resources": ["*"], "Conditions": tagged}
    return {
        "region": region,
        "vaults": [{"BackupVaultName": "primary"}],
        "plans": [{"BackupPlan": {"BackupPlanName": "gold", "Rules": [rule]}}],
        "selections": [{"BackupPlanName": "gold", "BackupSelection": selection}],
    }


@dataclass(frozen=True, slots=True)
class Report:
    """What an apply under the outage did, and what is wrong with it."""

    wrong: list[str]
    run: Run
    seeding: float
    seconds: float
    memory: int
    """Megabytes that the embedded AWS took at most."""
    denied: int
    """How many accounts let nobody in."""
    agent_memory: int
    """The same of the agent, which was forked from it and counts what it inherited."""

    def figures(self) -> dict[str, Any]:
        """As JSON members; `pauses` are the seconds that each worker of the agent waited between attempts."""
        return {
            "wrong": self.wrong,
            "regions": 2,
            "denied": self.denied,
            "calls": len(self.run.calls),
            "seconds": round(self.seconds, 1),
            "pauses": round(self.run.slept / WORKERS, 1),
            "memory": self.memory,
            "agent_memory": self.agent_memory,
        }


def play(size: int) -> Report:
    """Apply to an organization of so many accounts while the part of it is down."""
    organization = Organization(size)
    with TemporaryDirectory(prefix="backstay-outage-") as name:
        folder = Path(name)
        began = time.monotonic()
        with LocalAws() as local:  # one that nobody takes up again keeps no snapshots
            local.seed_texts([("org.json", organization.seed()), ("setup.yaml", SETUP)])
            for account in organization.denied:
                local.client("iam", account).delete_role(RoleName="backstay-agent")
            seeded = time.monotonic()
            build = organization.write(folder / "build")
            at = World(local, folder, ())
            at.hurried = True
            run = at.run("apply", str(build), "--yes", "--detail", "--max-parallel", str(WORKERS), decide=_down)
            ended = time.monotonic()
            wrong = list(_wrong(organization, run, local))
    used, agent = (
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Report(wrong, run, seeded - began, ended - seeded, used, len(organization.denied), agent)


def _down(heard: Heard) -> Fate:
    return Fate("unreachable") if heard.region == DOWN else FINE


def _wrong(organization: Organization, run: Run, local: LocalAws) -> Iterator[str]:
    """Exit 3; each account that failed named, with why; everything else done."""
    if run.code != 3:
        yield f"it ended with {run.code}: {run.output[-2000:]}"
    denied = set(organization.denied)
    for account in organization.accounts:
        backup = local.client("backup", account, UP)
        plans = [plan["BackupPlanName"] for plan in backup.list_backup_plans()["BackupPlansList"]]
        wanted = [] if account in denied else ["gold"]
        if plans != wanted:
            yield f"{account} has {plans} instead of {wanted}"
        yield from _named(account, run.output, denied=account in denied)


def _named(account: str, output: str, *, denied: bool) -> Iterator[str]:
    """Each is told once: who lets nobody in, with AWS's refusal; everybody else, with the Region that is down."""
    lines = re.findall(rf"\({account}\)[^\n]* could not be read: [^\n]*", output)
    if len(lines) != 1 or ("AccessDenied" in lines[0]) != denied or (DOWN in lines[0]) == denied:
        yield f"{account} is named thus: {lines}"


def main() -> None:
    """Play it once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, required=True)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    warm.warm(("apply",))
    report = play(given.accounts)
    if given.json:
        print(json.dumps(report.figures()))
        return
    print(report.run.output[-2000:])
    print({name: value for name, value in report.figures().items() if name != "wrong"})
    print("\n".join(report.wrong[:20]) or "As promised.")


if __name__ == "__main__":
    main()
