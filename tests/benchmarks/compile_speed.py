"""How long `backstay compile --packed` takes for a large organization, from a cold interpreter, and how much memory."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ACCOUNTS = 10_000
REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2"]
UNITS = {"Prod": 50, "NonProd": 30, "Infrastructure": 8, "Security": 2, "Sandbox": 10}
MOST_SECONDS = 3.0
MOST_MEGABYTES = 400

POLICY = '''"""Six plans for two units and their vaults."""

from backstay import Access, Copy, Lock, Plan, Policy, Rule, Select, Settings, Vault
from backstay import account, daily, days, hours, monthly, ou, tag, years

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


plans = [plan(name) for name in ["gold", "silver", "bronze", "tin", "lead", "clay"]]
where = ou("Prod") | ou("NonProd") | account("central")
base = Policy("base", attach=where, plans=plans, vaults=[primary, dr], settings=Settings(cross_account_copies=True))
'''


def organization() -> dict[str, Any]:
    """Accounts over five units; one in ten has half of the Regions."""
    rng = random.Random(7)
    units: dict[str, list[dict[str, Any]]] = {name: [] for name in UNITS}
    for number in range(ACCOUNTS):
        name = rng.choices(list(UNITS), list(UNITS.values()))[0]
        account: dict[str, Any] = {"id": f"{200000000000 + number}", "name": f"{name}-{number}", "tags": {"env": name}}
        if rng.random() < 0.1:
            account["regions"] = sorted(rng.sample(REGIONS, 2))
        units[name].append(account)
    first = [{"id": "100000000001", "name": "management"}, {"id": "100000000002", "name": "central"}]
    root = {"accounts": first, "units": [{"name": name, "accounts": members} for name, members in units.items()]}
    return {"id": "o-acme0001", "management_account": "100000000001", "regions": REGIONS, "root": root}


def measure(folder: Path) -> tuple[float, float]:
    """Seconds of the wall clock and megabytes at most, of one run of the command."""
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "base.py").write_text(POLICY)
    (folder / "org.json").write_text(json.dumps(organization()))
    words = ["compile", "policies", "--org", "org.json", "-o", "build", "--packed"]
    command = "import sys; from backstay.cli.main import main; sys.exit(main(sys.argv[1:]))"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", command, *words], cwd=folder, check=True)
    seconds = time.perf_counter() - started
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> int:
    """Measure three times, print the best, and fail if it misses the mark."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [measure(Path(folder)) for _ in range(3)]
    seconds, megabytes = min(runs)[0], max(memory for _, memory in runs)
    print(f"compile --packed, {ACCOUNTS:,} accounts in {len(REGIONS)} Regions, six plans:")
    print(f"  {seconds:.2f} s (mark {MOST_SECONDS:.0f} s), {megabytes:.0f} MB (mark {MOST_MEGABYTES} MB)")
    return int(seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
