"""What each word takes and what it refuses, in an author's words and by the argument that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay.dsl import (
    Access,
    AirGappedVault,
    Control,
    Copy,
    Defaults,
    Framework,
    Key,
    LegalHold,
    Plan,
    Policy,
    PolicyError,
    Report,
    Require,
    RestoreSelect,
    RestoreTest,
    Role,
    Rule,
    Scan,
    Select,
    Settings,
    Tiering,
    Vault,
    days,
    hours,
    minutes,
    param,
    resource_type,
    root,
    tag,
)
from backstay_aws import catalog

CAGE = AirGappedVault("cage")
EVERY = tag("a") == "b"

Make = Callable[[], Any]

REFUSED: list[tuple[Make, str | None, str]] = [
    (lambda: Copy(None), "to", "a copy goes into a vault: `to=…`"),
    (lambda: Copy(Plan("p")), "to", "`to` must be a vault or a vault's ARN, not a Plan"),
    (lambda: Copy(""), "to", "`to` must be 1 to 256 printable characters"),
    (lambda: Rule("r", into=CAGE), "into", "`into` must be a vault or a vault's name, not an AirGappedVault"),
    (lambda: Rule("r", into_air_gapped=Vault("v")), "into_air_gapped", "an air-gapped vault or its ARN, not a Vault"),
    (lambda: Rule("r", index="S3"), "index", "`index` must be a list of resource types, not 'S3'"),
    (lambda: Rule("r", scan="FAST"), "scan", "`scan` is one of FULL_SCAN, INCREMENTAL_SCAN, not 'FAST'"),
    (lambda: Rule("r", scan=param("s", "FAST")), "scan", "`scan` is one of FULL_SCAN, INCREMENTAL_SCAN, not 'FAST'"),
    (lambda: Rule("r", moved="r"), "moved", "`moved` is the name from before, and `r` is the name now"),
    (lambda: Rule("r", moved=3), "moved", "`moved` must be text, not 3"),
    (lambda: Defaults(keep=35), "keep", "`keep` must be a duration in days, such as days(35), not 35"),
    (lambda: Defaults(start_within=days(1)), "start_within", "a duration, such as hours(2), not a Days"),
    (lambda: Scan([], "r"), "types", 'say what is scanned: `types=["EBS"]`'),
    (lambda: Scan(["EBS"], ""), "role", "`role` must be 1 to 256 printable characters"),
    (lambda: Scan(["EBS"], None), "role", "`role` must be a role's name, or made by Role, not None"),
    (lambda: Select("s", role=Key("alias/x")), "role", "`role` must be a role's name, or made by Role, not a Key"),
    (lambda: Plan("p", vss="yes"), "vss", "`vss` must be True or False, not 'yes'"),
    (lambda: Plan("p", scan="FULL_SCAN"), "scan", "`scan` must be made by Scan, not 'FULL_SCAN'"),
    (lambda: Plan("p", defaults=Rule("r")), "defaults", "`defaults` must be made by Defaults, not a Rule"),
    (lambda: Plan("p", moved="p"), "moved", "`moved` is the name from before"),
    (lambda: Vault("v", moved="v"), "moved", "`moved` is the name from before"),
    (lambda: Vault("v", key=Role("r")), "key", "`key` must be a key's alias or ARN, or made by Key, not a Role"),
    (lambda: Vault("v", key=""), "key", "`key` must be 1 to 256 printable characters"),
    (lambda: AirGappedVault("v", min=7), "min", "`min` must be a duration in days, such as days(35), not 7"),
    (lambda: AirGappedVault("v", notify="topic"), "notify", "`notify` must be made by Notify, not 'topic'"),
    (lambda: Key("x", manage=True), "alias", "a managed key is named by an alias, such as `alias/x`"),
    (lambda: Key("alias/aws/backup", manage=True), "alias", "aliases that begin with `alias/aws/` are AWS's own"),
    (lambda: Key("alias/x", manage="yes"), "manage", "`manage` must be True or False, not 'yes'"),
    (lambda: Role(""), "name", "`name` must be 1 to 256 printable characters"),
    (
        lambda: Access.allow_copies_to(),
        "organization",
        "say where copies may go: `organization=True` or `accounts=[…]`",
    ),
    (lambda: Framework("f", ["vault_lock"]), "controls", "`controls` must hold controls, such as Control.vault_lock()"),
    (lambda: Report("r", formats="CSV"), "formats", "`formats` must be a list of"),
    (lambda: Report("r", frameworks=[CAGE]), "frameworks", "must hold frameworks or their names, not an AirGapped"),
    (lambda: Report("r", bucket=""), "bucket", "`bucket` must be 1 to 256 printable characters"),
    (lambda: RestoreTest("t", vaults="Default"), "vaults", "`vaults` must be a list of vaults, not 'Default'"),
    (lambda: RestoreTest("t", types="RDS"), "types", "`types` must be a list of resource types, not 'RDS'"),
    (lambda: RestoreTest("t", select=[Select("s")]), "select", "selections made by RestoreSelect, not a Select"),
    (lambda: RestoreTest("t", look_back=hours(3)), "look_back", "a duration in days, such as days(30), not a Minutes"),
    (lambda: RestoreTest("t", latest=1), "latest", "`latest` must be True or False, not 1"),
    (lambda: RestoreTest("t", role=""), "role", "`role` must be 1 to 256 printable characters"),
    (lambda: RestoreSelect("s", validate_within=4), "validate_within", "a duration, such as hours(8), not 4"),
    (lambda: RestoreSelect("s", overrides={"a": 1}), "overrides", "must be a dictionary of text to text"),
    (lambda: RestoreSelect("s", where=root()), "where", "a condition, such as"),
    (lambda: LegalHold("t", since="2026-02-30"), "since", "'2026-02-30' is no date; write it like \"2027-03-31\""),
    (lambda: LegalHold("t", until=2026), "until", 'a date, such as "2027-03-31", not 2026'),
    (lambda: LegalHold("t", resources="arn:x"), "resources", "`resources` must be a list of ARNs, not 'arn:x'"),
    (lambda: Tiering("t", vault=CAGE), "vault", "`vault` must be a vault or a vault's name, not an AirGappedVault"),
    (lambda: Tiering("t", after=60), "after", "a duration in days, such as days(60), not 60"),
    (lambda: Settings(full_management={"EFS": 1}), "full_management", "a dictionary of resource types to True or"),
    (lambda: Settings(opt_in=["EFS"]), "opt_in", "a dictionary of resource types to True or False"),
    (lambda: Settings(multi_party_approval="on"), "multi_party_approval", "must be True or False, not 'on'"),
    (lambda: Policy("p", root(), frameworks=["f"]), "frameworks", "`frameworks` must hold frameworks, not 'f'"),
    (lambda: Policy("p", root(), vaults=CAGE), "vaults", "`vaults` must be a list of vaults, not an AirGappedVault"),
    (lambda: Policy("p", root(), params=["keep"]), "params", "`params` must be a dictionary of names to values"),
    (lambda: Policy("p", root(), params={"keep": 35}), "params", "the value of a parameter is a duration, a schedule"),
    (lambda: Policy("p", root(), params={"keep": None}), "params", "text, True or False, not None"),
    (lambda: Policy("p", root(), params={"x": param("y")}), "params", "text, True or False, not a Param"),
    (lambda: Policy("p", root(), params={"x": Plan("y")}), "params", "text, True or False, not a Plan"),
    (lambda: Policy("p", root(), params={3: days(1)}), "params", "`params` must be text, not 3"),
    (lambda: Require("r", under=root()), "every", "requirement `r` needs `every`"),
    (lambda: Require("r", EVERY), "under", "requirement `r` needs `under`"),
    (lambda: Require("r", EVERY, EVERY), "under", "`under` must be a target"),
    (lambda: Require("r", EVERY, root(), rpo=28), "rpo", "`rpo` must be a duration, such as hours(28), not 28"),
    (lambda: Require("r", EVERY, root(), locked=days(3)), "locked", "`locked` must be True or False, not a Days"),
    (lambda: Require("r", EVERY, root(), types="RDS"), "types", "`types` must be a list of resource types, not 'RDS'"),
]


@pytest.mark.parametrize(("make", "field", "message"), REFUSED, ids=[f"{row[1]}-{row[2]}" for row in REFUSED])
def test_what_makes_no_sense_is_refused(make: Make, field: str | None, message: str) -> None:
    """A wrong value is told with the argument that it was given for, and with what belongs there."""
    with pytest.raises(PolicyError) as caught:
        make()
    assert message in caught.value.message
    assert caught.value.field == field


def test_the_wrong_place_for_an_air_gapped_vault_tells_the_right_one() -> None:
    """AWS wants a usual vault beside the air-gapped primary target; the complaint says how to write both."""
    with pytest.raises(PolicyError) as caught:
        Rule("r", into=CAGE)  # type: ignore[arg-type]
    assert caught.value.help == "name it by `into_air_gapped=`, beside a vault in `into=`"


CONTROLS: list[tuple[Make, str, dict[str, str]]] = [
    (Control.in_backup_plan, "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", {}),
    (
        lambda: Control.plan_frequency_and_retention(every=hours(12), keep=days(40)),
        "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
        {"requiredFrequencyUnit": "hours", "requiredFrequencyValue": "12", "requiredRetentionDays": "40"},
    ),
    (Control.plan_frequency_and_retention, "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", {}),
    (
        lambda: Control.manual_deletion_disabled(except_=["arn:1", "arn:2"]),
        "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",
        {"principalArnList": "arn:1,arn:2"},
    ),
    (Control.recovery_points_encrypted, "BACKUP_RECOVERY_POINT_ENCRYPTED", {}),
    (
        lambda: Control.minimum_retention(keep=days(7)),
        "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
        {"requiredRetentionDays": "7"},
    ),
    (
        lambda: Control.copied_to_other_region(regions=["eu-west-1", "eu-west-2"]),
        "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION",
        {"crossRegionList": "eu-west-1,eu-west-2"},
    ),
    (
        lambda: Control.copied_to_other_account(accounts=["123456789012"]),
        "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT",
        {"crossAccountList": "123456789012"},
    ),
    (
        lambda: Control.vault_lock(min=days(7), max=days(30)),
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK",
        {"minRetentionDays": "7", "maxRetentionDays": "30"},
    ),
    (
        lambda: Control.last_recovery_point(within=days(2)),
        "BACKUP_LAST_RECOVERY_POINT_CREATED",
        {"recoveryPointAgeUnit": "days", "recoveryPointAgeValue": "2"},
    ),
    (
        lambda: Control.restore_time(within=hours(2)),
        "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET",
        {"maxRestoreTime": "120"},
    ),
    (
        lambda: Control.air_gapped(within=hours(48)),
        "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT",
        {"recoveryPointAgeUnit": "hours", "recoveryPointAgeValue": "48"},
    ),
]


@pytest.mark.parametrize(("make", "name", "parameters"), CONTROLS, ids=[row[1] for row in CONTROLS])
def test_controls_have_the_names_and_parameters_of_aws(make: Make, name: str, parameters: dict[str, str]) -> None:
    """Each constructor gives one control of Audit Manager, its parameters as text, and none that nobody asked for."""
    made = make()
    assert made.control == name
    assert dict(made.parameters or ()) == parameters


def test_there_is_a_constructor_for_every_control() -> None:
    """The names and parameters are those of the catalogue of controls, and none of it is missing."""
    known = {one.name: {parameter.name for parameter in one.parameters} for one in catalog.controls()}
    used: dict[str, set[str]] = {}
    for _, name, parameters in CONTROLS:
        used.setdefault(name, set()).update(parameters)
    assert used == known


SCOPES: list[tuple[Make, Any]] = [
    (Control.vault_lock, (None, None, None)),
    (lambda: Control.vault_lock(types=["RDS", "EBS"]), (("RDS", "EBS"), None, None)),
    (lambda: Control.vault_lock(on=tag("env") == "prod"), (None, ("env", "prod"), None)),
    (lambda: Control.vault_lock(on="env"), (None, ("env", ""), None)),
    (lambda: Control.vault_lock(on=tag("env")), (None, ("env", ""), None)),
    (lambda: Control.vault_lock(types=["EBS"], resource="vol-1"), (("EBS",), None, "vol-1")),
    (lambda: Control.manual_deletion_disabled(resource="vault"), (("AWS::Backup::BackupVault",), None, "vault")),
    (lambda: Control.plan_frequency_and_retention(resource="id"), (("AWS::Backup::BackupPlan",), None, "id")),
]


@pytest.mark.parametrize(("make", "scope"), SCOPES)
def test_a_control_looks_at_types_or_a_tag_or_one_resource(make: Make, scope: Any) -> None:
    """Types, one tag with or without a value, or one resource with its type; without, everything."""
    made = make()
    assert (made.types, made.tag, made.resource) == scope


BAD_CONTROLS: list[tuple[Make, str, str]] = [
    (lambda: Control.vault_lock(on=tag("a") != "b"), "on", "one tag with one value, or a key alone"),
    (lambda: Control.vault_lock(on=tag("a").isin(["b"])), "on", "one tag with one value, or a key alone"),
    (lambda: Control.vault_lock(on=resource_type("RDS")), "on", "one tag with one value, or a key alone"),
    (lambda: Control.vault_lock(types="RDS"), "types", "`types` must be a list of resource types, not 'RDS'"),
    (
        lambda: Control.vault_lock(types=["RDS"], on="env"),
        "types",
        "a tag or types as the scope of a control, not both",
    ),
    (lambda: Control.vault_lock(resource="vol-1"), "resource", "named together with its type"),
    (lambda: Control.vault_lock(min=7), "min", "a duration in days, such as days(35), not 7"),
    (lambda: Control.last_recovery_point(within=3), "within", "a duration, such as hours(12) or days(1), not 3"),
    (lambda: Control.restore_time(within=days(1)), "within", "a duration, such as hours(2), not a Days"),
    (lambda: Control.copied_to_other_region(regions="eu-west-1"), "regions", "must be a list of Regions"),
    (lambda: Control.copied_to_other_account(accounts="1"), "accounts", "must be a list of account ids"),
    (lambda: Control.manual_deletion_disabled(except_="arn"), "except_", "must be a list of role ARNs"),
]


@pytest.mark.parametrize(("make", "field", "message"), BAD_CONTROLS, ids=[row[2] for row in BAD_CONTROLS])
def test_what_no_control_can_look_at_is_refused(make: Make, field: str, message: str) -> None:
    """AWS takes one scope and whole hours or days; anything else is told by the argument that asks for it."""
    with pytest.raises(PolicyError) as caught:
        make()
    assert message in caught.value.message
    assert caught.value.field == field


def test_minutes_that_are_no_hours_are_refused() -> None:
    """The age of a recovery point is counted in hours or days: ninety minutes would be rounded in silence."""
    with pytest.raises(PolicyError, match="AWS counts whole hours here, and this is 90 minutes"):
        Control.last_recovery_point(within=minutes(90))


def test_dictionaries_say_the_same_in_any_order() -> None:
    """Equal declarations are one thing, in whatever order their author wrote tags, switches and parameters."""
    assert Settings(full_management={"EFS": True, "DynamoDB": False}) == Settings(
        full_management={"DynamoDB": False, "EFS": True}
    )
    assert Policy("p", root(), params={"b": days(1), "a": "x"}) == Policy("p", root(), params={"a": "x", "b": days(1)})
    assert Tiering("t", tags={"b": "1", "a": "2"}) == Tiering("t", tags={"a": "2", "b": "1"})
