"""A policy that uses every word of the language and every field of every word: for type checkers, loader and codec."""

from backstay import (
    Access,
    AirGappedVault,
    Control,
    Copy,
    Defaults,
    Framework,
    Key,
    LegalHold,
    Lock,
    Notify,
    Plan,
    Policy,
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
    Waiver,
    account,
    account_tag,
    cron,
    daily,
    days,
    hourly,
    hours,
    minutes,
    monthly,
    ou,
    param,
    resource,
    resource_type,
    root,
    tag,
    weekly,
    weeks,
    yearly,
    years,
)

key = Key("alias/acme-backup", manage=True)
role = Role("backup/Runner", manage=True)

central = Vault(
    "acme-central",
    account="backup-central",
    region="eu-west-1",
    key=key,
    access=Access.allow_copies_from(organization=True, accounts=["123456789012"])
    + Access.deny_deletes(except_=["arn:aws:iam::123456789012:role/Breakglass"]),
    lock=Lock.compliance(min=days(30), max=years(8), grace=days(14), acknowledged="change SEC-412"),
)
primary = Vault(
    "acme-primary",
    key=param("key", "alias/acme-backup"),
    lock=Lock.governance(min=days(7), max=years(8)),
    access=Access.allow_copies_to(organization="o-abcdefghij", accounts=["backup-central"]),
    notify=Notify("acme-backup-alarms", on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"]),
    tags={"team": "platform"},
    moved="acme-old",
)
by_hand = Vault("acme-by-hand", access=Access.document({"Version": "2012-10-17", "Statement": []}))
cage = AirGappedVault(
    "acme-cage",
    min=days(7),
    max=param("cage_max", days(365)),
    key="alias/acme-cage",
    access=Access.deny_deletes(),
    notify=Notify("acme-backup-alarms", on=["COPY_JOB_FAILED"]),
    tags={"team": "platform"},
    account="backup-central",
    region="eu-central-1",
)
unpinned_cage = AirGappedVault("acme-cage-here", min=days(7), max=days(30))
shared_vaults = [primary, by_hand]

gold = Plan(
    "gold",
    rules=[
        Rule(
            "daily",
            at=param("daily", daily("03:00", tz="Europe/Berlin")),
            into=param("vault", primary),
            keep=param("keep", days(35)),
            cold_after=param("cold", days(30)),
            start_within=param("start", hours(2)),
            complete_within=param("complete", minutes(720)),
            copies=[
                Copy(to=central, keep=param("copy_keep", days(180)), cold_after=days(30), archive=True),
                Copy(to=cage, keep=weeks(10)),
                Copy(to="arn:aws:backup:eu-west-1:123456789012:backup-vault:far", archive=param("archive", False)),
            ],
            continuous=param("continuous", True),
            archive=True,
            tags={"tier": "gold"},
            index=["EBS", "S3"],
            scan="INCREMENTAL_SCAN",
            into_air_gapped=unpinned_cage,
            moved="nightly",
        ),
        Rule("hourly", at=hourly(15, every=4), scan="FULL_SCAN"),
        Rule("weekly", at=weekly("sun", "05:00"), keep=param("weekly_keep")),
        Rule("monthly", at=monthly("last", "05:00")),
        Rule("yearly", at=yearly("jan", 1, "05:00")),
        Rule("odd", at=cron("0 3 ? * * *")),
    ],
    select=[
        Select("tier-gold", where=(tag("backup") == "gold") & ~tag("env").like("tmp*"), role=role),
        Select("some", where=tag("backup").isin(["gold", "silver"]) & (tag("env") != "tmp")),
        Select("named", where=resource("arn:aws:s3:::acme") | resource_type("EBS"), role="backup/Runner"),
    ],
    role=param("role", role),
    tags={"team": "platform"},
    vss=param("vss", True),
    s3_acls=True,
    s3_tags=True,
    scan=Scan(types=["EBS", "S3"], role="Scanner"),
    defaults=Defaults(
        into=primary,
        keep=days(35),
        cold_after=days(30),
        start_within=hours(1),
        complete_within=hours(12),
        copies=[Copy(to=central)],
        continuous=True,
        archive=True,
        tags={"made": "backstay"},
        index=["S3"],
        scan="INCREMENTAL_SCAN",
        into_air_gapped="arn:aws:backup:eu-west-1:123456789012:backup-vault:cage",
    ),
    moved="golden",
)
silver = Plan.gfs(
    "silver",
    into=primary,
    at="04:30",
    tz="Europe/Berlin",
    daily=days(14),
    weekly=weeks(8),
    monthly=param("monthly", years(1)),
    yearly=years(7),
    weekday="sat",
    month_day="last",
    month="dec",
    cold_after=days(30),
    copies=[Copy(to=central)],
    start_within=hours(1),
    complete_within=hours(12),
    select=[Select("tier-silver", where=tag("backup") == "silver")],
    role="backup/Runner",
    tags={"team": "platform"},
)
rest = Plan("rest", rules=[Rule("daily", at=daily("05:00"), into="acme-primary")], select=[Select.everything()])

framework = Framework(
    "acme",
    controls=[
        Control.in_backup_plan(types=["RDS"]),
        Control.plan_frequency_and_retention(every=hours(12), keep=days(35), on=tag("env") == "prod"),
        Control.manual_deletion_disabled(except_=["arn:aws:iam::123456789012:role/Breakglass"], on="env"),
        Control.recovery_points_encrypted(on=tag("env")),
        Control.minimum_retention(keep=days(35)),
        Control.copied_to_other_region(regions=["eu-west-1"], types=["EBS"]),
        Control.copied_to_other_account(accounts=["123456789012"], types=["EBS"], resource="vol-0123456789abcdef0"),
        Control.vault_lock(min=days(7), max=years(8)),
        Control.last_recovery_point(within=days(1)),
        Control.restore_time(within=hours(2), types=["RDS"]),
        Control.air_gapped(within=days(7), types=["RDS"]),
    ],
    description="What the auditor asks for",
    tags={"team": "audit"},
)
report = Report(
    "daily_jobs",
    template="CONTROL_COMPLIANCE_REPORT",
    bucket="acme-backup-reports",
    prefix="backup",
    formats=["CSV", "JSON"],
    frameworks=[framework, "another"],
    accounts=["ROOT"],
    units=["Workloads/Prod"],
    regions=["eu-central-1"],
    description="For the auditor",
    tags={"team": "audit"},
)
weekly_sample = RestoreTest(
    "weekly_sample",
    at=weekly("sun", "06:00"),
    vaults=[primary, cage, "Default"],
    types=["RDS", "EBS"],
    select=[
        RestoreSelect(
            "prod_s3",
            type="S3",
            where=(tag("env") == "prod") & (tag("tier") != "tmp"),
            role=role,
            overrides={"encryptionType": "SSE-S3"},
            validate_within=hours(8),
        ),
        RestoreSelect(
            "one", type="EFS", resources=["arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/f"]
        ),
    ],
    start_within=hours(8),
    latest=True,
    look_back=days(14),
    points=["SNAPSHOT", "CONTINUOUS"],
    exclude_vaults=[by_hand],
    role="backup/Restorer",
    tags={"team": "platform"},
)
hold = LegalHold(
    "Case 4711",
    "Ordered by the court",
    vaults=[primary, cage, "Default"],
    resources=["arn:aws:s3:::acme-evidence"],
    since="2026-01-01",
    until="2026-06-30",
    tags={"case": "4711"},
)
warm = Tiering(
    "warm", vault=primary, after=days(60), types=["S3"], resources=["arn:aws:s3:::acme"], tags={"team": "platform"}
)

acme = Policy(
    "acme",
    attach=(ou("Workloads/Prod") | account("shared-services")) & ~(account_tag("env") == "sandbox"),
    plans=[gold, silver, rest],
    vaults=[central, primary, by_hand, cage, unpinned_cage],
    frameworks=[framework],
    reports=[report],
    restore_tests=[weekly_sample],
    legal_holds=[hold],
    tiering=[warm],
    settings=Settings(
        cross_account_copies=True,
        opt_in={"RDS": True, "EBS": False},
        full_management={"DynamoDB": True},
        delegated_administrator=True,
        multi_party_approval=True,
    ),
    regions=["eu-central-1", "eu-west-1"],
    final=["plans.gold.rules.daily.keep"],
    params={
        "weekly_keep": weeks(5),
        "start": hours(3),
        "daily": daily("01:00"),
        "key": key,
        "role": role,
        "vault": primary,
        "archive": True,
        "cage": cage,
        "name": "acme",
    },
    waivers=[
        Waiver(
            "same-key-everywhere",
            on="acme/gold",
            owner="platform@acme.example",
            reason="one key per account until the migration",
            expires="2027-03-31",
        )
    ],
)
below = Policy("below", attach=root(), vaults=shared_vaults, extends="acme", params={"keep": days(90)})

gold_survives = Require(
    "gold data in Frankfurt survives the loss of its Region",
    every=(tag("backup") == "gold") & (tag("env") == "prod"),
    under=ou("Workloads/Prod"),
    types=["RDS", "EBS"],
    regions=["eu-central-1"],
    keep=days(35),
    rpo=hours(28),
    copy_to_other_region=True,
    copy_to_other_account=True,
    air_gapped=True,
    locked=True,
    immutable=True,
    restore_tested_within=days(30),
)
