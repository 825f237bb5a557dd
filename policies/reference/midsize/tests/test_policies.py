"""What matters to Acme's teams, pinned: `pytest` in the folder above."""

from backstay import days, hours
from backstay.testing import assert_protected, assert_unprotected


def test_ledgers_survive_a_region_and_an_account(resource):
    """The ledger's database is in two accounts and two Regions, a day old at most."""
    ledger = resource("RDS", "ledger-prod", "eu-west-1", {"backup-tier": "platinum", "env": "prod"})
    assert_protected(ledger, keep=days(35), rpo=hours(26), locked=True, by="platinum", copied_to="acme-dr")
    assert_protected(ledger, copy_to_other_account=True, copied_to="acme-central")


def test_temporary_environments_cost_nothing(resource):
    """Whatever their tier, they are not backed up."""
    for tier in ("platinum", "gold", "silver", "bronze"):
        assert_unprotected(resource("EBS", "web-prod", "eu-west-1", {"backup-tier": tier, "env": "tmp-42"}))


def test_development_gets_the_two_lower_tiers(org):
    """No gold where nothing is lost."""
    assert set(org.account("payments-dev").plans) == {"silver", "bronze"}
    assert not org.account("sandbox").plans


def test_a_year_of_months(org, resource):
    """In the middle of a year there are twelve monthly points of a gold resource, each with its copy."""
    web = resource("EFS", "web-prod", "eu-west-1", {"backup-tier": "gold", "env": "prod"})
    points = [one for one in org.at("2028-07-15T12:00").recovery_points(web) if one.rule == "monthly"]
    assert len([one for one in points if not one.copied]) == 12
    assert {one.vault for one in points if one.copied} == {"acme-central"}
