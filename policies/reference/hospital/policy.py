"""What holds where in the hospital."""

from backstay import (
    Control,
    Framework,
    Policy,
    Report,
    Require,
    RestoreTest,
    Settings,
    account,
    days,
    hours,
    ou,
    tag,
    weekly,
)

from .plans import continuous, images, isolation, records
from .vaults import central, isolated, primary

framework = Framework(
    "hospital",
    description="What the data-protection officer asks of every ward",
    controls=[
        Control.in_backup_plan(on=tag("data-class") == "patient"),
        Control.last_recovery_point(within=hours(30), on=tag("data-class") == "patient"),
        Control.minimum_retention(keep=days(35)),
        Control.manual_deletion_disabled(),
        Control.recovery_points_encrypted(),
        Control.vault_lock(min=days(35)),
        Control.copied_to_other_account(accounts=["300000000002"], on=tag("data-class") == "patient"),
    ],
)

clinical = Policy(
    "clinical",
    attach=ou("Clinical/Prod"),
    plans=[records, images, continuous, isolation],
    vaults=[primary, central, isolated],
    frameworks=[framework],
    settings=Settings(cross_account_copies=True),
)

# Scenario 10: every week a recovery point of each kind is restored, and timed.
evidence = Policy(
    "restore-evidence",
    attach=ou("Clinical/Prod"),
    regions=["eu-central-1"],
    restore_tests=[
        RestoreTest(
            "weekly_sample",
            at=weekly("sun", "06:00"),
            vaults=[primary],
            types=["RDS", "S3", "EFS"],
            start_within=hours(8),
            look_back=days(30),
        )
    ],
)

reports = Policy(
    "reports",
    attach=account("backup-central"),
    regions=["eu-central-1"],
    reports=[
        Report("backup_jobs", template="BACKUP_JOB_REPORT", bucket="hospital-backup-reports", accounts=["ROOT"]),
        Report("copy_jobs", template="COPY_JOB_REPORT", bucket="hospital-backup-reports", accounts=["ROOT"]),
    ],
)

patient_data = (tag("data-class") == "patient") & (tag("backup") != "off")
nothing_is_lost = Require(
    "patient data survive the loss of an account",
    every=patient_data,
    under=ou("Clinical/Prod"),
    types=["Aurora", "EBS", "EC2", "EFS", "RDS", "S3"],
    keep=days(35),
    rpo=hours(26),
    copy_to_other_account=True,
    immutable=True,
)
patients_keep_their_records = Require(
    "patient data are kept for seven years, out of anybody's reach",
    every=patient_data,
    under=ou("Clinical/Prod"),
    types=["Aurora", "EBS", "EC2", "EFS", "RDS", "S3"],
    keep=days(2557),
    rpo=days(32),
    copy_to_other_account=True,
    immutable=True,
)
