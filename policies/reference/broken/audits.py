"""Audits: frameworks that ask what nobody does or AWS does not take, reports about nothing, holds that hold nothing."""

from backstay import (
    Control, Framework, LegalHold, Plan, Policy, Report, Rule, Select, Vault, account, daily, days, hours, ou,
    resource_type,
)

from .vaults import main

streams = Vault("streams", key="alias/backup")
databases = [Select("databases", where=resource_type("RDS"))]

plans = [
    Plan("nightly", rules=[Rule("daily", at=daily("03:00"), into=main, keep=days(14))], select=databases),
    Plan(
        "by-the-second",
        rules=[Rule("log", at=daily("13:00"), into=streams, keep=days(35), continuous=True)],
        select=databases,
    ),
]

strict = Framework("strict", controls=[
    Control.minimum_retention(keep=days(90)),  # no rule keeps so long
    Control.recovery_points_encrypted(),  # `lax` asks that as well
])
frameworks = [
    strict,
    # Every rule keeps twice as long.
    Framework("lax", controls=[Control.minimum_retention(keep=days(7)), Control.recovery_points_encrypted()]),
    # The same two controls again.
    Framework("lax_too", controls=[Control.minimum_retention(keep=days(7)), Control.recovery_points_encrypted()]),
    # Wants of others what nobody does: copies, locks, policies, and backups of file systems.
    Framework("wishful", controls=[
        Control.copied_to_other_region(regions=["eu-north-1"]),
        Control.vault_lock(min=days(30)),
        Control.manual_deletion_disabled(),
        Control.in_backup_plan(types=["EFS"]),
    ]),
    # A name of another service, 36 hours where AWS counts to 24, and days would have been right.
    Framework("refused", controls=[
        Control("BACKUP_RECOVERY_POINTS_ENCRYPTED"),
        Control.plan_frequency_and_retention(every=hours(36), keep=days(14)),
    ]),
    # Copies into air-gapped vaults take longer, and of RDS this control says nothing.
    Framework("hasty", controls=[Control.air_gapped(within=hours(48), types=["RDS"])]),
]

reports = [
    Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="broken-reports"),  # of which framework?
    # Misspelt: `strict`.
    Report("strictly", template="CONTROL_COMPLIANCE_REPORT", bucket="broken-reports", frameworks=["strickt"]),
    Report("jobs", template="BACKUP_JOB_REPORT", bucket="broken-reports", frameworks=[strict]),  # lists jobs only
    Report("copies", template="COPY_JOBS_REPORT", bucket="broken-reports"),  # COPY_JOB_REPORT
    Report("by-account", template="BACKUP_JOB_REPORT", bucket="broken-reports"),  # `_`, not `-`
    # Made in a member account; and frameworks go with one account only.
    Report("of_all", template="CONTROL_COMPLIANCE_REPORT", bucket="broken-reports", accounts=["ROOT"],
           frameworks=[strict]),
    # With these there are more than twenty.
    *[Report(f"jobs_{n}", template="BACKUP_JOB_REPORT", bucket=f"broken-reports-{n}") for n in range(16)],
]

holds = [
    LegalHold("Case 1", "Ordered by the court", vaults=["mian"]),  # misspelt
    LegalHold("Case 2", "Ordered by the court", vaults=[main], since="2026-06-30", until="2026-01-01"),  # backwards
    LegalHold("Case 3", "Ordered by the court"),  # holds what?
    LegalHold("Case 4", "Ordered by the court", vaults=[streams]),  # continuous backups go on expiring
]

audits = Policy(
    "audits",
    attach=account("audited"),
    vaults=[main, streams],
    plans=plans,
    frameworks=frameworks,
    reports=reports,
    legal_holds=holds,
)
everywhere = Policy(
    "everywhere",
    attach=ou("Workloads"),
    reports=[
        # One report on all Regions, made in each; and JSON is for one account and Region.
        Report("all_jobs", template="BACKUP_JOB_REPORT", bucket="broken-reports", formats=["JSON"], regions=["*"]),
    ],
)
