"""Time travel: the recovery points of an instant, against a plain count of days, and what AWS does not make at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.compiler.testing.conftest import Load

from backstay.testing import UnknownError

FILE = """\
from backstay import (
    AirGappedVault, Copy, Lock, Plan, Policy, Rule, Select, Vault,
    account, cron, daily, days, hours, monthly, ou, tag, weekly, years,
)
v = Vault("v", key="alias/k", lock=Lock.governance(min=days(2), max=days(400)))
w = Vault("w", key="alias/k", account="central", region="eu-central-1", lock=Lock.governance(min=days(10)))
"""
PLAN = """\
p = Plan("p", rules=[{rules}], select=[Select("s", where=tag("a") == "b")])
x = Policy("x", attach=ou("Prod"), plans=[p], vaults=[v, w])
"""


def policies(rules: str) -> str:
    """A file with one plan of some rules, for what is tagged `a=b` in Prod."""
    return FILE + PLAN.format(rules=rules)


GFS = (
    FILE
    + """\
p = Plan.gfs("p", into=v, daily=days(14), weekly=days(70), monthly=days(200), yearly=days(380), start_within=hours(1),
             select=[Select("s", where=tag("a") == "b")])
x = Policy("x", attach=ou("Prod"), plans=[p], vaults=[v])
"""
)
KEPT = {"daily": 14, "weekly": 70, "monthly": 200, "yearly": 380}


def the_rule(day: date) -> str:
    """The rule of grandfather, father and son that makes the one backup of a day."""
    if (day.month, day.day) == (1, 1):
        return "yearly"
    if day.day == 1:
        return "monthly"
    return "weekly" if day.isoweekday() == 7 else "daily"


def test_grandfather_father_and_son_one_by_one(written: Load) -> None:
    """At forty instants: the points are those that counting day by day gives, one a day, by the longest kept rule."""
    org = written(GFS)
    one = org.resource("EBS", "shop", tags={"a": "b"})
    for step in range(40):
        at = datetime(2027, 1, 1, 4, tzinfo=UTC) + timedelta(days=11 * step, hours=step)
        starts = [datetime(day.year, day.month, day.day, 5, tzinfo=UTC) for day in _days(at)]
        wanted = [
            (the_rule(start.date()), start)
            for start in starts
            if start <= at < start + timedelta(days=KEPT[the_rule(start.date())])
        ]
        found = org.at(at).recovery_points(one)
        assert [(point.rule, point.created) for point in found] == wanted
        assert all(point.age == at - point.created for point in found)


def _days(until: datetime) -> list[date]:
    return [until.date() - timedelta(days=back) for back in range(400, -1, -1)]


def test_the_night_that_has_no_half_past_two(written: Load) -> None:
    """A time that daylight saving skips makes no point; the nights before and after do."""
    org = written(policies('Rule("r", at=daily("02:30", tz="Europe/Berlin"), into=v, keep=days(5))'))
    found = org.at("2027-03-30T12:00").recovery_points(org.resource("EBS", "shop", tags={"a": "b"}))
    assert [f"{point.created:%d %H:%M}" for point in found] == ["26 01:30", "27 01:30", "29 00:30", "30 00:30"]


def test_edges_of_a_life(written: Load) -> None:
    """A point is there from the instant of its start to just before that of its deletion."""
    org = written(policies('Rule("r", at=cron("0 3 5 5 ? 2027"), into=v, keep=days(5))'))
    one = org.resource("EBS", "shop", tags={"a": "b"})

    def count(at: str) -> int:
        return len(org.at(at).recovery_points(one))

    assert [count(at) for at in ("2027-05-05T02:59:59", "2027-05-05T03:00", "2027-05-10T02:59:59")] == [0, 1, 1]
    assert count("2027-05-10T03:00") == 0
    assert count("2027-05-10T04:59:00+02:00") == 1, "a zone is heard"


def test_copies_where_they_lie(written: Load) -> None:
    """A copy has its source's date, its own retention, and the account and vault that it goes to."""
    rule = 'Rule("r", at=daily("03:00"), into=v, keep=days(3), copies=[Copy(to=w, keep=days(10))])'
    org = written(policies(rule))
    found = org.at("2027-05-20T12:00").recovery_points(org.resource("EBS", "shop", tags={"a": "b"}))
    assert [one.vault for one in found].count("v") == 3
    copies = [one for one in found if one.copied]
    assert {(one.vault, one.account) for one in copies} == {("w", "100000000002")}
    assert [one.age.days for one in copies] == list(range(9, -1, -1))


@pytest.mark.parametrize(
    ("rule", "vaults"),
    [
        ('Rule("r", at=daily("03:00"), into=v, keep=days(1))', set()),
        ('Rule("r", at=daily("03:00"), into=v, keep=days(3), copies=[Copy(to=w)])', {"v"}),
        ('Rule("r", at=daily("03:00"), into=v, keep=days(30), copies=[Copy(to=w)])', {"v", "w"}),
    ],
    ids=["refused", "copy-refused", "taken"],
)
def test_a_lock_that_refuses(rule: str, vaults: set[str], written: Load) -> None:
    """Where the lock refuses the retention, every job fails: there are no points."""
    org = written(policies(rule))
    found = org.at("2027-05-20").recovery_points(org.resource("EBS", "shop", tags={"a": "b"}))
    assert {one.vault for one in found} == vaults


def test_cold_storage_is_for_types_that_have_it(written: Load) -> None:
    """EFS goes cold after a week; RDS has no cold storage, and stays warm."""
    org = written(policies('Rule("r", at=weekly("sun", "03:00"), into=v, keep=days(100), cold_after=days(7))'))
    for kind, tiers in (("EFS", ["cold"] * 13 + ["warm"]), ("RDS", ["warm"] * 14)):
        found = org.at("2027-05-20").recovery_points(org.resource(kind, "shop", tags={"a": "b"}))
        assert [one.tier for one in found] == tiers


def test_a_continuous_backup_is_one_point(written: Load) -> None:
    """One point, restorable as far back as it is kept, or as the policies hold; a type that cannot has snapshots."""
    org = written(policies('Rule("r", at=daily("03:00"), into=v, keep=days(5), continuous=True)'))
    rds, efs = (org.resource(kind, "shop", tags={"a": "b"}) for kind in ("RDS", "EFS"))
    (point,) = org.at("2027-05-20T12:00").recovery_points(rds)
    assert (point.continuous, point.age.days, point.delete_at) == (True, 5, None)
    (young,) = org.at("2027-05-20T12:00", since="2027-05-19").recovery_points(rds)
    assert f"{young.created:%m-%d %H:%M}" == "05-19 03:00"
    assert org.at("2027-05-20T12:00", since="2027-05-20T04:00").recovery_points(rds) == ()
    assert len(org.at("2027-05-20T12:00").recovery_points(efs)) == 5


def test_for_ever_needs_a_beginning(written: Load) -> None:
    """What is kept for ever can only be counted from when the policies hold; text that is no instant is refused."""
    free = 'u = Vault("u", key="alias/k")\n' + PLAN.format(rules='Rule("r", at=monthly(1, "03:00"), into=u)')
    org = written(FILE + free.replace("[v, w]", "[u]"))
    one = org.resource("EBS", "shop", tags={"a": "b"})
    with pytest.raises(UnknownError, match="plan p keeps recovery points for ever"):
        org.at("2027-05-20").recovery_points(one)
    assert len(org.at("2029-05-20", since="2027-01-01").recovery_points(one)) == 29
    assert org.first_deletion(one) is None
    with pytest.raises(ValueError, match="soon"):
        org.at("soon")


def test_the_first_deletion(reference: Load) -> None:
    """The point that goes first: made on the first day, by the rule that keeps shortest, its original before copies."""
    org = reference("bank")
    first = org.first_deletion(
        org.resource("EBS", "cards-core-prod", "eu-central-1", {"criticality": "critical"}), since="2027-01-01T00:01"
    )
    assert first is not None
    assert (first.rule, first.vault, first.copied) == ("four-hourly", "bank-primary", False)
    assert first.created == datetime(2027, 1, 1, 4, tzinfo=UTC)
    assert first.delete_at == datetime(2027, 1, 15, 4, tzinfo=UTC)
    assert repr(first).startswith("<critical/four-hourly of 2027-01-01 04:00Z in bank-primary")
    assert org.first_deletion(org.resource("EBS", "sandbox-01")) is None
