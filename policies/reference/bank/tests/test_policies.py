"""What the risk committee wants to stay true: `pytest` in the folder above."""

from backstay import days, hours
from backstay.testing import assert_protected, assert_proved, assert_unprotected

CRITICAL = {"criticality": "critical"}


def test_the_promise_holds(org):
    """Proved for every resource that there could be."""
    assert_proved(org, "critical data are in two Regions and two accounts, and cannot be deleted")


def test_every_critical_account_is_treated_alike(org, resource):
    """Four-hourly, beyond the reach of anybody, whichever team owns the account."""
    for account in org.under("Business/Prod/Critical"):
        for region in ("eu-central-1", "eu-north-1"):
            store = resource("EBS", account, region, CRITICAL)
            assert_protected(store, rpo=hours(6), immutable=True, copy_to_other_region=True, by="critical")


def test_a_copy_behind_glass(resource):
    """File stores of critical functions have a weekly copy in the isolated account."""
    files = resource("EFS", "payments-core-prod", "eu-central-1", {**CRITICAL, "store": "files"})
    assert_protected(files, air_gapped=True, rpo=days(8), by="isolation", copied_to="bank-isolated")


def test_criticality_is_not_for_everybody(resource):
    """Outside of the critical unit the tag does nothing: what is critical has to be moved there."""
    assert_unprotected(resource("EBS", "lending-core-prod", "eu-central-1", CRITICAL))


def test_important_data_are_kept_seven_years(resource):
    """One point a month, in the account that stands apart."""
    ledger = resource("RDS", "lending-core-prod", "eu-central-1", {"criticality": "important"})
    assert_protected(ledger, keep=days(2557), immutable=True, rule="monthly", copied_to="bank-third")


def test_nothing_is_deleted_in_the_first_two_weeks(org, resource):
    """The lock's least retention: what came first is there for fourteen days."""
    first = org.first_deletion(resource("EBS", "cards-core-prod", "eu-central-1", CRITICAL), since="2027-01-01")
    assert (first.rule, f"{first.delete_at:%Y-%m-%d}") == ("four-hourly", "2027-01-15")
