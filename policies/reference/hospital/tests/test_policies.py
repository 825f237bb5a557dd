"""What the wards and the data-protection officer want to stay true: `pytest` in the folder above."""

from datetime import timedelta

import pytest

from backstay import days, hours
from backstay.testing import assert_protected, assert_proved, assert_unprotected

PATIENT = {"data-class": "patient", "backup": "on"}
QUARTER = timedelta(days=90)


def test_the_promises_hold(org):
    """Every `Require` is proved, whatever tags there will be."""
    assert_proved(org)


@pytest.mark.parametrize("ward", ["radiology-prod", "laboratory-prod", "oncology-prod"])
def test_patient_records_last_seven_years(resource, ward):
    """In a vault of another account that nobody can unlock."""
    records = resource("RDS", ward, "eu-central-1", PATIENT)
    assert_protected(records, keep=days(2557), immutable=True, copy_to_other_account=True, by="patient-records")


def test_images_are_behind_glass(resource):
    """File systems have a nightly copy in the air-gapped vault."""
    images = resource("EFS", "radiology-prod", "eu-central-1", PATIENT)
    assert_protected(images, air_gapped=True, rpo=hours(26), by="isolation", copied_to="hospital-isolated")


def test_who_says_off_is_left_alone(resource):
    """`backup = off` is heard, but for buckets and databases, which are restorable to any second."""
    assert_unprotected(resource("EBS", "billing-prod", "eu-central-1", {"data-class": "patient", "backup": "off"}))


def test_old_images_are_cold(org, resource):
    """After a year, what lies in cold storage is older than ninety days, and all of the plan's older points do."""
    images = resource("EFS", "radiology-prod", "eu-central-1", PATIENT)
    points = [one for one in org.at("2028-01-10", since="2027-01-01").recovery_points(images) if one.plan == "images"]
    assert {one.tier for one in points if one.age >= QUARTER} == {"cold"}
    assert {one.tier for one in points if one.age < QUARTER} == {"warm"}
