"""`backstay explain`: why something is, or is not, protected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay.cli.main import cli

ORG = """
id: o-acme0001
management_account: "100000000001"
regions: [eu-central-1]
root:
  accounts:
    - {id: "100000000001", name: management}
  units:
    - name: Prod
      accounts:
        - {id: "100000000010", name: shop, tags: {env: prod}, regions: [eu-central-1, eu-west-1]}
    - name: Dev
      accounts:
        - {id: "100000000020", name: lab, tags: {env: dev}}
"""
POLICY = '''"""Two plans."""

from backstay import Copy, Plan, Policy, Rule, Select, Settings, Vault, daily, days, ou, account_tag, resource_type, tag

dr = Vault("dr", region="eu-west-1")
main = Vault("main")
gold = Plan(
    "gold",
    rules=[Rule("daily", at=daily("03:00"), into=main, keep=days(120), cold_after=days(30), copies=[Copy(to=dr)])],
    select=[Select("tier", where=(tag("backup") == "gold") & ~tag("env").like("tmp*"))],
)
disks = Plan(
    "disks",
    rules=[Rule("daily", at=daily("04:00"), into=main, keep=days(7))],
    select=[Select("volumes", where=resource_type("EBS"))],
)
prod = Policy("prod", attach=ou("Prod") & (account_tag("env") == "prod"), plans=[gold, disks], vaults=[main, dr],
              settings=Settings(opt_in={"DynamoDB": False}))
lab = Policy("lab", attach=ou("Dev"), vaults=[Vault("spare")])
'''
ORDERS = "arn:aws:rds:eu-central-1:100000000010:db:orders"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the organization and the policies, as working directory."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "acme.py").write_text(POLICY)
    (tmp_path / "org.yaml").write_text(ORG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explain(*arguments: str) -> Result:
    """The command with the organization file of the folder."""
    return CliRunner().invoke(cli, ["explain", "--org", "org.yaml", *arguments])


def asked(*arguments: str) -> Any:
    """The answer as JSON."""
    done = explain(*arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_a_resource_that_is_taken() -> None:
    """The plan that takes it, the selection, every term with what the resource has, and the lines where they stand."""
    text = explain("--resource", ORDERS, "--tag", "backup=gold", "--tag", "env=prod").output
    assert f"{ORDERS} (RDS) in shop (100000000010, Prod), eu-central-1" in text
    assert "PROTECTED by 1 plan: gold." in text
    assert '✓ backup == "gold"   its backup is "gold"   (policies/acme.py:10:' in text
    assert '✓ env not like "tmp*"   its env is "prod"' in text
    assert "copy to arn:aws:backup:eu-west-1:$account:backup-vault:dr, kept 120 days" in text
    assert "! rule daily: RDS has no cold storage, its recovery points stay warm" in text
    assert "plan disks does not take it; the nearest selection is volumes" in text
    assert "✗ type EBS   it is RDS   (policies/acme.py:15:" in text


def test_when_it_is_backed_up_next() -> None:
    """The next starts of the rules that take it, in UTC, from the day that is given."""
    words = ("--resource", ORDERS, "--tag", "backup=gold", "--tag", "env=prod", "--now", "2026-11-24")
    starts = asked(*words)["next"]["eu-central-1"]
    assert [one["at"] for one in starts] == ["2026-11-24T03:00Z", "2026-11-25T03:00Z", "2026-11-26T03:00Z"]
    assert {one["rules"] for one in starts} == {"gold/daily"}
    assert "next start 2026-11-24T03:00Z: gold/daily" in explain(*words).output


def test_a_resource_that_is_not_taken() -> None:
    """Nothing takes it: the term that failed is shown with what the resource has instead."""
    said = asked("--resource", ORDERS, "--tag", "backup=golden")
    assert said["protected"] is False
    refused = {one["plan"]: one for one in said["plans"]["eu-central-1"]["refused"]}
    assert refused["gold"]["failed"][0]["term"] == 'backup == "gold"'
    assert refused["gold"]["failed"][0]["resource"] == 'its backup is "golden"'
    assert refused["gold"]["failed"][0]["place"].startswith("policies/acme.py:10:")
    assert "NOT PROTECTED by any plan." in explain("--resource", ORDERS, "--tag", "backup=golden").output


def test_what_aws_leaves_open_is_said() -> None:
    """Whether `!=` takes a resource without the tag AWS does not say: neither does the answer."""
    [taken] = asked("--resource", ORDERS, "--tag", "backup=gold")["plans"]["eu-central-1"]["taken"]
    assert taken["sure"] is False
    assert [term["holds"] for term in taken["terms"]] == [True, None]
    assert "if AWS lets an absent tag differ" in explain("--resource", ORDERS, "--tag", "backup=gold").output


def test_a_type_that_is_opted_out() -> None:
    """A type that the policy opts out is not taken by a tag, and the answer says why."""
    arn = "arn:aws:dynamodb:eu-central-1:100000000010:table/carts"
    said = asked("--resource", arn, "--tag", "backup=gold", "--tag", "env=prod")
    refused = {one["plan"]: one["reason"] for one in said["plans"]["eu-central-1"]["refused"]}
    assert refused["gold"] == "DynamoDB is opted out in this Region by the policy"


def test_a_resource_of_the_inventory(folder: Path) -> None:
    """Type and tags come from an inventory where one is given; what the line says wins."""
    row = {
        "arn": ORDERS,
        "type": "RDS",
        "account": "100000000010",
        "region": "eu-central-1",
        "tags": {"backup": "gold"},
    }
    (folder / "all.jsonl").write_text(json.dumps(row) + "\n")
    assert asked("--resource", ORDERS, "--inventory", "all.jsonl")["protected"] is True
    assert asked("--resource", ORDERS, "--inventory", "all.jsonl", "--tag", "backup=no")["protected"] is False
    missing = explain("--resource", ORDERS + "2", "--inventory", "all.jsonl")
    assert (missing.exit_code, "has no arn:aws:rds" in missing.output) == (2, True)


def test_one_that_might_be() -> None:
    """Without an ARN, a type and tags are judged in every Region of the account."""
    said = asked("--account", "shop", "--type", "EBS")
    assert sorted(said["plans"]) == ["eu-central-1", "eu-west-1"]
    assert {one["plan"] for one in said["plans"]["eu-west-1"]["taken"]} == {"disks"}


def test_an_account() -> None:
    """Everything that an account gets, by Region, each thing with its policy, target and line; and what misses it."""
    text = explain("--account", "100000000010").output
    assert text.startswith("shop (100000000010, Prod): 1 policy reaches it.")
    assert '  plan gold, from policy prod attached to Prod & env == "prod"   (policies/acme.py:7:' in text
    assert "  vault main, not locked   (policies/acme.py:6:" in text
    assert "opt-ins: DynamoDB off" in text
    assert "policy lab does not reach the account: attached to Dev" in text
    assert "    the account is in Prod" in text
    assert "    its tag env is 'prod'" in text


def test_an_account_that_nothing_reaches() -> None:
    """An account without anything is told so, with the policies that miss it and why."""
    text = explain("--account", "management").output
    assert "0 policies reach it" in text
    assert "eu-central-1\n  nothing" in text
    assert "it has no tag env" in text or "the account is in the root" in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--account", "shpo"], 1, "no account `shpo`, did you mean `shop`?"),
        (["--account", "lab", "--region", "us-east-1"], 1, "lab does not use us-east-1; its Regions are eu-central-1"),
        ([], 2, "say which account"),
        (["--account", "shop", "--type", "RSD"], 2, "no type `RSD`, did you mean `RDS`?"),
        (["--account", "shop", "--resource", "orders"], 2, "`orders` is no ARN"),
        (["--account", "shop", "--tag", "gold"], 2, "write a key and a value"),
        (["--account", "shop", "--resource", ORDERS, "--inventory", "none.jsonl"], 2, "cannot read the inventory"),
        (["nowhere", "--account", "shop"], 2, "nowhere"),
    ],
)
def test_bad_questions(arguments: list[str], code: int, said: str) -> None:
    """A question that cannot be answered is a complaint with the right exit code."""
    done = explain(*arguments)
    assert (done.exit_code, said in done.output) == (code, True), done.output
