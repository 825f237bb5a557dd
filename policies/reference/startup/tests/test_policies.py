"""What the founders want to stay true: `pytest` in the folder above."""

from backstay import days, hours
from backstay.testing import assert_protected, assert_unprotected


def test_production_is_backed_up_daily(resource):
    """Five weeks of days, in a vault that is locked."""
    assert_protected(resource("RDS", "startup-app", tags={"backup-tier": "prod"}), keep=days(35), rpo=hours(26))
    assert_protected(resource("DynamoDB", "startup-app", tags={"backup-tier": "daily"}), locked=True, rule="monthly")


def test_what_nobody_tagged_costs_nothing(resource):
    """No tag, no backup."""
    assert_unprotected(resource("EBS", "startup-app"))


def test_a_month_ago_is_there(org, resource):
    """Thirty-five dailies, or the monthly in the place of one, and a year of months."""
    app = resource("RDS", "startup-app", tags={"backup-tier": "prod"})
    ages = [one.age.days for one in org.at("2027-06-20T12:00").recovery_points(app)]
    assert set(range(34)) <= set(ages)
    assert max(ages) > 330
