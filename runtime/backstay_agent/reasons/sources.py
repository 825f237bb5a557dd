"""Why a resource is not backed up as it should be, composites included."""

from __future__ import annotations

from backstay_agent.reasons.row import GUIDE, Reason

_DASHBOARD = GUIDE + "backup-dashboards (messages of jobs)"
_COMPOSITE = GUIDE + "applicationstackbackups, eks-backups"

ROWS: tuple[Reason, ...] = (
    Reason(
        r"backup vault .* does not exist|Backup vault .* is not available|is not a standard backup vault",
        "the vault is not there, not ready, or not one for backups",
        "apply the build first (backstay apply)",
        "undeclared-vault",
        _DASHBOARD,
    ),
    Reason(
        r"(was|were) not found|ResourceNotFound|NoSuchBucket|is not declared any more|Cannot find|NotFound",
        "it does not exist any more, or not in this account and Region",
        "look whether it was deleted or renamed",
        None,
        _DASHBOARD,
    ),
    Reason(
        r"running job for the same resource",
        "AWS Backup works on one job of a resource at a time, and another one took longer than the start window",
        "lengthen the start window, or move one of the schedules",
        "swallowed-backup",
        GUIDE + "recov-point-create-on-demand-backup; backup-dashboards",
    ),
    Reason(
        r"expired before completion|did not start, or end, within its window",
        "the job did not start or end within its window",
        "lengthen the start and completion windows",
        "hasty-completion",
        GUIDE + "plan-options-and-configuration",
    ),
    Reason(
        r"stopped by user|ABORTED: it was stopped",
        "somebody stopped the job",
        "start it again if that was not meant; CloudTrail says who (StopBackupJob)",
        None,
        GUIDE + "stopping-a-backup-job",
    ),
    Reason(
        r"more than 50 user tags",
        "source, rule and plan together give the recovery point more tags than AWS allows",
        "use fewer tags in the rule",
        "too-many-point-tags",
        _DASHBOARD,
    ),
    Reason(
        r"Versioning must be enabled",
        "AWS Backup takes only buckets that keep versions",
        "turn on S3 Versioning for the bucket",
        None,
        GUIDE + "s3-backups",
    ),
    Reason(
        r"already has continuous backup enabled for another vault",
        "all backups of a bucket with a continuous backup must be in that one's vault",
        "let both rules write into one vault",
        "s3-apart-from-continuous",
        GUIDE + "s3-backups",
    ),
    Reason(
        r"PITR already configured",
        "another plan keeps the continuous backup, so this one made a snapshot",
        "keep continuous backups of a resource by one rule",
        "continuous-into-two-vaults",
        GUIDE + "point-in-time-recovery",
    ),
    Reason(
        r"retention of the continuous backup was changed",
        "a new retention ended the continuous backup, and another one began",
        "nothing: the old one stays as long as it was to be kept",
        None,
        GUIDE + "s3-backups",
    ),
    Reason(
        r"VSS",
        "Windows VSS did not answer, so the backup is consistent as after a crash",
        "look at the VSS components and the SSM agent of the instance, and at its type",
        None,
        GUIDE + "windows-backups",
    ),
    Reason(
        r"must be running or stopped|not in (the )?available state|is not available|wrong state|maintenance window",
        "the resource was in a state in which it cannot be backed up",
        "back it up when it is available, away from its own maintenance and backup windows",
        None,
        _DASHBOARD,
    ),
    Reason(
        r"deleted during the backup",
        "an object went away while it was read",
        "back up again",
        None,
        GUIDE + "s3-backups",
    ),
    Reason(
        r"opted.?in|opt-in|not enabled for (this )?resource type",
        "AWS Backup is switched off for this type in this account and Region",
        "switch the type on (Settings of a policy, then backstay apply)",
        "opted-out-type",
        GUIDE + "getting-started (service opt-in)",
    ),
    Reason(
        r"nested (\w+ )?(jobs|backups|recovery points)|does not support these resources|only part of the resource",
        "not every part of a stack or cluster was taken",
        "look at the jobs of its parts (by their parent job), and at what their types can",
        None,
        _COMPOSITE,
    ),
    Reason(
        r"composite recovery point of a CloudFormation stack",
        "a stack is not restored as a whole",
        "restore the recovery points that are nested in it, one by one",
        None,
        _COMPOSITE,
    ),
    Reason(
        r"state of an EKS cluster|no cluster state any more|nestedRestoreJobs|persistent volumes",
        "the parts of an EKS cluster's backup go together",
        "use the composite recovery point, and name its volumes in nestedRestoreJobs",
        None,
        _COMPOSITE,
    ),
)
