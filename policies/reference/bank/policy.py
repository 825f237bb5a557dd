"""What holds where in the bank."""

from backstay import (
    Control,
    Framework,
    Policy,
    Report,
    Require,
    RestoreTest,
    Settings,
    account,
    cron,
    days,
    hours,
    monthly,
    ou,
    tag,
)

from .plans import backups, critical, important, isolation, usual_tests
from .vaults import isolated, primary, second, third

dora = Framework(
    "dora",
    description="Digital operational resilience: backup, segregation, restoration",
    controls=[
        Control.in_backup_plan(on=tag("criticality") == "critical"),
        Control.last_recovery_point(within=hours(6), on=tag("criticality") == "critical"),
        Control.copied_to_other_region(regions=["eu-west-1"], on=tag("criticality") == "critical"),
        Control.copied_to_other_account(accounts=["400000000002"], on=tag("criticality") == "critical"),
        Control.vault_lock(min=days(14)),
        Control.manual_deletion_disabled(except_=["arn:aws:iam::*:role/backup-emergency"]),
        Control.restore_time(within=hours(4), on=tag("criticality") == "critical"),
    ],
)

production = Policy(
    "production",
    attach=ou("Business/Prod"),
    plans=[important],
    vaults=[primary, second, third],
    frameworks=[dora],
    settings=Settings(cross_account_copies=True),
)

critical_functions = Policy(
    "critical-functions",
    attach=ou("Business/Prod/Critical"),
    regions=["eu-central-1", "eu-north-1"],
    plans=[critical, isolation],
    vaults=[isolated],
    restore_tests=[
        RestoreTest(
            "critical_quarterly",
            at=cron("0 5 1 JAN,APR,JUL,OCT ? *"),
            vaults=[primary],
            types=["Aurora", "RDS", "DynamoDB"],
            latest=True,
            look_back=days(100),
            role=backups,
        ),
        RestoreTest("monthly_sample", at=monthly(15, "06:00"), vaults=[primary], types=["EBS", "S3"], role=backups),
    ],
    # Critical functions keep their dailies longer than everybody else.
    params={"daily-retention": days(60)},
)

testing = Policy("testing", attach=ou("Business/NonProd"), plans=[usual_tests], vaults=[primary])

reports = Policy(
    "reports",
    attach=account("backup-central"),
    regions=["eu-central-1"],
    reports=[
        Report("backup_jobs", template="BACKUP_JOB_REPORT", bucket="bank-backup-reports", accounts=["ROOT"]),
        Report("restore_jobs", template="RESTORE_JOB_REPORT", bucket="bank-backup-reports", accounts=["ROOT"]),
    ],
)

segregated = Require(
    "critical data are in two Regions and two accounts, and cannot be deleted",
    every=tag("criticality") == "critical",
    under=ou("Business/Prod/Critical"),
    regions=["eu-central-1"],
    types=["Aurora", "EBS", "EFS", "S3"],
    keep=days(35),
    rpo=hours(27),
    copy_to_other_region=True,
    copy_to_other_account=True,
    immutable=True,
)
