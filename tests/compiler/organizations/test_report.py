"""What no backup policy can say goes to the accounts target whole, and the author is told where and why."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from backstay import ir
from backstay.emit import organizations
from backstay_aws.lifecycle import Lifecycle
from backstay_contract.findings import Span

ONE = {"100000000001": ""}
AT = ("100000000001", "eu-west-1")
HERE = Span("policies/acme.py", 3, 5, 3, 20)
THERE = Span("policies/acme.py", 7, 9, 7, 30)


def where(field: str) -> ir.Where:
    """A construct at HERE, one of whose keywords stands THERE."""
    return ir.Where(HERE, {field: THERE})


def cases(making: Any) -> dict[str, tuple[ir.Plan, str, Span]]:
    """A plan, what is said of it, and the place that is shown."""
    rule, selection, plan = making.rule, making.selection, making.plan
    away = "arn:aws:backup:eu-central-1:$account:backup-vault:gap"
    at_fault = {
        "time zone": (
            plan(rules=[rule(timezone="Europe/Berlin", where=where("tz"))]),
            "rule `daily` runs by the time of Europe/Berlin, and a backup policy knows only UTC",
            THERE,
        ),
        "single resource": (
            plan(chosen=[replace(selection(resources=("*", "arn:aws:s3:::one")), where=where("/Resources/1"))]),
            "selection `all` names `arn:aws:s3:::one`, and a backup policy can name only whole types",
            THERE,
        ),
        "barred resource": (
            plan(
                chosen=[replace(selection(resources=("*",), not_resources=("arn:aws:s3:::one",)), where=where("where"))]
            ),
            "selection `all` names `arn:aws:s3:::one`, and a backup policy can name only whole types",
            THERE,
        ),
        "role of another account": (
            plan(chosen=[replace(selection(role="arn:aws:iam::100000000002:role/b"), where=where("role"))]),
            "selection `all` uses `arn:aws:iam::100000000002:role/b`, and a backup policy can name only a role of the "
            "account it runs in",
            THERE,
        ),
        "tags without types": (
            plan(
                chosen=[
                    replace(
                        selection(list_of_tags=(("a", "b"),), not_resources=("arn:aws:s3:::*",)), where=where("where")
                    )
                ]
            ),
            "selection `all` leaves types out of what it takes by tags, which a backup policy cannot",
            THERE,
        ),
        "air-gapped vault elsewhere": (
            plan(
                rules=[
                    rule(
                        air_gapped=ir.VaultRef("$account", "eu-central-1", "gap", away), where=where("into_air_gapped")
                    )
                ]
            ),
            f"rule `daily` backs up into `{away}`; a backup policy can name only an air-gapped vault of the account "
            "and Region it runs in",
            THERE,
        ),
        "rules alike": (
            plan(rules=[rule("daily"), rule("Daily", where=where("name"))]),
            "rules: `Daily` and `daily` differ only in case, which a backup policy cannot hold",
            HERE,
        ),
        "selections alike": (
            plan(chosen=[selection("all"), replace(selection("All"), where=where("name"))]),
            "selections: `all` stands twice, which a backup policy cannot hold",
            HERE,
        ),
        "tags alike": (
            plan(rules=[rule(tags=(("Team", "a"), ("team", "b")), where=where("tags"))]),
            "tags of rule `daily`: `Team` and `team` differ only in case, which a backup policy cannot hold",
            THERE,
        ),
        "one copy twice": (
            plan(
                rules=[
                    rule(
                        copies=(
                            making.copy_to("dr", "eu-west-1"),
                            replace(making.copy_to("dr", "eu-west-1", keep=7), where=where("to")),
                        )
                    )
                ]
            ),
            "copies of rule `daily`: `arn:aws:backup:eu-west-1:$account:backup-vault:dr` stands twice, which a backup "
            "policy cannot hold",
            HERE,
        ),
        "a tag like an operator": (
            replace(plan(tags=(("@@assign", "x"),)), where=where("tags")),
            "the tag `@@assign` of the plan begins like an operator of a backup policy",
            THERE,
        ),
        "an option that is new": (
            replace(plan(advanced=(("EC2", (("Quiesce", "enabled"),)),)), where=where("vss")),
            "a backup policy has no option `Quiesce` of EC2",
            HERE,
        ),
        "nothing selected": (
            replace(plan(), selections=(), where=where("name")),
            "it selects nothing, and a backup policy must have a selection",
            HERE,
        ),
    }
    return {name: (one, reason, span) for name, (one, reason, span) in at_fault.items()}


NAMES = (
    "time zone",
    "single resource",
    "barred resource",
    "role of another account",
    "tags without types",
    "air-gapped vault elsewhere",
    "rules alike",
    "selections alike",
    "tags alike",
    "one copy twice",
    "a tag like an operator",
    "an option that is new",
    "nothing selected",
)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_backup_policy_cannot_say(name: str, making: Any) -> None:
    """The plan is not in any document but whole in the remainder; one warning says why, at the words at fault."""
    assert set(cases(making)) == set(NAMES)
    plan, reason, span = cases(making)[name]
    made = making.model(ONE, {AT: [plan, making.plan("other")]})
    (finding,) = organizations.report(made)
    assert (finding.code, finding.name, finding.severity) == ("BPL101", "plan-beyond-organizations", "warning")
    assert finding.message == f"plan `gold` is no part of the backup policies: {reason}"
    assert (finding.span, finding.accounts) == (span, 1)
    files = dict(organizations.emit(made))
    (place,) = json.loads(files["prerequisites.json"])["places"].values()
    assert place["other_plans"] == [{"plan": "gold", "reasons": [reason]}]
    assert [one["BackupPlan"]["BackupPlanName"] for one in place["rest"]["plans"]] == ["gold"]
    (shape,) = organizations.remainder(made).shapes
    assert shape.plans == (plan,)
    assert {name for _, name in making.effective(made, files, "100000000001")} == {"other"}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"continuous": True, "lifecycle": Lifecycle(None, 100)}, "rules"),
        ({"vault": "no spaces"}, "target_backup_vault_name"),
        ({"start_window": 10}, "start_backup_window_minutes"),
    ],
)
def test_what_organizations_would_refuse(said: dict[str, Any], path: str, making: Any) -> None:
    """Whatever else Organizations has against a plan keeps it out of the documents too, and its rule is shown."""
    plan = making.plan(rules=[making.rule(where=where("name"), **said)])
    (finding,) = organizations.report(making.model(ONE, {AT: [plan]}))
    assert finding.code == "BPL101"
    assert path in finding.message
    assert finding.span == HERE


def test_names_that_fold_into_one(making: Any) -> None:
    """Two plans of an account whose names differ only in case stay apart: both go to the accounts target."""
    plans = [making.plan("gold"), making.plan("Gold"), making.plan("silver")]
    made = making.model({**ONE, "100000000002": ""}, {AT: plans, ("100000000002", "eu-west-1"): plans[2:]})
    found = organizations.report(made)
    assert [(finding.code, finding.accounts) for finding in found] == [("BPL101", 1), ("BPL101", 1)]
    assert all("`Gold` and `gold` would both be called `gold`" in finding.message for finding in found)
    left = [plan.name for shape in organizations.remainder(made).shapes for plan in shape.plans]
    assert sorted(left) == ["Gold", "gold"]


def test_a_name_too_long_to_split(making: Any) -> None:
    """A plan that must be split by Region, and whose name has no room for the Region, is not cut short."""
    there = {"eu-central-1": "eu-west-1", "eu-west-1": "eu-central-1"}
    long = "a-plan-with-quite-a-long-name-up-to-the-limit"
    plans = {r: making.plan(long, [making.rule(copies=(making.copy_to("dr", there[r]),))]) for r in there}
    made = making.model(ONE, {("100000000001", r): [plans[r]] for r in there})
    found = organizations.report(made)
    assert {finding.code for finding in found} == {"BPL101"}
    assert all("longer than 50 characters" in finding.message for finding in found)


def test_both_kinds_of_selection_is_said(making: Any) -> None:
    """Whether a plan may select by tags and by types both, AWS does not say: advice, and never an error."""
    both = [making.selection("a", list_of_tags=(("k", "v"),)), making.selection("b")]
    (finding,) = organizations.report(making.model(ONE, {AT: [making.plan(chosen=both)]}))
    assert (finding.code, finding.severity) == ("BPL105", "advice")


def test_one_finding_for_all_accounts(making: Any) -> None:
    """A reason that many accounts share, in several Regions, is told once, with each account counted once."""
    berlin = making.plan(rules=[making.rule(timezone="Europe/Berlin")])
    units = {f"10000000000{n}": "A" for n in range(4)}
    gets = {(account, region): [berlin] for account in units for region in ("eu-central-1", "eu-west-1")}
    (finding,) = organizations.report(making.model(units, gets))
    assert finding.accounts == 4
