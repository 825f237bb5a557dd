"""The scenes of the demo, in order: each does one thing with the commands that a user would type, and tells it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backstay_agent.cli.demo.stage import Ran, StageError, backstay, expect, shortened
from backstay_agent.cli.demo.world import World, same_bytes

SAMPLE = "midsize"
BUCKET = "acme-ledger-journal"
OWNER = "100000000011"
CENTRAL = "100000000002"
HOME = "eu-west-1"
HOURLY_DAYS = 7
# What Acme asks of itself, where that is not AWS's default.
PROMISES = (
    "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK.requiredFrequencyValue=7",
    "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK.requiredRetentionDays=30",
    "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK.requiredRetentionDays=7",
    "BACKUP_LAST_RECOVERY_POINT_CREATED.recoveryPointAgeValue=8",
    "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED.principalArnList=arn:aws:iam::*:role/backup-emergency",
)
AUDIT = ("audit", "build", *(word for promise in PROMISES for word in ("--set", promise)))


@dataclass(frozen=True, slots=True)
class Scene:
    """What a chapter shows: a title, a sentence or two, the command, and its real output."""

    title: str
    text: str
    command: str
    output: str


Play = Callable[[World], Scene]


def play(world: World) -> Iterator[Scene]:
    """All scenes, one after the other, in the current folder."""
    for scene in (_seed, _mistake, _lint, _compile, _plan, _apply, _again, _night, _locked, _disaster, _weeks, _audit):
        yield scene(world)


def _seed(_: World) -> Scene:
    files = [f"{SAMPLE}/{name}" for name in ("org.yaml", "inventory.jsonl", "seed.yaml")]
    ran = expect(backstay("local", "seed", *files), 0)
    return Scene(
        "An organization",
        "Twelve accounts in two Regions with databases, volumes, file systems, tables and buckets, on an AWS that runs "
        "on this machine. The tables and buckets hold real data. Nothing is backed up yet.",
        f"backstay local seed {' '.join(files)}",
        ran.text,
    )


def _mistake(_: World) -> Scene:
    """Lint a proposal that every AWS tool would let through: the vault's lock refuses it, from the first job on."""
    shutil.copytree(SAMPLE, "proposal")
    plans = Path("proposal/plans.py")
    plans.write_text(plans.read_text().replace("years(1)", "years(2)"))
    ran = expect(backstay("lint", "proposal"), 1)
    return Scene(
        "A change that looks harmless",
        "Somebody proposes to keep monthly backups for two years. The vaults are locked to at most 400 days, so every "
        "monthly job would fail, at night, in five accounts. The linter says so, pointing at both files.",
        "backstay lint proposal",
        _first_and_verdict(ran),
    )


def _lint(_: World) -> Scene:
    ran = expect(backstay("lint", SAMPLE), 0)
    return Scene(
        "The policy as it is", "Four tiers, decided by one tag, and three vaults.", f"backstay lint {SAMPLE}", ran.text
    )


def _compile(_: World) -> Scene:
    ran = expect(backstay("compile", SAMPLE, "-o", "build"), 0)
    return Scene(
        "Compiled",
        "One policy becomes the plan, vault and lock configurations of each account and Region, for review and for the "
        "agent. The same policy always gives the same bytes.",
        f"backstay compile {SAMPLE} -o build",
        ran.text,
    )


def _plan(_: World) -> Scene:
    ran = expect(backstay("plan", "build", "-o", "plan.json"), 0)
    return Scene(
        "What would change",
        "The agent takes a role in each account, looks, and says what it would do and why. It has changed nothing.",
        "backstay plan build -o plan.json",
        shortened(ran.text, 16),
    )


def _apply(_: World) -> Scene:
    ran = expect(backstay("apply", "plan.json", "--yes"), 0)
    return Scene(
        "Done, as it was said",
        "Vaults and locks first, then plans: on the way there, protection never drops.",
        "backstay apply plan.json --yes",
        _last(ran, 3),
    )


def _again(_: World) -> Scene:
    ran = expect(backstay("apply", "build", "--yes"), 0)
    return Scene("And again", "Whoever applies twice changes nothing.", "backstay apply build --yes", _last(ran, 1))


def _night(world: World) -> Scene:
    expect(backstay("local", "clock", "advance", "1d"), 0)
    jobs = world.jobs()
    central = world.points("acme-central")
    sources = {point["SourceBackupVaultArn"].split(":")[4] for point in central}
    _need(jobs.failed == 0 and bool(central), f"{jobs.failed} jobs failed, {len(central)} copies are in acme-central")
    return Scene(
        "A day and a night pass",
        "The clock of the embedded AWS moves a day. Plans run on their schedules, each in its time zone; "
        "copies of what "
        "matters fan in to the account backup-central and go to the other Region.",
        "backstay local clock advance 1d",
        f"{jobs.backups} backup jobs completed in {jobs.accounts} accounts, none failed\n"
        f"{jobs.copies} copies completed; acme-central holds {len(central)} recovery points of {len(sources)} accounts",
    )


def _locked(world: World) -> Scene:
    point = world.newest_point(CENTRAL, HOME, "acme-central", BUCKET)
    refusal = world.try_to_delete(CENTRAL, HOME, "acme-central", point)
    return Scene(
        "A locked vault says no",
        "Somebody has got hold of the emergency role in the central account, the only one that the vault's "
        "access policy "
        "lets delete. The vault is locked: AWS refuses even this role.",
        f"aws backup delete-recovery-point --backup-vault-name acme-central --recovery-point-arn {point}",
        refusal,
    )


def _disaster(world: World) -> Scene:
    before = world.contents(OWNER, HOME, BUCKET)
    point = world.newest_point(OWNER, HOME, "acme-primary", BUCKET)
    world.destroy_bucket(OWNER, HOME, BUCKET)
    words = ["restore", point, "--account", OWNER, "--region", HOME, "--set", f"DestinationBucketName={BUCKET}"]
    ran = expect(backstay(*words), 0)
    verdict = same_bytes(before, world.contents(OWNER, HOME, BUCKET))
    return Scene(
        "The bucket is gone, and comes back",
        f"Somebody deletes {BUCKET} in ledger-prod with every version of every object. It is restored from "
        f"the vault, and "
        "every object is compared with what was there.",
        f"backstay {' '.join(words)}",
        f"{ran.text.rstrip()}\n{verdict}",
    )


def _weeks(world: World) -> Scene:
    before = len(world.points())
    expect(backstay("local", "clock", "advance", "40d"), 0)
    after, oldest, jobs = len(world.points()), world.oldest_hourly(), world.jobs()
    _need(oldest.days <= HOURLY_DAYS, f"an hourly recovery point is {oldest} old")
    return Scene(
        "Forty days later",
        "Hourly points live 7 days, daily ones 14 or 35, weekly ones 30 or 90: what has lived its time is "
        "gone, also from "
        "the locked vaults, and nothing else is.",
        "backstay local clock advance 40d",
        f"{before} recovery points before, {after} now; the oldest hourly one is {oldest.days} days old\n"
        f"{jobs.backups} backup jobs and {jobs.copies} copies completed in the last 30 days, {jobs.failed} failed",
    )


def _audit(_: World) -> Scene:
    ran = expect(backstay(*AUDIT), 0, 1)
    return Scene(
        "What an auditor would find",
        "Every resource, plan, vault and recovery point is put to the controls of AWS Backup Audit Manager, and to "
        "ours. A few resources carry no `backup-tier`, or belong to a temporary environment: nobody protects them. "
        "Nothing is air-gapped, and of most nobody has tried a restore.",
        f"backstay audit build --set {PROMISES[0]} … ({len(PROMISES)} settings)",
        shortened(ran.text, 22),
    )


def _need(held: bool, otherwise: str) -> None:
    """The story is only told if it is true."""
    if not held:
        raise StageError(otherwise)


def _first_and_verdict(ran: Ran) -> str:
    """The first finding of a lint run, and its last line."""
    findings = ran.text.strip().split("\n\n")
    return "\n".join([findings[0], f"… {len(findings) - 2} more …", findings[-1]])


def _last(ran: Ran, lines: int) -> str:
    return "\n".join(ran.text.rstrip().splitlines()[-lines:])
