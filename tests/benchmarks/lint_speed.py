"""What `backstay lint` costs from a cold interpreter: a template, a thousand of them, the policies of 10,000 accounts.

Its peers on templates are cfn-lint and checkov, each a process of its own over the same files. They are slow enough to
be given a sample of the thousand; what the whole would take them is reckoned from it.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.benchmarks.compile_scale import organization

ROOT = Path(__file__).parents[2]
CHECKOV = ROOT / ".venv-peers" / "checkov" / "bin" / "checkov"
RUNS = 3
PEER_RUNS = 2
TEMPLATES = 1_000
SAMPLE = 20
ACCOUNTS = 10_000
FOUND = {0, 1, 2, 4, 6, 8, 10, 12, 14}
"""Exit codes of linters that did their work: cfn-lint adds up a bit for each severity."""

POLICY = '''"""Three tiers for two units, and their vaults."""

from backstay import Access, Copy, Lock, Plan, Policy, Rule, Select, Settings, Vault
from backstay import account, daily, days, hours, monthly, ou, tag, years

dr = Vault("dr", account="central", region="eu-west-1", key="alias/backup",
           lock=Lock.governance(min=days(7), max=years(8)),
           access=Access.allow_copies_from(organization=True) + Access.deny_deletes())
primary = Vault("primary", key="alias/backup", lock=Lock.governance(min=days(7), max=years(8)),
                access=Access.deny_deletes())


def plan(name):
    night = Rule("daily", at=daily("03:00", tz="UTC"), into=primary, keep=days(35), start_within=hours(2),
                 complete_within=hours(12), copies=[Copy(to=dr, keep=days(90))])
    month = Rule("monthly", at=monthly(1, "07:00"), into=primary, cold_after=days(30), keep=years(7),
                 start_within=hours(2), complete_within=hours(24), copies=[Copy(to=dr, keep=years(7))])
    chosen = Select(name, where=(tag("tier") == name) & ~tag("env").like("tmp*"))
    return Plan(name, rules=[night, month], select=[chosen])


plans = [plan(name) for name in ["gold", "silver", "bronze"]]
where = ou("Prod") | ou("NonProd") | account("central")
base = Policy("base", attach=where, plans=plans, vaults=[primary, dr], settings=Settings(cross_account_copies=True))
'''

LINT = "import sys; from backstay.cli.main import main; sys.exit(main(sys.argv[1:]))"
CFN_LINT = "import sys; from cfnlint.runner import main; sys.exit(main())"


@dataclass(frozen=True, order=True)
class Cost:
    """Seconds of the wall clock, megabytes at most, seconds of the processor, of a command and what it starts."""

    seconds: float
    megabytes: float
    processor: float


@dataclass(frozen=True)
class Mark:
    """What a case may take."""

    seconds: float
    megabytes: float = float("inf")

    def __str__(self) -> str:
        memory = f", {self.megabytes:.0f} MB" if self.megabytes != float("inf") else ""
        return f"(mark {self.seconds:.1f} s{memory})"

    def missed(self, cost: Cost) -> bool:
        """Whether a cost is above it."""
        return cost.seconds > self.seconds or cost.megabytes > self.megabytes


MARKS = {"one template": Mark(0.3), "many templates": Mark(4.0, 150), "policies": Mark(1.5)}


def template(number: int) -> dict[str, Any]:
    """A template as teams write them: other things, and a vault, a plan of one to four rules, a selection."""
    rng = random.Random(number)
    rules = [rule(rng, name) for name in rng.sample(["hourly", "daily", "weekly", "monthly"], rng.randint(1, 4))]
    plan = {"BackupPlanName": f"plan-{number}", "BackupPlanRule": rules}
    chosen = {
        "SelectionName": "tagged",
        "IamRoleArn": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/backup"},
        "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": f"t{number % 7}"}],
    }
    resources: dict[str, Any] = {
        f"Bucket{n}": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Key": "n", "Value": str(n)}]}}
        for n in range(rng.randint(4, 12))
    }
    resources["Vault"] = {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": f"vault-{number}"}}
    resources["Plan"] = {"Type": "AWS::Backup::BackupPlan", "Properties": {"BackupPlan": plan}}
    selection = {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": chosen}
    resources["Selection"] = {"Type": "AWS::Backup::BackupSelection", "Properties": selection}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Days": {"Type": "Number", "Default": 35}},
        "Resources": resources,
    }


def rule(rng: random.Random, name: str) -> dict[str, Any]:
    """A rule; one in ten deletes before it may."""
    keep = rng.choice([7, 14, 35, 90, 365, {"Ref": "Days"}])
    made: dict[str, Any] = {
        "RuleName": name,
        "TargetBackupVault": {"Ref": "Vault"},
        "ScheduleExpression": f"cron({rng.randrange(60)} {rng.randrange(24)} ? * * *)",
        "StartWindowMinutes": rng.choice([60, 120, 480]),
        "Lifecycle": {"DeleteAfterDays": keep},
    }
    if rng.random() < 0.1:
        made["Lifecycle"]["MoveToColdStorageAfterDays"] = 30
    return made


def written(folder: Path, number: int) -> Path:
    """A template as a file: two in three as YAML."""
    kind = "json" if number % 3 == 0 else "yaml"
    path = folder / f"t{number:04}.{kind}"
    made = template(number)
    path.write_text(json.dumps(made, indent=2) if kind == "json" else yaml.safe_dump(made, sort_keys=False))
    return path


def measure(folder: Path, command: Sequence[str | Path]) -> Cost:
    """One run of a linter in a folder, without what an earlier run remembered; ends where it did not do its work."""
    said = folder / "said"
    with said.open("wb") as out:
        environment = {**os.environ, "BACKSTAY_NO_CACHE": "1", "LOG_LEVEL": "ERROR"}
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in FOUND:
        raise SystemExit(f"{command[:3]} failed with {process.returncode}: {said.read_text()[-500:]}")
    megabytes = used.ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))
    return Cost(seconds, megabytes, used.ru_utime + used.ru_stime)


def ours(folder: Path, *words: str) -> Cost:
    """The best of several runs of `backstay lint`."""
    command = [sys.executable, "-c", LINT, "lint", "-q", "--format", "json", "--now", "2026-11-29", *words]
    return min(measure(folder, command) for _ in range(RUNS))


def peers(folder: Path, files: Sequence[Path]) -> dict[str, Cost]:
    """The best of two runs of each peer over files; a peer that is not there is left out."""
    commands: dict[str, list[str | Path]] = {"cfn-lint": [sys.executable, "-c", CFN_LINT, "--", *files]}
    if CHECKOV.exists():
        named = [word for file in files for word in ("-f", file)]
        options = ["--framework", "cloudformation", "--skip-download", "--compact", "--quiet"]
        commands["checkov"] = [CHECKOV, *named, *options]
    return {name: min(measure(folder, words) for _ in range(PEER_RUNS)) for name, words in commands.items()}


def show(what: str, cost: Cost, mark: Mark | None = None, more: str = "") -> None:
    """One line of the table."""
    said = "" if mark is None else str(mark)
    print(f"  {what:34}{cost.seconds:8.2f} s{cost.megabytes:6.0f} MB  {said:22}{more}".rstrip(), flush=True)


def told(case: str, what: str, cost: Cost) -> list[str]:
    """Show one of ours; what misses its mark."""
    show(what, cost, MARKS[case])
    return [case] if MARKS[case].missed(cost) else []


def templates(folder: Path) -> list[str]:
    """One template and a thousand, ours and the peers'; what misses its mark.

    What the thousand would take a peer: its start-up once, and what each further template of the sample took; in time
    of the processor, which other work on the machine does not stretch.
    """
    many = folder / "many"
    many.mkdir()
    files = [written(many, number) for number in range(TEMPLATES)]
    one = ours(folder, str(files[1]))
    missed = told("one template", "one template", one)
    first = peers(folder, files[1:2])
    for name, cost in first.items():
        show(f"  {name}", cost, more=f"{cost.seconds / one.seconds:.1f} × ours")
    all_of_them = ours(folder, str(many))
    missed += told("many templates", f"{TEMPLATES:,} templates", all_of_them)
    for name, cost in peers(folder, files[:SAMPLE]).items():
        each = max(0.0, cost.processor - first[name].processor) / (SAMPLE - 1)
        whole = first[name].processor + each * (TEMPLATES - 1)
        more = f"{whole:.0f} s of the processor for all, {whole / all_of_them.processor:.0f} × ours"
        show(f"  {name}, {SAMPLE} of them", cost, more=more)
    return missed


def policies(folder: Path) -> list[str]:
    """The policies of a large organization; what misses its mark."""
    (folder / "policies").mkdir()
    (folder / "policies" / "base.py").write_text(POLICY)
    (folder / "org.json").write_text(json.dumps(organization(ACCOUNTS)))
    return told("policies", f"policies for {ACCOUNTS:,} accounts", ours(folder, "policies", "--org", "org.json"))


def main() -> int:
    """Print the best of several runs of each case and of each peer, and fail if a case misses its mark."""
    print(f"lint, best of {RUNS}; its peers, best of {PEER_RUNS}, over the same files", flush=True)
    if not CHECKOV.exists():
        print("  checkov is not installed (`make bench` tries): left out")
    with tempfile.TemporaryDirectory() as at:
        missed = [*templates(Path(at)), *policies(Path(at))]
    if missed:
        print(f"  missed: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
