"""Invariants with a name, from the command line: they hold, or a resource shows that they do not, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay.cli.main import cli

NOW = ("--now", "2026-11-29")
ORG = """\
id: o-acme0001
management_account: "100000000001"
regions: [eu-central-1, eu-west-1]
root:
  accounts: [{id: "100000000001", name: management}]
  units:
    - name: Prod
      accounts: [{id: "100000000010", name: shop}]
      units:
        - {name: Payments, accounts: [{id: "100000000011", name: ledger}]}
"""
HEAD = """\
from backstay import (
    AirGappedVault, Copy, Lock, Plan, Policy, RestoreTest, Rule, Select, Vault,
    account, daily, days, hours, minutes, monthly, ou, resource_type, root, tag, weekly,
)
"""
THREE = """
cage = Vault("cage", region="eu-west-1", lock=Lock.compliance(min=days(7), max=days(400), grace=days(30)))
dr = Vault("dr", region="eu-west-1")
main = Vault("main")
gold = Plan("gold", rules=[
    Rule("daily", at=daily("03:00"), keep=days(35), into=main, start_within=hours(1){copies}),
], select=[Select("gold", where=(tag("backup") == "gold") & resource_type("S3"))])
tests = [{tests}]
base = Policy("base", attach=root(), regions=["eu-central-1"], plans=[gold], vaults=[main{here}], restore_tests=tests)
far = Policy("far", attach=root(), regions=["eu-west-1"], vaults=[{there}])
"""
FLOOR = """
main = Vault("main"{lock})
unlocked = Vault("unlocked")
def plan(keep=days(35), into=main, where=tag("backup") == "gold", **more):
    return Plan("gold", rules=[Rule("daily", at=daily("03:00"), keep=keep, into=into, start_within=hours(1), **more)],
                select=[Select("gold", where=where)])
base = Policy("base", attach=root(), plans=[plan()], vaults=[main, unlocked])
{below}
"""
BELOW = 'Policy("base", attach=ou("Prod/Payments"), extends="base", plans=[{plan}])'


def prove(folder: Path, *words: str) -> Result:
    """The command's result; an exception that is none of an exit is raised."""
    result = CliRunner().invoke(cli, ["prove", *NOW, str(folder), *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def asked(folder: Path, text: str, invariant: str) -> dict[str, Any]:
    """The answer to one invariant."""
    (folder / "org.yaml").write_text(ORG)
    (folder / "policy.py").write_text(HEAD + text)
    result = prove(folder, "--invariant", invariant, "--format", "json", "--verify")
    assert result.exit_code in (0, 1), result.output
    (found,) = json.loads(result.stdout)["results"]
    assert found["name"] == invariant
    assert (result.exit_code == 1) == (found["status"] == "COUNTEREXAMPLE")
    return dict(found)


def three(**changes: str) -> str:
    """Policies that do all that 3-2-1-1-0 asks, but for the changes."""
    words = {
        "copies": ", copies=[Copy(to=cage)]",
        "tests": 'RestoreTest("try", at=weekly("mon", "05:00"), types=["S3"])',
        "here": "",
        "there": "cage",
    }
    return THREE.format(**(words | changes))


def test_three_two_one_one_zero_is_proved_where_all_is_done(tmp_path: Path) -> None:
    """Copied to another Region, into a cage, and tested."""
    assert asked(tmp_path, three(), "3-2-1-1-0")["status"] == "PROVED"


MISSING = {
    "no copy": ({"copies": "", "here": ", cage"}, "has no copy to another Region"),
    "no cage": ({"copies": ", copies=[Copy(to=dr)]", "there": "dr"},
                "keeps nothing in an air-gapped vault or one with a compliance lock"),
    "no test": ({"tests": ""}, "no restore test takes one at least every 92 days"),
    "a test of another type": (
        {"tests": 'RestoreTest("try", at=weekly("mon", "05:00"), types=["RDS"])'}, "no restore test takes one"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(MISSING))
def test_three_two_one_one_zero_says_what_is_missing(tmp_path: Path, name: str) -> None:
    """Each part alone refutes it, by a resource, for the type, with the reason."""
    changes, reason = MISSING[name]
    found = asked(tmp_path, three(**changes), "3-2-1-1-0")
    assert found["status"] == "COUNTEREXAMPLE"
    assert found["witness"]["type"] == "S3"
    assert found["witness"]["tags"] == {"backup": "gold"}
    assert any(reason in one["text"] for one in found["nearest"]["reasons"]), found["nearest"]
    assert any(note.startswith("refuted for S3") for note in found["notes"])


def test_three_two_one_one_zero_does_not_guess_at_a_vault_of_somebody_else(tmp_path: Path) -> None:
    """A vault that no policy declares may be locked."""
    found = asked(tmp_path, three(there=""), "3-2-1-1-0")
    assert found["status"] == "UNKNOWN"
    assert any("relies on vault cage, which no policy declares" in note for note in found["notes"])


def test_three_two_one_one_zero_names_the_types_that_a_selection_takes_unasked(tmp_path: Path) -> None:
    """A selection of Aurora takes the clusters of two other types, whose ARNs look alike; no test takes those."""
    tests = 'RestoreTest("try", at=weekly("mon", "05:00"), types=["Aurora"])'
    policy = three(tests=tests).replace('resource_type("S3")', 'resource_type("Aurora")')
    found = asked(tmp_path, policy, "3-2-1-1-0")
    assert found["status"] == "COUNTEREXAMPLE"
    assert found["notes"] == ["refuted for DocumentDB, Neptune"]


LESS = {
    "kept for less": ("plan(keep=days(20))", "Kept for 35 days → 20 days"),
    "taken less": ('plan(where=(tag("backup") == "gold") & ~tag("env").like("tmp*"))', "Any backup"),
    "a vault without the lock": ("plan(into=unlocked)", "a governance lock → no lock"),
}


@pytest.mark.parametrize("name", list(LESS))
def test_a_unit_that_gets_less_than_its_parents_give_is_found(tmp_path: Path, name: str) -> None:
    """The accounts of the unit, what they lose, and the line of the policy below."""
    below, reason = LESS[name]
    policy = FLOOR.format(
        lock=", lock=Lock.governance(min=days(7), max=days(400))", below="low = " + BELOW.format(plan=below)
    )
    found = asked(tmp_path, policy, "parents-floor")
    assert found["status"] == "COUNTEREXAMPLE", found
    assert found["witness"]["account_name"] == "ledger"
    assert found["accounts"] == 1
    assert any(reason in one["text"] for one in found["nearest"]["reasons"]), found["nearest"]
    assert all(one["line"] for one in found["nearest"]["reasons"])


LOOSER = {
    "a lower minimum": (
        'Vault("spare", lock=Lock.governance(min=days(6), max=days(400)))',
        "has more where the policies above stand alone: governance, 7 to 400 days",
    ),
    "a lower minimum in a stronger mode": (
        'Vault("spare", lock=Lock.compliance(min=days(6), max=days(400), grace=days(14)))', "compliance, 6 to 400 days",
    ),
    "an air-gapped vault": (
        'AirGappedVault("cage", min=days(6), max=days(400))', "has less as they are: compliance, 6 to 400 days"
    ),
}  # fmt: skip
SPARE = (
    FLOOR
    + """
spare = Policy("spare", attach=root(), vaults=[
    Vault("spare", lock=Lock.governance(min=days(7), max=days(400))),
    AirGappedVault("cage", min=days(7), max=days(400)),
])
own = Policy("spare", attach=ou("Prod/Payments"), extends="spare", vaults=[{own}])
"""
)


@pytest.mark.parametrize("name", list(LOOSER))
def test_a_unit_whose_lock_is_looser_than_its_parents_is_found(tmp_path: Path, name: str) -> None:
    """No rule uses the vault: it is told all the same, with both locks, each at its line."""
    own, reason = LOOSER[name]
    found = asked(tmp_path, SPARE.format(lock="", below="", own=own), "parents-floor")
    assert found["status"] == "COUNTEREXAMPLE", found
    assert (found["witness"]["type"], found["witness"]["account_name"]) == ("backup vault", "ledger")
    assert found["witness"]["arn"].endswith(":backup-vault:cage" if "Air" in own else ":backup-vault:spare")
    assert any(reason in one["text"] for one in found["nearest"]["reasons"]), found["nearest"]
    assert all(one["line"] for one in found["nearest"]["reasons"])
    told = prove(tmp_path, "--invariant", "parents-floor").stdout
    assert "vault " in told
    assert "nearest: the vault has more where the policies above stand alone" in told


def test_a_unit_may_lock_more_strictly(tmp_path: Path) -> None:
    """A higher minimum, a stronger mode, a vault of its own."""
    own = 'Vault("spare", lock=Lock.compliance(min=days(8), max=days(300), grace=days(14))), Vault("more")'
    assert asked(tmp_path, SPARE.format(lock="", below="", own=own), "parents-floor")["status"] == "PROVED"


MORE = {
    "kept for more": "plan(keep=days(50))",
    "taken more": 'plan(where=tag("backup").like("g*"))',
    "the same in other words": 'plan(where=~(tag("backup") != "gold"))',
}


@pytest.mark.parametrize("name", list(MORE))
def test_a_unit_may_get_more(tmp_path: Path, name: str) -> None:
    """The floor is no ceiling."""
    policy = FLOOR.format(lock="", below="low = " + BELOW.format(plan=MORE[name]))
    assert asked(tmp_path, policy, "parents-floor")["status"] == "PROVED"


def test_what_hangs_on_an_open_reading_is_unknown(tmp_path: Path) -> None:
    """Two selections that are together the parents' only if an absent tag differs from every value."""
    split = '((tag("env") == "a") & (tag("backup") == "gold")) | ((tag("env") != "a") & (tag("backup") == "gold"))'
    policy = FLOOR.format(lock="", below="low = " + BELOW.format(plan=f"plan(where={split})"))
    found = asked(tmp_path, policy, "parents-floor")
    assert found["status"] == "UNKNOWN"
    assert "lacks a tag counts as one whose tag differs" in found["notes"][0]


def test_policies_of_the_root_alone_are_no_one_s_parents(tmp_path: Path) -> None:
    """It says that there is nothing to refute."""
    found = asked(tmp_path, FLOOR.format(lock="", below=""), "parents-floor")
    assert found["status"] == "PROVED"
    assert "no policy stands below another one" in found["notes"][0]


LOCKS = {
    "a lower minimum": ("governance(min=days(30))", "governance(min=days(7))", True),
    "no lock": ("governance(min=days(30))", None, True),
    "a stronger mode with a lower minimum": (
        "governance(min=days(30))", "compliance(min=days(7), grace=days(30))", True
    ),
    "a higher minimum": ("governance(min=days(7))", "governance(min=days(30))", False),
    "a first lock": (None, "governance(min=days(7))", False),
}  # fmt: skip


@pytest.mark.parametrize("name", list(LOCKS))
def test_a_looser_lock_has_a_name_that_a_pipeline_can_fail_on(tmp_path: Path, name: str) -> None:
    """`diff --fail-on locks-only-tighten` fails on it and on nothing else."""
    before, after, looser = LOCKS[name]
    for side, lock in (("old", before), ("new", after)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "org.yaml").write_text(ORG)
        told = f", lock=Lock.{lock}" if lock else ""
        (tmp_path / side / "policy.py").write_text(
            HEAD + f'base = Policy("base", attach=root(), vaults=[Vault("main"{told})])\n'
        )
    words = ["diff", *NOW, str(tmp_path / "old"), str(tmp_path / "new"), "--fail-on", "locks-only-tighten"]
    result = CliRunner().invoke(cli, [*words, "--format", "json"])
    assert result.exit_code == int(looser), result.output
    broken = [one for one in json.loads(result.stdout)["changes"] if one["breaks"] == "locks-only-tighten"]
    assert bool(broken) == looser


def test_names_are_listed_and_wrong_ones_refused(tmp_path: Path) -> None:
    """A name that there is not, and one that asks for two sides."""
    listed = prove(tmp_path, "--list-invariants").stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["3-2-1-1-0", "parents-floor", "locks-only-tighten"]
    wrong = prove(tmp_path, "--invariant", "3-2-1")
    assert wrong.exit_code == 2
    assert "there are: 3-2-1-1-0, parents-floor, locks-only-tighten" in wrong.stderr
    sides = prove(tmp_path, "--invariant", "locks-only-tighten")
    assert sides.exit_code == 2
    assert "--fail-on locks-only-tighten" in sides.stderr


def test_a_house_says_what_is_always_asked(tmp_path: Path) -> None:
    """`[prove] invariants`, in either file, beside what an option asks; those about two sides wait for `diff`."""
    (tmp_path / "org.yaml").write_text(ORG)
    (tmp_path / "policy.py").write_text(HEAD + three(tests=""))
    (tmp_path / "backstay.toml").write_text('[prove]\ninvariants = ["3-2-1-1-0", "locks-only-tighten"]\n')
    both = prove(tmp_path, "--invariant", "parents-floor", "--invariant", "3-2-1-1-0", "--format", "json")
    assert [one["name"] for one in json.loads(both.stdout)["results"]] == ["parents-floor", "3-2-1-1-0"]
    assert both.exit_code == 1
    assert "3-2-1-1-0" not in prove(tmp_path, "--no-config").stdout
    (tmp_path / "backstay.toml").unlink()
    (tmp_path / "pyproject.toml").write_text('[tool.backstay.prove]\ninvariants = ["3-2-1-1-0"]\n')
    assert "COUNTEREXAMPLE  3-2-1-1-0" in prove(tmp_path).stdout


def test_a_review_answers_what_a_house_asks(tmp_path: Path) -> None:
    """The comment has the refuted invariant among the promises."""
    (tmp_path / "org.yaml").write_text(ORG)
    (tmp_path / "policy.py").write_text(HEAD + three(tests=""))
    (tmp_path / "backstay.toml").write_text('[prove]\ninvariants = ["3-2-1-1-0"]\n')
    result = CliRunner().invoke(cli, ["diff", *NOW, str(tmp_path), str(tmp_path), "--format", "markdown"])
    assert "1 promise does not hold" in result.stdout
    assert "| refuted | 3-2-1-1-0 |" in result.stdout


WRONG_SETTINGS = {
    "another name": ('[prove]\ninvariants = ["3-2-1-1"]\n', "there is no invariant `3-2-1-1`", "mean `3-2-1-1-0`?"),
    "another key": ('[prove]\ninvariant = ["3-2-1-1-0"]\n', "there is no setting `invariant`", "mean `invariants`?"),
    "no list": ('[prove]\ninvariants = "3-2-1-1-0"\n', "`invariants` has to be a list of texts", "this is `3-2-1-1-0`"),
    "no table": ("prove = true\n", "`prove` has to be a table", "this is `true`"),
    "no table around it": ('invariants = ["3-2-1-1-0"]\n', "there is no setting `invariants`", "in the table `prove`"),
    "no TOML": ("[prove\n", "backstay.toml:1:", "broken-configuration"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["prove", "diff"])
@pytest.mark.parametrize("name", list(WRONG_SETTINGS))
def test_what_a_house_says_wrongly_is_told_at_its_line(tmp_path: Path, name: str, command: str) -> None:
    """Nothing is proved, the file and the line are named, the exit code is 2."""
    text, said, help_ = WRONG_SETTINGS[name]
    (tmp_path / "org.yaml").write_text(ORG)
    (tmp_path / "policy.py").write_text(HEAD + three())
    (tmp_path / "backstay.toml").write_text(text)
    sides = [str(tmp_path)] * (2 if command == "diff" else 1)
    result = CliRunner().invoke(cli, [command, *NOW, *sides])
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert help_ in result.stderr
    assert "backstay.toml:" in result.stderr
    assert not result.stdout


def test_the_configuration_is_named_or_left_out_not_both(tmp_path: Path) -> None:
    """A usage error."""
    wrong = prove(tmp_path, "--config", str(tmp_path / "x.toml"), "--no-config")
    assert (wrong.exit_code, "contradict" in wrong.stderr) == (2, True)
    missing = prove(tmp_path, "--config", str(tmp_path / "x.toml"))
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)
