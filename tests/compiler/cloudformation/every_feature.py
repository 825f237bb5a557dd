"""A policy that uses every word that becomes something in an account."""

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
    RestoreSelect,
    RestoreTest,
    Role,
    Rule,
    Scan,
    Select,
    Settings,
    Tiering,
    Vault,
    cron,
    daily,
    days,
    hours,
    ou,
    resource_type,
    tag,
    weekly,
    years,
)

key = Key("alias/backstay-managed", manage=True)
role = Role("backup/BackstayBackups", manage=True)
scanner = Role("BackstayScans", manage=True)
main = Vault(
    "main",
    key=key,
    lock=Lock.compliance(min=days(7), max=years(10), grace=days(14), acknowledged="change 7"),
    access=Access.allow_copies_from(organization=True)
    + Access.deny_deletes(["arn:aws:iam::100000000010:role/Breakglass"]),
    notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"]),
    tags={"cost ${center}": "42 ${not a variable}"},
)
named = Vault("named", key="alias/own", lock=Lock.governance(max=days(400)), moved="old-named")
central = Vault("central", account="backup-central", region="eu-west-1", key="alias/central")
gapped = AirGappedVault("gapped", min=days(7), max=days(90))

gold = Plan(
    "gold",
    moved="golden",
    role=role,
    defaults=Defaults(into=main, start_within=hours(2), complete_within=hours(12)),
    rules=[
        Rule("daily", at=daily("03:00", tz="Europe/Berlin"), keep=days(35), continuous=True, copies=[Copy(to=central)]),
        Rule(
            "monthly",
            at=cron("0 7 1 * ? *"),
            keep=days(500),
            cold_after=days(30),
            archive=True,
            tags={"made": "by-backstay"},
            index=["EBS"],
            scan="FULL_SCAN",
        ),
        Rule("gap", at=weekly("sun", "05:00"), into=named, into_air_gapped=gapped, keep=days(60)),
    ],
    select=[
        Select("tier", where=(tag("backup") == "gold") & ~tag("env").like("tmp*")),
        Select("disks", where=resource_type("EBS")),
    ],
    vss=True,
    s3_acls=True,
    s3_tags=False,
    scan=Scan(types=["EBS"], role=scanner),
    tags={"team": "platform"},
)
framework = Framework(
    "acme",
    description="What auditors ask",
    controls=[
        Control.in_backup_plan(types=["RDS", "EBS"]),
        Control.plan_frequency_and_retention(every=days(1), keep=days(35)),
        Control.manual_deletion_disabled(except_=["arn:aws:iam::100000000010:role/Breakglass"]),
        Control.recovery_points_encrypted(),
        Control.minimum_retention(keep=days(35), on=tag("env") == "prod"),
        Control.copied_to_other_region(regions=["eu-west-1"]),
        Control.copied_to_other_account(accounts=["100000000002"]),
        Control.vault_lock(min=days(7)),
        Control.last_recovery_point(within=hours(28)),
        Control.restore_time(within=hours(4)),
        Control.air_gapped(within=days(7)),
    ],
    tags={"team": "audit"},
)
everything = Policy(
    "everything",
    attach=ou("Prod"),
    plans=[gold],
    vaults=[main, named, central, gapped],
    frameworks=[framework],
    reports=[
        Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", prefix="backup", formats=["CSV", "JSON"]),
        Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="acme-reports", frameworks=[framework]),
    ],
    restore_tests=[
        RestoreTest(
            "weekly_sample",
            at=weekly("sun", "06:00"),
            vaults=[main],
            types=["RDS"],
            select=[RestoreSelect("buckets", "S3", where=tag("env") == "prod", validate_within=hours(8), role=role)],
            role=role,
        )
    ],
    legal_holds=[LegalHold("case 7", "Litigation", vaults=[main], since="2026-01-01", until="2026-12-31")],
    tiering=[Tiering("warm", vault=main, after=days(90))],
    settings=Settings(cross_account_copies=True, opt_in={"EBS": True}, full_management={"DynamoDB": True}),
)
