"""What must stay true of the backups, whoever changes the policies. `pytest` runs it; so does the CI workflow."""

from backstay import days, hours
from backstay.testing import MakeResource, Org, assert_protected, assert_unprotected


def test_production_survives_the_loss_of_its_account(resource: MakeResource) -> None:
    """What is tagged `daily` is a day old at most, kept five weeks, locked, and copied out of account and Region."""
    orders = resource("EBS", "shop-prod", tags={"backup": "daily"})
    assert_protected(orders, keep=days(35), rpo=hours(28), locked=True)
    assert_protected(orders, copy_to_other_account=True, copy_to_other_region=True, copied_to="central")


def test_nothing_is_backed_up_that_nobody_asked_for(resource: MakeResource) -> None:
    """No tag, no backup; and development has none at all."""
    assert_unprotected(resource("EBS", "shop-prod"))
    assert_unprotected(resource("EBS", "shop-dev", tags={"backup": "daily"}))


def test_every_month_of_the_last_year_is_there(org: Org, resource: MakeResource) -> None:
    """Of what is tagged `long`, in the middle of any month: the first days of twelve months, and a copy of each."""
    books = resource("EBS", "shop-prod", tags={"backup": "long"})
    monthly = [one for one in org.at("2030-06-15").recovery_points(books) if one.rule == "monthly"]
    assert len([one for one in monthly if one.vault == "primary"]) == 12
    assert len([one for one in monthly if one.vault == "central"]) >= 12
