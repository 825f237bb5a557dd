"""Controls, reports, and a restore every week."""

from backstay import (
    Control,
    Framework,
    Plan,
    Policy,
    Report,
    RestoreSelect,
    RestoreTest,
    Rule,
    Select,
    Tiering,
    Vault,
    account,
    days,
    hours,
    ou,
    tag,
    weekly,
)

primary = Vault("acme-primary", key="alias/acme-backup")

plan = Plan(
    "weekly",
    rules=[
        Rule(
            "weekly",
            at=weekly("sun", "03:00"),
            into=primary,
            keep=days(60),
            start_within=hours(1),
            complete_within=hours(12),
        )
    ],
    select=[Select("weekly", where=tag("backup") == "weekly")],
)

controls = Framework(
    "acme_controls",
    controls=[
        Control.in_backup_plan(on=tag("backup") == "weekly"),
        Control.last_recovery_point(within=days(8)),
        Control.recovery_points_encrypted(),
    ],
)

tested = RestoreTest(
    "weekly_sample",
    at=weekly("wed", "06:00"),
    vaults=[primary],
    select=[RestoreSelect("databases", type="RDS", validate_within=hours(4))],
    look_back=days(10),
    start_within=hours(8),
)

production = Policy(
    "production",
    attach=ou("Workloads"),
    plans=[plan],
    vaults=[primary],
    frameworks=[controls],
    restore_tests=[tested],
    tiering=[Tiering("buckets", vault=primary, types=["S3"], after=days(90))],
)

reports = Policy(
    "reports",
    attach=account("backup-central"),
    regions=["eu-central-1"],
    reports=[
        Report(
            "backup_jobs",
            template="BACKUP_JOB_REPORT",
            bucket="acme-backup-reports",
            accounts=["ROOT"],
        )
    ],
)
