"""What `backstay prove` and `backstay diff` cost from a cold interpreter, beside z3 on the same questions.

z3 is given what the engine is given, without loading or resolving anything: the selections of the plans that keep long
enough, and what the requirement is about, as texts and regular expressions. It answers under one reading of an absent
tag, where ours answers under both.
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

from tests.benchmarks.compile_scale import organization

RUNS = 3
SELECTIONS = 5
INVARIANTS = 20
KEPT = (7, 35, 400)
KEYS, VALUES = 12, ("gold", "silver", "bronze", "prod", "dev", "tmp-1", "a", "b")
PATTERNS = ("tmp*", "g*", "*1", "pro*", "*o*", "b*")
ACCOUNTS = 10_000
MARKS = {"100 plans": 0.6, "1,000 plans": 3.0, "difference": 2.0}
"""Seconds."""
PATIENCE = 20_000
"""Milliseconds that z3 may think about one question."""

COMMAND = "import sys; from backstay.cli.main import main; sys.exit(main(sys.argv[1:]))"
ORG = """\
id: o-acme0001
management_account: "100000000001"
regions: [eu-central-1]
root:
  accounts: [{id: "100000000001", name: management}, {id: "100000000010", name: shop}]
"""
HEAD = "from backstay import Plan, Policy, Require, Rule, Select, Vault, account, daily, days, hours, root, tag\n"
LAYERED = '''"""Three tiers for two units, and their vaults."""

from backstay import Copy, Lock, Plan, Policy, Rule, Select, Vault, account, daily, days, hours, ou, tag, years

dr = Vault("dr", account="central", region="eu-west-1")
primary = Vault("primary", lock=Lock.governance(min=days(7), max=years(8)))


def plan(name):
    night = Rule("daily", at=daily("03:00", tz="UTC"), into=primary, keep=days({keep}), start_within=hours(2),
                 copies=[Copy(to=dr, keep=days(90))])
    where = (tag("tier") == name) & ~tag("env").like("{not_like}")
    return Plan(name, rules=[night], select=[Select(name, where=where)])


where = ou("Prod") | ou("NonProd") | account("central")
plans = [plan(name) for name in ["gold", "silver", "bronze", "tin", "lead", "clay"]]
base = Policy("base", attach=where, plans=plans, vaults=[primary, dr])
'''
Test = tuple[str, str, str]


@dataclass(frozen=True, order=True)
class Cost:
    """Seconds of the wall clock, and of the processor, of a command and what it starts."""

    seconds: float
    processor: float


@dataclass(frozen=True)
class Question:
    """Selections by how long their plan keeps, and what each requirement is about and asks for."""

    selections: tuple[tuple[int, tuple[Test, ...]], ...]
    invariants: tuple[tuple[int, tuple[Test, ...]], ...]


def question(plans: int, seed: int = 3) -> Question:
    """Plans of five selections with one to three comparisons each, and twenty requirements."""
    dice = random.Random(seed)
    keys = [f"k{number}" for number in range(KEYS if plans <= 100 else 2 * KEYS)]
    selections = []
    for _ in range(plans):
        kept = dice.choice(KEPT)
        selections += [(kept, _tests(dice, keys)) for _ in range(SELECTIONS)]
    return Question(tuple(selections), tuple((dice.choice(KEPT), _tests(dice, keys)) for _ in range(INVARIANTS)))


def _tests(dice: random.Random, keys: Sequence[str]) -> tuple[Test, ...]:
    return tuple(_test(dice, dice.choice(keys)) for _ in range(dice.randint(1, 3)))


def _test(dice: random.Random, key: str) -> Test:
    lot = dice.random()
    if lot < 0.2:
        return key, "like", dice.choice(PATTERNS)
    return key, "!=" if lot < 0.3 else "==", dice.choice(VALUES)


def written(folder: Path, asked: Question) -> None:
    """The question as policies."""
    lines = ['vault = Vault("main")', "plans = []"]
    for number in range(0, len(asked.selections), SELECTIONS):
        group = asked.selections[number : number + SELECTIONS]
        chosen = ", ".join(f'Select("s{one}", where={_text(tests)})' for one, (_, tests) in enumerate(group))
        rule = f'Rule("daily", at=daily("03:00"), into=vault, keep=days({group[0][0]}), start_within=hours(1))'
        lines.append(f'plans.append(Plan("p{number}", rules=[{rule}], select=[{chosen}]))')
    lines.append('base = Policy("base", attach=account("shop"), plans=plans, vaults=[vault])')
    for number, (keep, tests) in enumerate(asked.invariants):
        more = f'under=account("shop"), types=["RDS"], keep=days({keep})'
        lines.append(f'r{number} = Require("r{number}", every={_text(tests)}, {more})')
    (folder / "policy.py").write_text(HEAD + "\n".join(lines) + "\n")
    (folder / "org.yaml").write_text(ORG)


def _text(tests: Sequence[Test]) -> str:
    return " & ".join(
        f'tag("{key}").like("{text}")' if operator == "like" else f'(tag("{key}") {operator} "{text}")'
        for key, operator, text in tests
    )


def measure(folder: Path, *words: str) -> tuple[Cost, str]:
    """The best of several runs of a command, without what an earlier run remembered, and what it said."""
    runs = []
    for _ in range(RUNS):
        with (folder / "said").open("wb") as out:
            started = time.perf_counter()
            command = [sys.executable, "-c", COMMAND, *words]
            process = subprocess.Popen(command, cwd=folder, stdout=out, env={**os.environ, "BACKSTAY_NO_CACHE": "1"})
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            raise SystemExit(f"{words} failed with {process.returncode}")
        runs.append(Cost(seconds, used.ru_utime + used.ru_stime))
    return min(runs), (folder / "said").read_text()


def by_z3(asked: Question) -> tuple[float, list[bool | None]]:
    """Seconds of the processor for all requirements; which hold where an absent tag differs, None where it gave up."""
    import z3

    def regular(text: str) -> Any:
        pieces = [z3.Full(z3.ReSort(z3.StringSort())) if sign == "*" else z3.Re(sign) for sign in text]
        return z3.Concat(*pieces) if len(pieces) > 1 else pieces[0]

    def holds(test: Test) -> Any:
        key, operator, text = test
        value, there = z3.String(f"v-{key}"), z3.Bool(f"t-{key}")
        if operator == "!=":
            return z3.Or(z3.Not(there), value != z3.StringVal(text))
        return z3.And(there, z3.InRe(value, regular(text)) if operator == "like" else value == z3.StringVal(text))

    started = time.process_time()
    found: list[bool | None] = []
    for keep, about in asked.invariants:
        solver = z3.Solver()
        solver.set("timeout", PATIENCE)
        solver.add(*map(holds, about))
        solver.add(*(z3.Not(z3.And(*map(holds, tests))) for kept, tests in asked.selections if kept >= keep))
        outcome = solver.check()
        found.append(None if outcome == z3.unknown else bool(outcome == z3.unsat))
    return time.process_time() - started, found


def proofs(folder: Path, plans: int, *, beside: bool) -> list[str]:
    """Twenty requirements over so many plans, ours and z3's; what misses its mark."""
    name = f"{plans:,} plans"
    asked = question(plans)
    written(folder, asked)
    cost, said = measure(folder, "prove", ".", "--now", "2026-11-29", "--format", "json")
    statuses = [one["status"] for one in json.loads(said)["results"]]
    show(f"{INVARIANTS} invariants, {plans:,} × {SELECTIONS}", cost, MARKS[name])
    if beside:
        seconds, theirs = by_z3(asked)
        wrong = [
            number
            for number, (status, proved) in enumerate(zip(statuses, theirs, strict=True))
            if proved is not None and (status == "PROVED") > proved
        ]
        if wrong:
            raise SystemExit(f"z3 refutes what is proved: {wrong}")
        given_up = f", gave up on {theirs.count(None)}" if None in theirs else ""
        more = f"{seconds / cost.processor:.1f} × ours{given_up}"
        print(f"    z3, the questions alone{seconds:20.2f} s of processors, {more}", flush=True)
    return [name] if cost.seconds > MARKS[name] else []


def difference(folder: Path) -> list[str]:
    """Two revisions of the policies of a large organization; what misses its mark."""
    for side, keep, not_like in (("old", 35, "tmp*"), ("new", 30, "t*")):
        (folder / side).mkdir()
        (folder / side / "base.py").write_text(LAYERED.format(keep=keep, not_like=not_like))
    (folder / "org.json").write_text(json.dumps(organization(ACCOUNTS)))
    cost, said = measure(folder, "diff", "old", "new", "--org", "org.json", "--now", "2026-11-29", "--format", "json")
    if not any(one["direction"] == "lost" for one in json.loads(said)["changes"]):
        raise SystemExit("the difference lost nothing")
    show(f"difference, {ACCOUNTS:,} accounts × 4", cost, MARKS["difference"])
    return ["difference"] if cost.seconds > MARKS["difference"] else []


def show(what: str, cost: Cost, mark: float) -> None:
    """One line of the table."""
    print(f"  {what:34}{cost.seconds:8.2f} s  (mark {mark:.1f} s)  {cost.processor:.2f} s of processors", flush=True)


def main() -> int:
    """Print the best of several runs of each case, and fail if one misses its mark."""
    print(f"prove and diff, best of {RUNS}; z3 once, on the same questions", flush=True)
    missed: list[str] = []
    for plans, beside in ((100, True), (1_000, False)):
        with tempfile.TemporaryDirectory() as at:
            missed += proofs(Path(at), plans, beside=beside)
    with tempfile.TemporaryDirectory() as at:
        missed += difference(Path(at))
    if missed:
        print(f"  missed: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
