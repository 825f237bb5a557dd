"""Coverage of policies: what counts as reached, and the command that tells what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.compiler.testing.conftest import NOW, ORG, REFERENCE

from backstay.cli.main import cli
from backstay.coverage.measure import Coverage, measure
from backstay.coverage.reached import Reached, of_document
from backstay.testing import Org, load_org

FILE = """\
from backstay import Plan, Policy, Require, Rule, Select, Vault, daily, days, ou, resource_type, tag
v = Vault("v", key="alias/k")
tags = Plan("tags", rules=[Rule("r", at=daily("03:00"), into=v, keep=days(7))],
    select=[Select("s", where=tag("a").isin(["b", "c"]))])
types = Plan("types", rules=[Rule("r", at=daily("03:00"), into=v, keep=days(7))],
    select=[Select("s", where=(
        (resource_type("EBS") | resource_type("RDS")) & (tag("x") == "y") & ~tag("env").like("t*")
    ))])
either = Plan("either", rules=[Rule("r", at=daily("03:00"), into=v, keep=days(7))],
    select=[Select("s", where=((tag("p") == "1") & (tag("q") == "1")) | (tag("z") == "9"))])
x = Policy("x", attach=ou("Prod"), plans=[tags, types, either], vaults=[v])
q = Require("p is kept", every=tag("p") == "1", under=ou("Prod"), types=["EBS"])
"""


@pytest.fixture
def org(tmp_path: Path) -> Org:
    """Three plans whose selections have alternatives, conditions and disjuncts; a promise."""
    (tmp_path / "org.yaml").write_text(ORG)
    (tmp_path / "all.py").write_text(FILE)
    return load_org(tmp_path / "all.py", tmp_path / "org.yaml", now=NOW)


def found(org: Org) -> Coverage:
    """The coverage of what was asked so far."""
    assert org.checked.org is not None
    return measure(org.model, org.checked.org, org.reached)


def missing(org: Org) -> set[str]:
    """The names of what was not reached."""
    return {item.name for item, hit in found(org).items if not hit}


def look(org: Org, kind: str = "EBS", account: str = "shop", **tags: str) -> None:
    """Ask what happens to a resource."""
    org.protection(org.resource(kind, account, tags=tags))


def test_nothing_is_reached_at_first(org: Org) -> None:
    """Every rule, disjunct, alternative, condition, promise, unit and class of accounts is there, and missing."""
    names = missing(org)
    assert len(names) == len(found(org).items) == 19
    assert {
        "rule r of plan tags",
        "selection s of plan tags",
        'a == "b" in selection s of plan tags',
        'a == "c" in selection s of plan tags',
        "type EBS in selection s of plan types",
        'x == "y" in selection s of plan types',
        'env not like "t*" in selection s of plan types',
        "selection s of plan either",
        "selection s-2 of plan either",
        "Require p is kept",
        "unit Prod",
        "shop and 1 alike in eu-central-1",
    } <= names


def test_an_alternative_is_reached_by_what_it_takes(org: Org) -> None:
    """One tag of several, one type of several; the other stays."""
    look(org, a="b")
    look(org, "RDS", x="y", env="prod")
    names = missing(org)
    assert 'a == "b" in selection s of plan tags' not in names
    assert 'a == "c" in selection s of plan tags' in names
    assert "type RDS in selection s of plan types" not in names
    assert "type EBS in selection s of plan types" in names
    assert not {"rule r of plan tags", "rule r of plan types", "selection s of plan types"} & names


def test_a_condition_is_reached_by_what_it_alone_keeps_out(org: Org) -> None:
    """A resource that fails two conditions shows nothing of either; nor does one that AWS leaves open."""
    look(org, x="n", env="tmp")
    look(org, x="y")
    both = {'x == "y" in selection s of plan types', 'env not like "t*" in selection s of plan types'}
    assert both <= missing(org)
    look(org, x="y", env="tmp")
    assert both & missing(org) == {'x == "y" in selection s of plan types'}
    look(org, x="n", env="prod")
    assert not both & missing(org)


def test_disjuncts_are_told_apart(org: Org) -> None:
    """What takes by one side of an `|` says nothing of the other, though the rule is the same."""
    look(org, z="9")
    assert {"selection s of plan either", "selection s-2 of plan either", "rule r of plan either"} & missing(org) == {
        "selection s of plan either"
    }


def test_promises_units_and_accounts(org: Org) -> None:
    """A promise is reached by a resource that it is about, or asked for by name; accounts by a look at one alike."""
    look(org, "RDS", p="1")
    assert "Require p is kept" in missing(org), "another type"
    assert {"unit Prod", "shop and 1 alike in eu-central-1"} & missing(org) == set()
    assert (found(org).looked_at, found(org).not_looked_at) == (("100000000010",), ("100000000011",))
    look(org, "EBS", "ledger", p="1")
    assert "Require p is kept" not in missing(org)
    org.reached.__init__()  # type: ignore[misc]
    org.prove("p is kept")
    assert "Require p is kept" not in missing(org)
    org.account("ledger")
    assert "unit Prod" not in missing(org)


def test_what_was_reached_travels(org: Org) -> None:
    """Written as JSON and read again it is the same; anything else is refused."""
    look(org, a="b")
    org.prove()
    assert of_document(json.loads(json.dumps(org.reached.document()))) == org.reached
    for wrong in ({}, [], {"resources": [{}], "accounts": [], "promises": []}, {"resources": 1}):
        with pytest.raises(ValueError, match="not a record"):
            of_document(wrong)
    assert Reached() == of_document(Reached().document())


def run(*words: str) -> Result:
    """The command."""
    return CliRunner().invoke(cli, ["coverage", *words])


MIDSIZE = str(REFERENCE / "midsize")
INVENTORY = str(REFERENCE / "midsize" / "inventory.jsonl")


def test_the_command() -> None:
    """A table as of coverage.py, the places, the accounts; the exit code says whether it is enough."""
    done = run(MIDSIZE, "--inventory", INVENTORY)
    assert done.exit_code == 0
    assert "Name" in done.output.splitlines()[0]
    assert 'env not like "tmp*" in selection tier-bronze of plan bronze: keeps nothing out by itself' in done.output
    assert done.output.splitlines()[-1] == "9 of 9 accounts that get a plan were looked at."
    assert run(MIDSIZE, "--inventory", INVENTORY, "--fail-under", "80").exit_code == 0
    poor = run(MIDSIZE, "--inventory", INVENTORY, "--fail-under", "89")
    assert (poor.exit_code, poor.stderr.splitlines()[-1]) == (1, "88% is less than the 89% asked for.")


def test_tests_and_inventory_together(tmp_path: Path) -> None:
    """What a run of tests wrote is taken in; JSON has numbers and places for programs."""
    org = load_org(MIDSIZE, now=NOW)
    org.protection(org.resource("EBS", "web-prod", "eu-west-1", {"backup-tier": "bronze", "env": "tmp-1"}))
    record = tmp_path / "found.json"
    record.write_text(json.dumps({"reached": org.reached.document()}))
    words = (MIDSIZE, "--format", "json", "--inventory", INVENTORY)
    less, more = (json.loads(run(*words, *extra).output) for extra in ((), ("--tests", str(record))))
    assert more["total"]["reached"] == less["total"]["reached"] + 1
    (plans,) = (one for one in less["files"] if one["path"].endswith("plans.py"))
    assert {"kind", "name", "text", "line", "column"} == plans["missing"][0].keys()
    assert plans["items"] - plans["reached"] == len(plans["missing"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((MIDSIZE,), 2, "say what is looked at"),
        ((MIDSIZE, "--inventory", "nowhere.jsonl"), 2, "cannot read the inventory"),
        ((MIDSIZE, "--tests", "nowhere.json"), 2, "cannot read nowhere.json"),
        ((MIDSIZE, "--tests", INVENTORY), 2, "this is not what `pytest --backstay-coverage=FILE` writes"),
        ((MIDSIZE, "--inventory", INVENTORY, "--fail-under", "101"), 2, "101"),
        (("nowhere", "--inventory", INVENTORY), 2, "nowhere"),
    ],
)
def test_bad_input(words: tuple[str, ...], code: int, said: str) -> None:
    """One sentence and an exit code, never a traceback."""
    done = run(*words)
    assert (done.exit_code, isinstance(done.exception, SystemExit)) == (code, True)
    assert said in done.output
