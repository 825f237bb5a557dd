"""Parameters of controls: defaults, ranges, and names that do not exist."""

from __future__ import annotations

import pytest

from backstay_agent.controls import registry
from backstay_agent.controls.parameters import ParameterError, choose, read
from backstay_aws import catalog

KNOWN = [control.name for control in registry.controls()]
LAST = "BACKUP_LAST_RECOVERY_POINT_CREATED"


def test_defaults_are_those_of_aws() -> None:
    """Without --set a control runs with what AWS assumes."""
    given = read(KNOWN, ())
    assert given[LAST].values == {"recoveryPointAgeUnit": "days", "recoveryPointAgeValue": 1}
    assert given["BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"].number("requiredRetentionDays") == 35
    assert given["BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"].values == {}


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (f"{LAST}.recoveryPointAgeValue=32", "1 to 31 days, not 32"),
        (f"{LAST}.recoveryPointAgeValue=0", "1 to 31 days, not 0"),
        (f"{LAST}.recoveryPointAgeValue=x", "a whole number, not 'x'"),
        (f"{LAST}.recoveryPointAgeUnit=weeks", "one of hours, days"),
        (f"{LAST}.recoveryPointAgeValu=3", "the nearest is recoveryPointAgeValue"),
        ("BACKUP_LAST_RECOVERY_POINT_CREATE.recoveryPointAgeValue=3", f"the nearest is {LAST}"),
        ("BACKUP_RECOVERY_POINT_ENCRYPTED.days=3", "has no parameters"),
        ("vault-lock-as-promised.days=3", "has no parameters"),
        (LAST, "CONTROL.parameter=value"),
        ("=3", "CONTROL.parameter=value"),
        ("BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT.crossAccountList=1,2,3,4,5,6", "at most 5 items, not 6"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_nearest(setting: str, words: str) -> None:
    """A wrong control, parameter or value is one sentence that says what would fit."""
    with pytest.raises(ParameterError, match=words.replace(".", r"\.")):
        read(KNOWN, [setting])


def test_the_range_follows_the_unit() -> None:
    """744 hours are allowed where 744 days are not."""
    given = read(KNOWN, [f"{LAST}.recoveryPointAgeUnit=hours", f"{LAST}.recoveryPointAgeValue=744"])
    assert given[LAST].number("recoveryPointAgeValue") == 744


def test_choice_of_controls() -> None:
    """None named means all; a name in any case picks its control; an unknown one is refused with the nearest."""
    assert choose(KNOWN, ()) == tuple(KNOWN)
    assert choose(KNOWN, [LAST.lower()]) == (LAST,)
    with pytest.raises(ParameterError, match="the nearest is vault-lock-as-promised"):
        choose(KNOWN, ["vault-lock-as-promise"])


def test_every_control_is_found_and_known() -> None:
    """Each file in `checks` is one control; those with AWS's style of name are in the catalogue, with its name."""
    assert len(KNOWN) == len(set(KNOWN)) >= 11
    for control in registry.controls():
        assert control.name.islower() or catalog.control(control.name) is not None
        assert control.needs or control.kind == "waiver"  # which the build says, not AWS
        assert control.remedy.endswith(".")
        assert control.title(read(KNOWN, ())[control.name])
