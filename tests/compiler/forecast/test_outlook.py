"""What a forecast says, worked out by hand: chains, tiers, prices, gaps, changes of the clock, locks, full hours."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backstay import ir, pipeline
from backstay.forecast.achieved import ENDS
from backstay.forecast.ask import Ask, Change
from backstay.forecast.outlook import Outlook, outlook
from backstay.forecast.prices import Prices
from backstay.forecast.settled import difference, month

ORG = """\
id: o-acme0001
management_account: "100000000001"
backup_account: "100000000002"
regions: [eu-central-1, eu-west-1]
root:
  accounts:
    - {id: "100000000001", name: management}
    - {id: "100000000002", name: central}
  units:
    - name: Prod
      accounts:
        - {id: "100000000010", name: shop}
"""
HEAD = """\
from backstay import Copy, Lock, Plan, Policy, Rule, Select, Settings, Vault, cron, daily, days, hours, ou, tag
near = Vault("near")
base = Policy("base", attach=ou("Prod"), regions=["eu-central-1"], vaults=[near], plans=[Plan("p",
    select=[Select("s", where=tag("backup") == "yes")],
"""
NOW = datetime.date(2026, 11, 29)
PRICES = Prices({"*/warm": 0.05, "*/cold": 0.01, "*/transfer": 0.02, "RDS/continuous": 0.2}, "2026-01-01", "made up")
Say = Callable[..., Outlook]


@pytest.fixture
def model(tmp_path: Path) -> Callable[[str], ir.Model]:
    """Compiles rules, as text, of the one plan of a small organization."""

    def make(rules: str, head: str = HEAD) -> ir.Model:
        (tmp_path / "org.yaml").write_text(ORG)
        (tmp_path / "policy.py").write_text(f"{head}    rules=[{rules}])])\n")
        checked = pipeline.check([tmp_path], None, now=NOW, lint=False)
        assert checked.model is not None, [finding.message for finding in checked.findings]
        return checked.model

    return make


@pytest.fixture
def say(model: Callable[..., ir.Model]) -> Say:
    """Forecasts those rules for some resources."""

    def make(rules: str, *rows: dict[str, Any], head: str = HEAD, **asked: Any) -> Outlook:
        ask = Ask(**{"start": NOW, "years": 1, "prices": PRICES, **asked})
        return outlook(model(rules, head), rows, ask)

    return make


def thing(kind: str = "EBS", number: int = 0, **more: Any) -> dict[str, Any]:
    """A resource of the shop of 100 GiB, of which one changes in a day."""
    arn = f"arn:aws:x:eu-central-1:100000000010:thing/{number}"
    tags = {"backup": "yes"}
    place = {"account": "100000000010", "region": "eu-central-1"}
    return {"arn": arn, "type": kind, **place, "tags": tags, "size_gb": 100.0, "daily_change": 0.01, **more}


DAILY = 'Rule("daily", at=daily("05:00"), into=near, keep=days(10))'


def test_a_chain_holds_the_whole_and_the_changes_between_its_ends(say: Say) -> None:
    """Ten daily points of 100 GiB at 1 % a day: 100 + 9 × 1 GiB, at 5 cents; low and high are half and double."""
    found = say(DAILY, thing())
    last = found.total[-1]
    assert (last.warm, last.cold) == (10, 0)
    assert last.gb == pytest.approx(109)
    assert last.cost == pytest.approx((5.225, 5.45, 5.9))


def test_points_that_are_no_increments_are_full_each(say: Say) -> None:
    """Ten full copies of a type of which AWS keeps no increments."""
    assert say(DAILY, thing("DynamoDB")).total[-1].gb == pytest.approx(1000)


def test_cold_points_are_full(say: Say) -> None:
    """Warm for 30 days, then 90 days cold: 29 days of changes in the chain, 90 full points."""
    rule = 'Rule("d", at=daily("05:00"), into=near, cold_after=days(30), keep=days(120))'
    last = say(rule, thing("EFS")).total[-1]
    assert (last.warm, last.cold) == (30, 90)
    assert (last.gb_warm, last.gb_cold) == pytest.approx((129, 9000))


def test_a_continuous_backup_is_one_point_that_goes_back(say: Say) -> None:
    """One point of 100 GiB and 14 days of changes, at its own price; a quarter of an hour may be lost."""
    rule = 'Rule("pitr", at=daily("05:00"), into=near, continuous=True, keep=days(14))'
    found = say(rule, thing("RDS"))
    assert found.total[-1].warm == 1
    assert found.total[-1].gb == pytest.approx(114)
    assert found.total[-1].cost[1] == pytest.approx(114 * 0.2)
    assert found.achieved[0].gap == datetime.timedelta(minutes=15)


def test_rules_of_one_vault_share_a_chain(say: Say) -> None:
    """A second rule of the same vault with shorter points adds points and no storage."""
    hourly = 'Rule("often", at=cron("0 */6 * * ? *"), into=near, keep=days(3))'
    alone = say('Rule("daily", at=daily("06:00"), into=near, keep=days(10))', thing())
    both = say(f'Rule("daily", at=daily("06:00"), into=near, keep=days(10)), {hourly}', thing())
    assert both.total[-1].points == alone.total[-1].points + 12
    assert both.total[-1].gb == pytest.approx(alone.total[-1].gb + 0.75)  # up to midnight instead of 06:00
    assert both.parts["p/often"][-1].gb == 0


@pytest.mark.parametrize(
    ("at", "hours"),
    [('daily("02:30", tz="Europe/Berlin")', 47), ('daily("02:30")', 24), ('daily("05:00", tz="Europe/Berlin")', 25)],
)
def test_the_worst_gap_knows_daylight_saving(say: Say, at: str, hours: int) -> None:
    """A nightly backup in the hour that is skipped once a year leaves 47 hours, and the start window on top."""
    rule = f'Rule("d", at={at}, into=near, keep=days(10), start_within=hours(2))'
    assert say(rule, thing()).achieved[0].gap == datetime.timedelta(hours=hours + 2)


def test_a_schedule_that_ends_has_no_bound(say: Say) -> None:
    """After its last year nothing is backed up any more; nor is what no plan takes."""
    rule = 'Rule("d", at=cron("0 5 * * ? 2026-2027"), into=near, keep=days(10))'
    found = say(rule, thing(), thing(number=1, tags={}), years=3)
    assert [(one.gap, one.resources) for one in found.achieved] == [(ENDS, 1), (None, 1)]
    assert found.notes[0].startswith("1 resource of the inventory is in no plan")
    assert found.total[-1].points == 0


FAR = HEAD.replace(
    'base = Policy("base",',
    'far = Vault("far", account="central", region="eu-west-1")\n'
    'base = Policy("base", settings=Settings(cross_account_copies=True),',
).replace("vaults=[near]", "vaults=[near, far]")


def test_copies_lie_elsewhere_and_travel(say: Say) -> None:
    """A copy in another Region: its own lifecycle, its own chain, what travels, who holds it, the gap elsewhere."""
    rule = 'Rule("d", at=daily("05:00"), into=near, keep=days(10), copies=[Copy(to=far, keep=days(20))])'
    found = say(rule, thing(), head=FAR, by="account")
    held = found.parts["central (100000000002)"]
    assert held[-1].points == 20
    assert held[-1].gb == pytest.approx(119)
    assert held[0].gb_moved == pytest.approx(100 + 29)
    assert held[-1].gb_moved == pytest.approx((found.months[-1] - found.months[-2]).days)
    assert held[-1].cost[1] == pytest.approx(119 * 0.05 + held[-1].gb_moved * 0.02)
    assert found.achieved[0].elsewhere == found.achieved[0].gap


def test_what_aws_cannot_copy_is_not_there(say: Say) -> None:
    """DynamoDB without its advanced features is not copied to another account; the forecast says so."""
    rule = 'Rule("d", at=daily("05:00"), into=near, keep=days(10), copies=[Copy(to=far)])'
    found = say(rule, thing("DynamoDB"), head=FAR)
    assert set(found.parts) == {"p/d"}
    assert any("AWS cannot copy DynamoDB there" in note for note in found.notes)
    assert found.achieved[0].elsewhere is None


COMPLIANCE = 'Lock.compliance(min=days(7), max=days(400), grace=days(3), acknowledged="X-1")'


@pytest.mark.parametrize(("lock", "mode"), [("Lock.governance(min=days(7))", "governance"), (COMPLIANCE, "compliance")])
def test_a_vault_is_empty_when_its_last_point_is_gone(say: Say, lock: str, mode: str) -> None:
    """The last backup of the forecast, and what it is kept for."""
    head = HEAD.replace('Vault("near")', f'Vault("near", lock={lock})')
    (vault,) = say(DAILY, thing(), head=head).vaults
    assert (vault.mode, vault.points) == (mode, 10)
    assert vault.deletes == NOW + datetime.timedelta(days=10)
    assert vault.empty == datetime.date(2027, 11, 28) + datetime.timedelta(days=10)


def test_a_lock_that_refuses_leaves_nothing(say: Say) -> None:
    """A retention below the lock's minimum: every job fails, so there is no recovery point, and a note says why."""
    head = HEAD.replace('Vault("near")', 'Vault("near", lock=Lock.governance(min=days(30)))')
    found = say(DAILY, thing(), head=head)
    assert found.total[-1].points == 0
    assert found.achieved[0].gap is None
    assert "p/daily: no recovery points of 1 resource: the lock of vault near refuses its retention." in found.notes


def test_the_fullest_hour_and_the_quota(say: Say) -> None:
    """Jobs of two rules in one hour add up; more copies of fully managed types than run at once are told."""
    rule = (
        'Rule("d", at=daily("05:00"), into=near, keep=days(10), copies=[Copy(to=far)]),'
        'Rule("m", at=cron("30 5 1 * ? *"), into=near, keep=days(10), copies=[Copy(to=far)])'
    )
    rows = [thing("EFS", number) for number in range(60)] + [thing("EBS", 99)]
    backups, copies = sorted(say(rule, *rows, head=FAR).peaks, key=lambda one: one.kind)
    assert (backups.jobs, backups.limit, f"{backups.at:%m-%d %H}") == (122, None, "12-01 05")
    assert (copies.jobs, copies.limited, copies.limit, copies.region) == (122, 120, 100, "eu-west-1")


def test_the_parts_are_the_total(say: Say) -> None:
    """By whatever it is told, the parts sum up to the same."""
    rule = f'{DAILY}, Rule("w", at=cron("0 5 ? * SUN *"), into=near, keep=days(90), copies=[Copy(to=far)])'
    rows = [thing("EFS"), thing("EBS", 1), thing("DynamoDB", 2), thing("RDS", 3)]
    for by in ("rule", "account", "type", "vault"):
        found = say(rule, *rows, head=FAR, by=by)
        for month_of, total in enumerate(found.total):
            parts = [months[month_of] for months in found.parts.values()]
            assert sum(one.points for one in parts) == total.points
            assert sum(one.gb for one in parts) == pytest.approx(total.gb)
            assert sum(one.cost[2] for one in parts) == pytest.approx(total.cost[2])


def test_a_given_change_holds_for_all(say: Say) -> None:
    """Shares given by the asker stand in the place of the inventory's."""
    found = say(DAILY, thing(), change=Change(0.0, 0.1, 0.5, fixed=True))
    assert found.total[-1].cost == pytest.approx((5.0, (100 + 90) * 0.05, (100 + 450) * 0.05))


def test_without_an_inventory_points_and_gaps_are_told(model: Callable[..., ir.Model]) -> None:
    """One resource for each plan, no sizes, no cost."""
    found = outlook(model(DAILY), None, Ask(NOW, 1))
    assert (found.total[-1].points, found.total[-1].gb, found.cost) == (10, 0, (0, 0, 0))
    assert found.peaks == ()
    assert found.notes[0].startswith("There is no inventory")


def test_the_cost_of_a_change_is_of_settled_months(model: Callable[..., ir.Model]) -> None:
    """From 10 to 20 days: ten more days of changes; and back again the same with the other sign."""
    old, new = model(DAILY), model(DAILY.replace("10", "20"))
    ask = Ask(NOW, prices=PRICES)
    more, less = difference(old, new, [thing()], ask), difference(new, old, [thing()], ask)
    assert (more.least, more.likely, more.most) == pytest.approx((0.25, 0.5, 1.0))
    assert (less.least, less.likely, less.most) == pytest.approx((-1.0, -0.5, -0.25))
    assert difference(old, old, [thing()], ask).most == 0
    assert month(old, [thing()], replace(ask, years=2))[1] == pytest.approx(5.45)
