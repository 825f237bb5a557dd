"""Large organizations: how long `compile --packed` takes from a cold interpreter, and how much memory."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2"]
UNITS = {"Prod": 50, "NonProd": 30, "Infrastructure": 8, "Security": 2, "Sandbox": 10}
TEAMS = ["payments", "search", "ledger", "mobile", "risk", "claims", "web", "data"]

POLICY = '''"""Two tiers and their vaults for two units, as a large organization would write them."""

from backstay import Access, Copy, Lock, Plan, Policy, Rule, Select, Settings, Vault
from backstay import account, account_tag, daily, days, hours, monthly, ou, tag, years

dr = Vault("dr", account="central", region="eu-west-1", key="alias/backup",
           access=Access.allow_copies_from(organization=True))
primary = Vault("primary", key="alias/backup", lock=Lock.governance(min=days(7), max=years(8)))


def plan(name):
    night = Rule("daily", at=daily("03:00", tz="UTC"), into=primary, keep=days(35), start_within=hours(2),
                 copies=[Copy(to=dr, keep=days(90))])
    month = Rule("monthly", at=monthly(1, "07:00"), into=primary, cold_after=days(30), keep=years(7),
                 copies=[Copy(to=dr, keep=years(7))])
    chosen = Select(name, where=(tag("tier") == name) & ~tag("env").like("tmp*"))
    return Plan(name, rules=[night, month], select=[chosen])


base = Policy("base", attach=ou("Workloads/Prod") | ou("Workloads/NonProd") | account("central"),
              plans=[plan(name) for name in ["gold", "silver", "bronze"]], vaults=[primary, dr],
              settings=Settings(cross_account_copies=True))
risk = Policy("risk", attach=ou("Workloads") & (account_tag("team") == "risk"), plans=[plan("tin")],
              vaults=[primary, dr])
'''

# Run between this process and the command: a child's peak of memory counts from its parent's, and pytest's is large.
MEASURE = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


@dataclass(frozen=True)
class Measured:
    """One run of the command: seconds of the wall clock and of the processor (children included), megabytes at most."""

    wall: float
    processor: float
    megabytes: float


def _organization(accounts: int) -> dict[str, Any]:
    """Accounts over five units with two tags each; one in ten has half of the Regions."""
    rng = random.Random(7)
    units: dict[str, list[dict[str, Any]]] = {name: [] for name in UNITS}
    for number in range(3, accounts + 1):
        (name,), team = rng.choices(list(UNITS), list(UNITS.values())), rng.choice(TEAMS)
        account: dict[str, Any] = {"id": f"{100000000000 + number}", "name": f"{team}-{name.lower()}-{number}"}
        account["tags"] = {"env": name.lower(), "team": team}
        if rng.random() < 0.1:
            account["regions"] = sorted(rng.sample(REGIONS, 2))
        units[name].append(account)
    below = [{"name": name, "accounts": units[name]} for name in ("Prod", "NonProd")]
    rest = [{"name": name, "accounts": units[name]} for name in ("Infrastructure", "Security", "Sandbox")]
    first = [{"id": "100000000001", "name": "management"}, {"id": "100000000002", "name": "central"}]
    root = {"accounts": first, "units": [{"name": "Workloads", "units": below}, *rest]}
    return {"id": "o-acme0001", "management_account": "100000000001", "regions": REGIONS, "root": root}


def _measure(folder: Path, accounts: int) -> Measured:
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "base.py").write_text(POLICY)
    (folder / "org.json").write_text(json.dumps(_organization(accounts)))
    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "backstay.cli.main"]
    words = ["compile", "policies", "--org", "org.json", "-o", "build", "--packed", "-q"]
    done = subprocess.run([*command, *words], cwd=folder, capture_output=True, text=True, check=True)
    wall, processor, memory = json.loads(done.stdout)
    return Measured(wall, processor, memory / (1 << (20 if sys.platform == "darwin" else 10)))


def _reached(folder: Path) -> tuple[int, int, int]:
    """Accounts, places and shapes of the build."""
    accounts = json.loads((folder / "build" / "index.json").read_text())["accounts"]
    shapes = {shape for account in accounts.values() for shape in account["regions"].values()}
    assert {path.stem for path in (folder / "build" / "shapes").iterdir()} == shapes
    return len(accounts), sum(len(account["regions"]) for account in accounts.values()), len(shapes)


def test_a_thousand_accounts(tmp_path: Path) -> None:
    """A bound that holds on a busy machine too; few shapes, since few accounts differ."""
    measured = _measure(tmp_path, 1_000)
    accounts, places, shapes = _reached(tmp_path)
    assert accounts > 700
    assert places > 2_500
    assert shapes < 40
    assert measured.processor < 3.0, measured
    assert measured.megabytes < 200, measured


@pytest.mark.long
def test_ten_thousand_accounts(tmp_path: Path) -> None:
    """10,000 accounts in 4 Regions compile within 3 seconds and 400 MB: the best of three."""
    runs = [_measure(tmp_path, 10_000) for _ in range(3)]
    accounts, places, _ = _reached(tmp_path)
    assert accounts > 7_500
    assert places > 25_000
    assert min(run.wall for run in runs) < 3.0, runs
    assert max(run.megabytes for run in runs) < 400, runs
