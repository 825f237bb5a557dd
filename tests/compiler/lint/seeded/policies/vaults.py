"""A locked vault with its access policy and notifications."""

from backstay import Access, Lock, Notify, Plan, Policy, Rule, Select, Vault, daily, days, hours, ou, tag

primary = Vault(
    "acme-primary",
    key="alias/acme-backup",
    lock=Lock.compliance(
        min=days(7),
        max=days(400),
        grace=days(14),
        acknowledged="change SEC-412",
    ),
    access=Access.deny_deletes(except_=["arn:aws:iam::*:role/backup-emergency"]),
    notify=Notify(
        "acme-backup-alarms",
        on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"],
    ),
    tags={"owner": "platform"},
)

nightly = Plan(
    "nightly",
    rules=[
        Rule(
            "nightly",
            at=daily("03:00"),
            into=primary,
            keep=days(35),
            start_within=hours(1),
            complete_within=hours(8),
        )
    ],
    select=[Select("nightly", where=tag("backup") == "nightly")],
)

production = Policy("production", attach=ou("Workloads"), plans=[nightly], vaults=[primary])
