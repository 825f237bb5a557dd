"""Facts by chance, from a seed: every row, edge values, what could not be read. For what must be equal whatever is."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from backstay_agent.controls.control import ENDED
from backstay_agent.controls.facts import (
    AIR_GAPPED,
    Asked,
    CopyTo,
    Duty,
    Facts,
    Job,
    LockPromise,
    Member,
    Noun,
    Place,
    Plan,
    PlanPromise,
    Point,
    Resource,
    Restore,
    Rule,
    Vault,
    Waived,
)
from backstay_agent.observed import Unread

NOW = datetime(2026, 11, 22, 12, 0, 30, 250_000, tzinfo=UTC)
ACCOUNTS, REGIONS = ("100000000010", "100000000011", "100000000012"), ("eu-central-1", "eu-west-1")
VAULTS = ("primary", "second", "gapped")
SCHEDULES = (
    "cron(0 3 ? * * *)", "cron(0 0/4 ? * * *)", "cron(30 5 ? * SUN *)", "cron(0 5 1 * ? *)", "rate(1 hour)", "nonsense",
    "cron(0 3 1 1 ? 2020)", "cron(15 2 ? * MON-FRI *)",
)  # fmt: skip
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Nowhere/Land")
TEXTS = ("it's", "semi;colon", "a\nb", 'quo"te', "ünïcode “x”", "{brace}", "\\back")
DENY = (
    "backup:DeleteRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "backup:PutBackupVaultAccessPolicy",
    "backup:*",
)
WAYS = ("same_region", "cross_region", "cross_account", "cross_region_and_account", "air_gap")


class Chance:
    """Rows by chance; the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, *values: Any) -> Any:
        """One of several."""
        return self.random.choice(values)

    def some(self, values: tuple[Any, ...], most: int = 3) -> tuple[Any, ...]:
        """A few of several, each once, in their order."""
        kept = set(self.random.sample(range(len(values)), self.random.randint(0, min(most, len(values)))))
        return tuple(value for number, value in enumerate(values) if number in kept)

    def moment(self) -> datetime:
        """A time, often exactly at an edge that a control knows."""
        edge = self.one(0, 1, 24, 28, 48, 24 * 7, 24 * 31, 24 * 365, 24 * 400)
        jitter = self.one(0, 0, 1, -1, 59, 3600, -3600, 1e-6, -1e-6, self.random.randint(-90_000, 90_000))
        return NOW - timedelta(hours=edge) + timedelta(seconds=jitter)

    def days(self) -> int | None:
        """A retention, None for ever."""
        return self.one(None, 1, 7, 14, 34, 35, 36, 90, 2557)

    def text(self) -> str:
        """A text with what SQL and JSON trip over."""
        return self.one("plain", *TEXTS)

    def facts(self) -> Facts:
        """Everything of a small organization."""
        members = tuple(Member(one, f"name-{one[-2:]}", "Workloads", governed=True) for one in ACCOUNTS)
        closed = set(self.some(ACCOUNTS[1:], 1)) if self.random.random() < 0.3 else set()
        places = tuple(
            self.place(account, region) for account in ACCOUNTS for region in REGIONS if account not in closed
        )
        unread = tuple(Unread(account, None, f"AccessDenied: {self.text()}") for account in sorted(closed))
        return Facts("o-acme0001", NOW, NOW + timedelta(minutes=2), REGIONS, members, places, unread)

    def place(self, account: str, region: str) -> Place:
        """Everything of an account in a Region."""
        vaults = tuple(
            sorted((self.vault(account, region, name) for name in self.some(VAULTS)), key=lambda it: it.name)
        )
        plans = tuple(
            sorted(
                (self.plan(account, region, n) for n in range(self.one(0, 1, 2, 3))), key=lambda it: (it.name, it.id)
            )
        )
        ids = tuple(plan.id for plan in plans)
        resources = tuple(self.resource(account, region, n, ids) for n in range(self.one(0, 1, 3, 6)))
        arns = tuple(one.arn for one in resources)
        foreign = tuple(resource_arn(one, there, n) for one in ACCOUNTS for there in REGIONS for n in range(3))
        return Place(
            account,
            region,
            resources=resources,
            plans=plans,
            vaults=vaults,
            points=tuple(self.point(n, account, region, arns, foreign) for n in range(self.one(0, 5, 12))),
            locks_promised=tuple(self.lock(account, region, name) for name in self.some(VAULTS)),
            plans_promised=tuple(
                PlanPromise(name, self.some(TEXTS, 2), self.one(None, "policy.py:3"))
                for name in self.some(("p0", "p1", "x"))
            ),
            unread={
                noun: f"Throttled: {self.text()}"
                for noun in (self.some(get_args(Noun), 2) if self.random.random() < 0.3 else ())
            },
            jobs=tuple(self.job(n, arns + foreign[:2]) for n in range(self.one(0, 4))),
            restores=tuple(self.restore(n, arns) for n in range(self.one(0, 4)) if arns),
            duties=tuple(self.duty(arn, n) for arn in arns for n in range(self.one(0, 1, 2))),
            waivers=tuple(
                Waived(f"rule-{n}", self.text(), "team", self.text(), NOW.date() + timedelta(self.one(-1, 0, 1)))
                for n in range(self.one(0, 0, 2))
            ),
            asked=self.asked() if self.random.random() < 0.4 else (),
        )  # fmt: skip

    def vault(self, account: str, region: str, name: str) -> Vault:
        """A vault; what its lock says is only there when it has one."""
        locked = self.one(True, False)
        return Vault(
            f"arn:aws:backup:{region}:{account}:backup-vault:{name}",
            name,
            AIR_GAPPED if name == "gapped" else "BACKUP_VAULT",
            locked,
            self.one(None, 1, 7, 35) if locked else None,
            self.one(None, 35, 90, 400) if locked else None,
            self.one(None, NOW - timedelta(days=3), NOW, NOW + timedelta(days=3)) if locked else None,
            self.policy(),
        )

    def policy(self) -> dict[str, Any] | None:
        """An access policy, some of them good."""
        if self.random.random() < 0.3:
            return None
        statements = [
            {
                "Effect": self.one("Deny", "Deny", "Allow"),
                "Principal": self.one("*", {"AWS": "*"}, {"AWS": "arn:aws:iam::100000000010:root"}),
                "Action": list(self.one(DENY[:3], *((one,) for one in DENY))),
                "Resource": self.one("*", "*", "arn:x"),
                **self.one(
                    {}, {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": self.one("arn:role/a", "arn:role/b")}}}
                ),
            }
            for _ in range(self.one(1, 2, 4))
        ]
        return {"Version": "2012-10-17", "Statement": statements}

    def plan(self, account: str, region: str, number: int) -> Plan:
        """A plan."""
        arn = f"arn:aws:backup:{region}:{account}:backup-plan:id{number}"
        return Plan(
            f"id{number}", arn, self.one("p0", "p1", "it's"), tuple(self.rule(n) for n in range(self.one(0, 1, 2, 3)))
        )

    def rule(self, number: int) -> Rule:
        """A rule with copies."""
        copies = []
        for _ in range(self.one(0, 1, 2)):
            account, region = self.one(*ACCOUNTS, "999999999999"), self.one(*REGIONS)
            arn = f"arn:aws:backup:{region}:{account}:backup-vault:{self.one(*VAULTS)}"
            copies.append(CopyTo(arn, account, region, self.days()))
        gapped = f"arn:aws:backup:{self.one(*REGIONS)}:{self.one(*ACCOUNTS)}:backup-vault:gapped"
        return Rule(
            f"r{number}", self.one(*VAULTS, "gone"), self.one(*SCHEDULES), self.days(), tuple(copies), self.one(*ZONES),
            self.one(60, 480), self.one(True, False), self.one(None, None, gapped),
        )  # fmt: skip

    def resource(self, account: str, region: str, number: int, plans: tuple[str, ...]) -> Resource:
        """A resource in some plans, perhaps in others."""
        sure = self.some(plans, 2)
        maybe = tuple(one for one in self.some(plans, 1) if one not in sure)
        tags = {key: self.text() for key in self.some(("owner", "Owner", "team", "backup"), 3)}
        return Resource(resource_arn(account, region, number), self.one("RDS", "EBS"), tags, sure, maybe)

    def point(self, n: int, account: str, region: str, arns: tuple[str, ...], foreign: tuple[str, ...]) -> Point:
        """A recovery point, of what is here or was copied here."""
        copied = self.one(None, None, f"arn:aws:backup:{region}:100000000010:backup-vault:primary")
        created = self.moment()
        return Point(
            f"arn:aws:backup:{region}:{account}:recovery-point:{n}", self.one(*VAULTS),
            self.one(*(arns or foreign)) if copied is None else self.one(*foreign), "RDS", created,
            self.one("COMPLETED", "COMPLETED", "AVAILABLE", "PARTIAL", "EXPIRED", "CREATING", "DELETING", "STOPPED"),
            self.days(), self.one(None, self.moment(), NOW - timedelta(days=1)), self.one(True, False, None), copied,
            self.one(None, "id0"), 10,
        )  # fmt: skip

    def lock(self, account: str, region: str, name: str) -> LockPromise:
        """A promised lock."""
        arn = f"arn:aws:backup:{region}:{account}:backup-vault:{name}"
        return LockPromise(
            name,
            arn,
            self.one(None, 1, 7, 35),
            self.one(None, 35, 90, 400),
            self.one(None, 3),
            self.one(None, "policy.py:7"),
        )

    def job(self, number: int, arns: tuple[str, ...]) -> Job:
        """A job that has ended or goes on."""
        state = self.one(*ENDED, "RUNNING")
        message = self.one(None, "", self.text())
        return Job(
            f"job-{number}",
            self.one("backup", "copy"),
            state,
            self.one(*arns),
            "RDS",
            self.moment(),
            self.moment(),
            message,
        )

    def restore(self, number: int, arns: tuple[str, ...]) -> Restore:
        """A restore job."""
        created = self.moment()
        took = timedelta(minutes=self.one(1, 60, 239, 240, 720, 721), seconds=self.one(0, 1, 59.5))
        completed = self.one(None, created + took, created + took)
        return Restore(
            f"restore-{number}",
            self.one(*arns),
            "RDS",
            "arn:point",
            self.one("COMPLETED", "FAILED", "RUNNING"),
            created,
            completed,
        )

    def duty(self, arn: str, number: int) -> Duty:
        """What a requirement asks."""
        yes = (True, False, False)
        return Duty(
            f"requirement {number} of {self.text()}", arn, self.one(True, True, False), self.one(None, 7, 35, 90),
            self.one(None, 3600, 97_200, 5400, 2_678_400),
            self.one(*yes), self.one(*yes), self.one(*yes), self.one(*yes), self.one(*yes),
            self.one(None, None, 30, 365), self.one("yes", "no", "unknown"), self.some(WAYS, 1), self.some(WAYS, 1),
            self.one(None, "policy.py:80"),
        )  # fmt: skip

    def asked(self) -> tuple[Asked, ...]:
        """What frameworks ask, a wrong parameter among it."""
        every = (
            Asked("dora", "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", {}, ("RDS",)),
            Asked("dora", "BACKUP_LAST_RECOVERY_POINT_CREATED",
                  {"recoveryPointAgeUnit": "hours", "recoveryPointAgeValue": "48"}, tag=("owner", "")),
            Asked("other", "BACKUP_LAST_RECOVERY_POINT_CREATED",
                  {"recoveryPointAgeValue": "31"}, tag=("backup", "it's")),
            Asked("dora", "BACKUP_RECOVERY_POINT_ENCRYPTED", {}, tag=("team", "x")),
            Asked("dora", "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", {"requiredRetentionDays": "36"}),
            Asked("dora", "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",
                  {"principalArnList": "arn:role/a"}, ids=("primary",)),
            Asked("other", "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", {"requiredFrequencyValue": "99"}),
        )  # fmt: skip
        return self.some(every, 4)


def resource_arn(account: str, region: str, number: int) -> str:
    """The ARN of a resource; some end in what a short name has to get right."""
    return f"arn:aws:rds:{region}:{account}:{('db:ledger', 'cluster:a/b', 'x:', 'snapshot:p:q')[number % 4]}{number}"
