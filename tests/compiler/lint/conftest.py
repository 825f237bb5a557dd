"""Models built by hand, and policy folders to lint."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay import ir
from backstay.cli.main import cli
from backstay.lint.context import Context
from backstay.lint.harness import NOW, Outcome, outcomes
from backstay.lint.registry import chosen
from backstay.lint.run import LintResult, judge
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import Selection
from backstay_contract.findings import Span

APP = "100000000010"
ORG = """\
id: o-example000
management_account: "100000000001"
regions: [eu-central-1, eu-west-1]
root:
  accounts:
    - {id: "100000000001", name: management}
  units:
    - name: Workloads
      accounts:
        - {id: "100000000010", name: app}
"""


class Build:
    """Makes pieces of a model; whatever a test does not say is unremarkable."""

    def where(self, line: int = 1, *, policy: str = "p", **fields: Span) -> ir.Where:
        """A place in the file `p.py`."""
        return ir.Where(Span("p.py", line, 1, line, 10), fields, policy, "Workloads")

    def rule(self, name: str = "daily", **changes: Any) -> ir.Rule:
        """A daily rule into `main`."""
        values: dict[str, Any] = {
            "schedule": "cron(0 3 ? * * *)", "timezone": "UTC", "scheduled": True, "vault": "main",
            "start_window": 480, "completion_window": 10_080, "lifecycle": Lifecycle(None, 35),
            "continuous": False, "copies": (), "tags": (), "where": self.where(),
        }  # fmt: skip
        return ir.Rule(name, **(values | changes))

    def plan(self, name: str = "gold", *rules: ir.Rule, where: ir.Where | None = None, **changes: Any) -> ir.Plan:
        """A plan that selects by a tag."""
        taken = Selection(list_of_tags=(("backup", "gold"),))
        chosen = ir.PlanSelection("gold", "arn:aws:iam::$account:role/x", taken, (), self.where())
        values = {"selections": (chosen,), "tags": ()} | changes
        return ir.Plan(name, rules or (self.rule(),), where=where or self.where(), **values)

    def vault(self, name: str = "main", **changes: Any) -> ir.Vault:
        """A vault with a key."""
        values: dict[str, Any] = {
            "key_arn": "arn:aws:kms:eu-central-1:$account:alias/backup", "tags": (), "lock": None, "policy": None,
            "policy_where": None, "notifications": None, "pinned": False, "where": self.where(),
        }  # fmt: skip
        return ir.Vault(name, **(values | changes))

    def shape(self, *plans: ir.Plan, accounts: tuple[str, ...] = (APP,), region: str = "eu-central-1") -> ir.Shape:
        """A shape with the vault `main`."""
        return ir.Shape(region, accounts, ("Workloads",), plans, (self.vault(),), ())

    def model(self, *shapes: ir.Shape, waivers: Sequence[ir.Waiver] = ()) -> ir.Model:
        """A model of these shapes."""
        facts = {
            account: ir.AccountFacts(account, account, "Workloads", (), (shape.region,))
            for shape in shapes
            for account in shape.accounts
        }
        return ir.Model("o-example000", APP, None, "aws", ("p",), facts, shapes, (), None, tuple(waivers))

    def waiver(self, rule: str, on: str, expires: str = "2099-12-31") -> ir.Waiver:
        """A waiver of the policy `p`."""
        return ir.Waiver(rule, on, "ops", "because", expires, self.where(20))

    def lint(self, model: ir.Model, *select: str, now: datetime.date = NOW, ignore: Sequence[str] = ()) -> LintResult:
        """Lint a model with some rules."""
        return judge(Context(model, now=now), chosen(select, ignore))


@pytest.fixture
def build() -> Build:
    """Pieces of models, by hand."""
    return Build()


@pytest.fixture
def lint_text() -> Callable[..., Outcome]:
    """Lint one piece of policy text, as the examples of rules are linted."""
    return lambda text, **options: outcomes([text], **options)[0]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A working directory with an organization file and policies, each text as a file."""

    def make(**texts: str) -> Path:
        policies = tmp_path / "policies"
        policies.mkdir()
        (policies / "org.yaml").write_text(ORG, "utf-8")
        for name, text in texts.items():
            (policies / f"{name}.py").write_text(text, "utf-8")
        monkeypatch.chdir(tmp_path)
        return policies

    return make


@pytest.fixture
def backstay() -> Callable[..., Result]:
    """The command line."""
    return lambda *arguments: CliRunner().invoke(cli, list(map(str, arguments)), prog_name="backstay")
