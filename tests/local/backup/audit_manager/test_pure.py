"""What the controls decide, over facts that no embedded AWS needs to make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws import catalog
from backstay_local.backup.audit_manager import parameters
from backstay_local.backup.audit_manager.asked import Asked, Scope
from backstay_local.backup.audit_manager.controls import CONTROLS, air_gapped, cross_region, restore_time
from backstay_local.backup.audit_manager.facts import BackedUp, Destination, Resource

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOME = ("111111111111", "us-east-1")


def asked(name: str, **values: object) -> Asked:
    """A question without a scope, with the defaults of a control."""
    known = catalog.control(name)
    assert known is not None
    listed = [{"ParameterName": key, "ParameterValue": str(value)} for key, value in values.items()]
    return Asked(parameters.completed(known, listed), Scope(), *HOME, NOW)


def resource(*regions: str, air_gapped_at: datetime | None = None, restore_minutes: int | None = None) -> Resource:
    """A resource whose backups are copied to Regions."""
    rule = BackedUp(tuple(Destination(HOME[0], region) for region in regions), ())
    return Resource(("r", "arn:r"), ("AWS::S3::Bucket", "S3"), {}, (rule,), None, air_gapped_at, restore_minutes)


def test_every_control_of_the_catalogue_is_judged() -> None:
    """No control of AWS's list can be asked for and then not be evaluated, and none is made up."""
    assert set(CONTROLS) == {row.name for row in catalog.controls()}


@given(
    st.sets(st.sampled_from(["eu-west-1", "eu-west-2", "us-east-1"])),
    st.sets(st.sampled_from(["eu-west-1", "eu-west-2"])),
)
def test_more_copies_never_hurt(reached: set[str], wanted: set[str]) -> None:
    """A resource that complies still does when its backups are copied to one Region more."""
    question = asked(cross_region.CONTROL.name, **({"crossRegionList": ",".join(sorted(wanted))} if wanted else {}))
    before = cross_region.judge(resource(*reached), question)[0]
    after = cross_region.judge(resource(*reached, "eu-west-1"), question)[0]
    assert (before, after) != ("COMPLIANT", "NON_COMPLIANT")
    assert (before == "COMPLIANT") == (wanted <= reached if wanted else bool(reached - {"us-east-1"}))


def test_one_of_several_destinations_may_do() -> None:
    """By setting, a copy to one Region of the list is enough."""
    question = asked(cross_region.CONTROL.name, crossRegionList="eu-west-1,eu-west-2")
    lenient = replace(question, every_destination=False)
    assert cross_region.judge(resource("eu-west-2"), question)[0] == "NON_COMPLIANT"
    assert cross_region.judge(resource("eu-west-2"), lenient)[0] == "COMPLIANT"
    assert cross_region.judge(resource("us-west-2"), lenient)[0] == "NON_COMPLIANT"


@given(st.integers(1, 91), st.integers(0, 100))
def test_age_in_an_air_gapped_vault(days: int, age: int) -> None:
    """A recovery point counts until it is older than asked, to the moment."""
    question = asked(air_gapped.CONTROL.name, recoveryPointAgeValue=days)
    status, _ = air_gapped.judge(resource(air_gapped_at=NOW - timedelta(days=age)), question)
    assert status == ("COMPLIANT" if age <= days else "NON_COMPLIANT")


@pytest.mark.parametrize(("took", "status"), [(720, "COMPLIANT"), (721, "NON_COMPLIANT"), (None, "INSUFFICIENT_DATA")])
def test_restore_times_without_a_target(took: int | None, status: str) -> None:
    """The target of AWS's samples, 720 minutes, holds where none is given; the target itself is still met."""
    assert restore_time.judge(resource(restore_minutes=took), asked(restore_time.CONTROL.name))[0] == status
