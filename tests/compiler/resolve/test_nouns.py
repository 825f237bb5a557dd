"""Every noun of a policy stands where its policy reaches, is overridden field by field, frozen, never said twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay.dsl import (
    AirGappedVault,
    Control,
    Copy,
    Framework,
    LegalHold,
    Node,
    Notify,
    Plan,
    Policy,
    Report,
    RestoreSelect,
    RestoreTest,
    Rule,
    Select,
    Settings,
    Tiering,
    Vault,
    account,
    days,
    hours,
    ou,
    root,
    tag,
    weekly,
)

SUNDAY = weekly("sun", "06:00", tz="Europe/Berlin")
PROD = ou("Workloads/Prod")

# noun: field of Policy, field of the shape, a construct, one that overrides it, a path in it, and what becomes of it
NOUNS: dict[str, tuple[str, str, Node, Node, str, Callable[[Any], Any], tuple[Any, Any]]] = {
    "vault": (
        "vaults",
        "vaults",
        Vault("x", key="alias/k", tags={"a": "1"}),
        Vault("x", tags={"a": "2"}),
        "vaults.x.tags.a",
        lambda one: (one.key_arn.rpartition("/")[2], one.tags),
        (("k", (("a", "1"),)), ("k", (("a", "2"),))),
    ),
    "air-gapped vault": (
        "vaults",
        "air_gapped_vaults",
        AirGappedVault("x", min=days(7), max=days(99)),
        AirGappedVault("x", max=days(70)),
        "vaults.x.max",
        lambda one: (one.minimum, one.maximum),
        ((7, 99), (7, 70)),
    ),
    "framework": (
        "frameworks",
        "frameworks",
        Framework("x", controls=[Control.vault_lock(), Control.minimum_retention(keep=days(9))], description="d"),
        Framework("x", controls=[Control.minimum_retention(keep=days(10)), Control.recovery_points_encrypted()]),
        "frameworks.x.controls.BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK.parameters.requiredRetentionDays",
        lambda one: (one.description, [(c.name[-10:], dict(c.parameters)) for c in one.controls]),
        (
            ("d", [("VAULT_LOCK", {}), ("TION_CHECK", {"requiredRetentionDays": "9"})]),
            ("d", [("VAULT_LOCK", {}), ("TION_CHECK", {"requiredRetentionDays": "10"}), ("_ENCRYPTED", {})]),
        ),
    ),
    "report": (
        "reports",
        "reports",
        Report("x", template="BACKUP_JOB_REPORT", bucket="b", accounts=["central", "ROOT"]),
        Report("x", bucket="c", formats=["JSON"]),
        "reports.x.bucket",
        lambda one: (one.template, one.bucket, one.formats, one.accounts),
        (
            ("BACKUP_JOB_REPORT", "b", ("CSV",), ("100000000002", "ROOT")),
            ("BACKUP_JOB_REPORT", "c", ("JSON",), ("100000000002", "ROOT")),
        ),
    ),
    "restore test": (
        "restore_tests",
        "restore_tests",
        RestoreTest("x", at=SUNDAY, types=["RDS"], look_back=days(60), latest=True),
        RestoreTest("x", start_within=hours(8), select=[RestoreSelect("rds", validate_within=hours(2))]),
        "restore_tests.x.select.rds",
        lambda one: (one.algorithm[:6], one.look_back, one.start_window, one.selections[0].validation_window),
        (("LATEST", 60, 24, 0), ("LATEST", 60, 8, 2)),
    ),
    "legal hold": (
        "legal_holds",
        "legal_holds",
        LegalHold("x", "why", resources=["arn:aws:s3:::b"], since="2026-01-01", until="2026-02-01"),
        LegalHold("x", until="2026-03-01"),
        "legal_holds.x.until",
        lambda one: (one.title, one.description, one.since, one.until),
        (("x", "why", "2026-01-01", "2026-02-01"), ("x", "why", "2026-01-01", "2026-03-01")),
    ),
    "tiering": (
        "tiering",
        "tiering",
        Tiering("x", after=days(60)),
        Tiering("x", after=days(90)),
        "tiering.x",
        lambda one: (one.vault, [(row.type, row.resources, row.after) for row in one.resources]),
        (("*", [("S3", ("*",), 60)]), ("*", [("S3", ("*",), 90)])),
    ),
    "settings": (
        "settings",
        "management",
        Settings(full_management={"DynamoDB": True, "EFS": True}),
        Settings(full_management={"DynamoDB": False}),
        "settings.full_management.DynamoDB",
        lambda one: one,
        (("DynamoDB", True), ("DynamoDB", False)),
    ),
}
noun = pytest.mark.parametrize(("field", "kept", "thing", "other", "path", "seen", "values"), NOUNS.values(), ids=NOUNS)


def policy(name: str, attach: Any, field: str, thing: Node, **more: Any) -> Policy:
    """A policy with one construct."""
    return Policy(name, attach=attach, **{field: thing if isinstance(thing, Settings) else [thing]}, **more)


@noun
def test_it_stands_where_the_policy_reaches(
    field: str, kept: str, thing: Node, other: Node, path: str, seen: Any, values: Any, model: Any
) -> None:
    """In every account and Region of the target, and nowhere else."""
    found = model(policy("p", PROD, field, thing, regions=["eu-west-1"]))
    (shape,) = found.shapes
    assert (shape.region, shape.accounts) == ("eu-west-1", ("100000000010", "100000000011"))
    assert seen(getattr(shape, kept)[0]) == values[0]


@noun
def test_it_is_overridden_field_by_field(
    field: str, kept: str, thing: Node, other: Node, path: str, seen: Any, values: Any, model: Any, shape: Any
) -> None:
    """Under `extends=` what is mentioned replaces, what is not stays; accounts above keep what they had."""
    found = model(policy("base", root(), field, thing), policy("own", PROD, field, other, extends="base"))
    assert seen(getattr(shape(found, "pay-prod"), kept)[0]) == values[1]
    assert seen(getattr(shape(found, "pay-dev"), kept)[0]) == values[0]


@noun
def test_it_can_be_final(
    field: str, kept: str, thing: Node, other: Node, path: str, seen: Any, values: Any, names: Any
) -> None:
    """What is final cannot be changed from below, and `final=` knows the path."""
    above = policy("base", root(), field, thing, final=[path])
    assert names(above, policy("own", PROD, field, other, extends="base")) == ["final-overridden"]
    assert names(above, policy("own", PROD, field, thing, extends="base")) == []


@noun
def test_it_is_said_once(
    field: str, kept: str, thing: Node, other: Node, path: str, seen: Any, values: Any, names: Any, model: Any
) -> None:
    """Equal declarations are one thing; unlike ones of a name, on one path without `extends=`, clash."""
    clash = {"settings": "settings-clash"}.get(field, "same-name-twice")
    assert clash in names(policy("a", root(), field, thing), policy("b", PROD, field, other))
    (shape,) = {
        len(getattr(one, kept))
        for one in model(policy("a", root(), field, thing), policy("b", PROD, field, thing)).shapes
    }
    assert shape == (2 if field == "settings" else 1)


def test_a_vault_of_another_kind_overrides_nothing(names: Callable[..., list[str]]) -> None:
    """A vault is or is not air-gapped, and a policy below cannot make it the other."""
    above = Policy("base", attach=root(), vaults=[Vault("x")])
    below = Policy("own", attach=PROD, extends="base", vaults=[AirGappedVault("x", min=days(7), max=days(9))])
    assert names(above, below) == ["same-name-twice"]


@pytest.mark.parametrize(
    ("thing", "missing"),
    [
        (AirGappedVault("x", min=days(7)), "max"),
        (Report("x", template="BACKUP_JOB_REPORT"), "bucket"),
        (RestoreTest("x", types=["RDS"]), "at"),
        (RestoreTest("x", at=SUNDAY, types=["RDS", "RDS"], vaults=[]), "vaults"),
        (RestoreTest("x", at=SUNDAY, select=[RestoreSelect("s")]), "type"),
        (LegalHold("x", "why", resources=["arn:aws:s3:::b"], since="2026-01-01"), "until"),
        (LegalHold("x", resources=["arn:aws:s3:::b"]), "description"),
        (Tiering("x"), "after"),
        (Framework("x"), "controls"),
    ],
)
def test_what_aws_must_have(thing: Node, missing: str, run: Any, only: Any) -> None:
    """A construct that nobody, after overriding, gave what AWS wants is a complaint that names it."""
    field = {AirGappedVault: "vaults", Report: "reports", RestoreTest: "restore_tests", LegalHold: "legal_holds"}
    place = field.get(type(thing), "tiering" if isinstance(thing, Tiering) else "frameworks")
    finding = only(run(policy("p", root(), place, thing)).findings, "incomplete")
    assert f"has no `{missing}`" in finding.message


def test_air_gapped_vaults_are_pinned_and_copied_into(model: Any, shape: Any) -> None:
    """Pins, keys, topics and copies are those of vaults; a rule may also back up straight into one here."""
    bunker = AirGappedVault(
        "bunker",
        min=days(7),
        max=days(99),
        account="central",
        region="eu-west-1",
        key="alias/k",
        notify=Notify("t", on=["COPY_JOB_FAILED"]),
    )
    near = AirGappedVault("near", min=days(7), max=days(99))
    v = Vault("v")
    rules = [
        Rule("r", into=v, keep=days(30), into_air_gapped=near, copies=[Copy(to=bunker)]),
        Rule("s", into=v, keep=days(30), into_air_gapped="arn:aws:backup:eu-west-1:1:backup-vault:a"),
    ]
    found = model(Policy("p", attach=PROD, plans=[Plan("p", rules=rules)], vaults=[v, near, bunker]))
    (host,) = [one for one in found.shapes if one.air_gapped("bunker")]
    assert (host.accounts, host.region) == (("100000000002",), "eu-west-1")
    assert host.air_gapped("bunker").key_arn == "arn:aws:kms:eu-west-1:$account:alias/k"
    assert host.air_gapped("bunker").notifications.topic_arn == "arn:aws:sns:eu-west-1:$account:t"
    first, second = shape(found, "pay-prod").plans[0].rules
    assert first.air_gapped.arn == "arn:aws:backup:eu-central-1:$account:backup-vault:near"
    assert first.copies[0].destination.arn == "arn:aws:backup:eu-west-1:100000000002:backup-vault:bunker"
    assert found.air_gapped_at(first.copies[0].destination, "100000000010") is host.air_gapped("bunker")
    assert second.air_gapped.account == "1"


def test_a_restore_test_looks_where_its_vaults_stand(model: Any) -> None:
    """Vaults become ARNs; one that is pinned elsewhere is left out, and so is a test without any vault left."""
    dr, free = Vault("dr", account="central", region="eu-west-1"), Vault("free")
    tests = [
        RestoreTest("both", at=SUNDAY, vaults=[dr, free], exclude_vaults=["named"], types=["EBS", "Storage Gateway"]),
        RestoreTest("dr_only", at=SUNDAY, vaults=[dr], types=["EBS"]),
        RestoreTest("all", at=SUNDAY, types=["EBS"], role="own/R"),
        RestoreTest("by_arn", at=SUNDAY, vaults=["arn:aws:backup:*:*:backup-vault:x*"], types=["EBS"]),
    ]
    found = model(Policy("p", attach=account("central") | PROD, vaults=[dr, free], restore_tests=tests))
    here = {(one.region, len(one.accounts)): {test.name: test for test in one.restore_tests} for one in found.shapes}
    host, other = here["eu-west-1", 1], here["eu-central-1", 3]
    assert host["both"].vaults == (
        "arn:aws:backup:eu-west-1:100000000002:backup-vault:dr",
        "arn:aws:backup:eu-west-1:$account:backup-vault:free",
    )
    assert sorted(host) == ["all", "both", "by_arn", "dr_only"]
    assert sorted(other) == ["all", "both", "by_arn"]
    assert other["both"].vaults == ("arn:aws:backup:eu-central-1:$account:backup-vault:free",)
    assert other["both"].exclude_vaults == ("arn:aws:backup:eu-central-1:$account:backup-vault:named",)
    assert other["all"].vaults == ("*",)
    assert other["by_arn"].vaults == ("arn:aws:backup:*:*:backup-vault:x*",)
    assert [one.name for one in other["both"].selections] == ["ebs", "storage_gateway"]
    assert other["all"].selections[0].role_arn == "arn:aws:iam::$account:role/own/R"
    assert other["all"].timezone == "Europe/Berlin"


def test_what_a_restore_selection_can_say(model: Any, shape: Any, names: Any) -> None:
    """Tags by `==` and `!=`, joined by `&`; anything else AWS cannot test there, and whole hours it wants."""

    def test_of(*selects: RestoreSelect, **more: Any) -> Policy:
        return Policy("p", attach=root(), restore_tests=[RestoreTest("t", at=SUNDAY, select=list(selects), **more)])

    where = (tag("a") == "1") & (tag("b") != "2") & ~(tag("c") == "3")
    made = RestoreSelect("s", "RDS", where=where, overrides={"k": "v"}, validate_within=hours(3))
    (test,) = shape(model(test_of(made)), "central").restore_tests
    (selection,) = test.selections
    assert selection.string_equals == (("a", "1"),)
    assert selection.string_not_equals == (("b", "2"), ("c", "3"))
    assert (selection.overrides, selection.validation_window) == ((("k", "v"),), 3)
    wrong = RestoreSelect("s", "RDS", where=(tag("a") == "1") | (tag("b") == "2"))
    assert names(test_of(wrong)) == ["inexpressible-selection"]
    assert names(test_of(RestoreSelect("s", "RDS", where=tag("a").like("x*")))) == ["inexpressible-selection"]
    assert names(test_of(made, types=["RDS"], start_within=hours(1))) == []
    from backstay.dsl import minutes

    assert names(test_of(made, start_within=minutes(90))) == ["not-whole-hours"]
    assert names(test_of(made, made)) == ["same-name-twice"]


def test_holds_and_tiers_name_vaults_of_their_own_place(model: Any, shape: Any) -> None:
    """A vault that is pinned elsewhere is not held or tiered here."""
    dr, free = Vault("dr", account="central", region="eu-west-1"), Vault("free")
    holds = [LegalHold("both", "d", vaults=[dr, free, "named"]), LegalHold("dr", "d", vaults=[dr])]
    tiers = [Tiering("dr", vault=dr, after=days(60)), Tiering("free", vault="free", after=days(60))]
    found = model(Policy("p", attach=root(), vaults=[dr, free], legal_holds=holds, tiering=tiers))
    here = shape(found, "pay-prod", "eu-west-1")
    assert [(one.title, one.vaults) for one in here.legal_holds] == [("both", ("free", "named"))]
    assert [one.vault for one in here.tiering] == ["free"]
    host = shape(found, "central", "eu-west-1")
    assert [one.vaults for one in host.legal_holds] == [("dr", "free", "named")[:3], ("dr",)]
    assert [one.vault for one in host.tiering] == ["dr", "free"]


@pytest.mark.parametrize(
    ("field", "make", "word"),
    [
        ("restore_tests", lambda vault: RestoreTest("x", at=SUNDAY, vaults=[vault], types=["RDS"]), "restore test"),
        ("legal_holds", lambda vault: LegalHold("x", "why", vaults=[vault]), "legal hold"),
        ("tiering", lambda vault: Tiering("x", vault=vault, after=days(60)), "tiering configuration"),
    ],
)
def test_what_is_left_out_everywhere_is_lost(field: str, make: Any, word: str, run: Any, only: Any) -> None:
    """Nothing vanishes in silence: a noun whose vaults stand nowhere in its policy's reach is an error."""
    dr = Vault("dr", account="central", region="eu-west-1")
    finding = only(run(policy("p", PROD, field, make(dr), vaults=[dr])).findings, "stands-nowhere")
    assert finding.message.startswith(f"{word} `x` names vaults that stand in none")
    assert run(policy("p", PROD | account("central"), field, make(dr), vaults=[dr])).findings == ()


def test_what_plans_can_say(model: Any, shape: Any) -> None:
    """Advanced settings, scans, indexes and former names are in the model as AWS spells them."""
    from backstay.dsl import Scan

    rule = Rule("r", into=Vault("v", moved="u"), keep=days(9), index=["EBS", "S3"], scan="FULL_SCAN", moved="q")
    plan = Plan(
        "p",
        rules=[rule],
        select=[Select.everything()],
        vss=True,
        s3_acls=False,
        s3_tags=True,
        scan=Scan(types=["EBS"], role="Scanner"),
        moved="o",
    )
    here = shape(model(Policy("p", attach=root(), plans=[plan], vaults=[Vault("v", moved="u")])), "central")
    (made,) = here.plans
    assert made.advanced == (
        ("EC2", (("WindowsVSS", "enabled"),)),
        ("S3", (("BackupACLs", "disabled"), ("BackupObjectTags", "enabled"))),
    )
    assert (made.scan.types, made.scan.role_arn) == (("EBS",), "arn:aws:iam::$account:role/Scanner")
    assert (made.rules[0].index, made.rules[0].scan) == (("EBS", "S3"), "FULL_SCAN")
    assert (made.moved, made.rules[0].moved, here.vaults[0].moved) == ("o", "q", "u")


def test_settings_of_the_whole_organization(model: Any, names: Any) -> None:
    """Each has AWS's own key; two policies that disagree are a complaint."""
    settings = Settings(cross_account_copies=True, delegated_administrator=False, multi_party_approval=True)
    found = model(Policy("p", attach=root(), settings=settings))
    assert found.global_settings == (
        ("isCrossAccountBackupEnabled", "true"),
        ("isDelegatedAdministratorEnabled", "false"),
        ("isMpaEnabled", "true"),
    )
    other = Policy("q", attach=PROD, settings=Settings(multi_party_approval=False))
    assert names(Policy("p", attach=root(), settings=settings), other) == ["settings-clash"]


@pytest.mark.parametrize(
    ("field", "thing", "name"),
    [
        ("reports", Report("x", template="t", bucket="b", accounts=["nobody"]), "unknown-account"),
        ("reports", Report("x", template="t", bucket="b", units=["Workload"]), "unknown-unit"),
        ("restore_tests", RestoreTest("x", at=SUNDAY, types=["RSD"]), "unknown-resource-type"),
        ("tiering", Tiering("x", after=days(60), types=["S4"]), "unknown-resource-type"),
        ("frameworks", Framework("x", controls=[Control.vault_lock(types=["EBX"])]), "unknown-resource-type"),
        ("vaults", AirGappedVault("x", min=days(7), max=days(9), account="nobody"), "unknown-account"),
    ],
)
def test_names_are_checked(field: str, thing: Node, name: str, names: Any) -> None:
    """Accounts, units and resource types that a noun mentions must exist."""
    assert name in names(policy("p", root(), field, thing))
