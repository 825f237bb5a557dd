"""How this AWS Backup behaves where AWS is slow, random, or does not say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """The knobs of the embedded AWS Backup. Defaults suit a person who waits at a laptop."""

    start_delay: timedelta = timedelta(seconds=0.3)
    """From the creation of a job until it runs; AWS takes minutes up to the start window."""
    run_time: timedelta = timedelta(seconds=0.7)
    """How long a backup, copy or restore runs."""
    delete_delay: timedelta = timedelta(seconds=0.3)
    """How long a recovery point stays in DELETING."""
    job_history: timedelta = timedelta(days=90)
    """How long ended jobs are remembered. Lists cover 30 days (API reference, ListBackupJobs), CloudTrail tells of jobs
    for 90; AWS does not say when a job can no longer be described. CloudWatch's metrics go back as far as this here."""
    expiry_spread: timedelta = timedelta(0)
    """AWS deletes an expired recovery point at a random moment within 8 hours after; zero is exactly on time."""
    dynamodb_advanced: bool = True
    """Whether an account that never said so has advanced DynamoDB backups (semantics §4)."""
    absent_matches_not: bool = True
    """Whether StringNotEquals and StringNotLike hold for a resource without the tag (not said by AWS)."""
    empty_selection: Literal["refuse", "everything"] = "refuse"
    """A selection without Resources and ListOfTags: the model says everything, the live service refuses."""
    plan_needs_vault: bool = False
    """Whether CreateBackupPlan refuses a rule whose vault does not exist (not said by AWS)."""
    completion_from: Literal["start", "schedule"] = "start"
    """Where the completion window begins; AWS's own texts disagree."""
    completion_state: Literal["EXPIRED", "ABORTED"] = "EXPIRED"
    """State of a job that its completion window ended (AWS does not pin it down)."""
    plan_name_length: int = 200
    """Longest plan name; AWS says 50 in one place and 200 in another."""
    plan_rename: Literal["allow", "refuse"] = "allow"
    """Whether UpdateBackupPlan may change the name: "Updating a backup plan" says no, CloudFormation does it."""
    plan_token: Literal["refuse", "return"] = "refuse"
    """CreateBackupPlan with the CreatorRequestId of an existing plan and another body: AWS says that "that plan is
    returned", and nothing about the body; `refuse` answers AlreadyExistsException."""
    opt_in_update: Literal["merge", "replace"] = "merge"
    """Whether UpdateRegionSettings changes the keys that it is given, or sets all others back (not said by AWS)."""
    lock_keeps_associated: bool = True
    """Whether a vault lock refuses DisassociateRecoveryPoint: the guide names deletion and lifecycle changes only."""
    stream_of_databases: Literal["update", "stop"] = "update"
    """What a new retention of its rule does to a continuous recovery point of a database: the guide ("Point-in-time
    recovery") says that it is updated, the API reference (RecoveryPointStatus) that it becomes STOPPED, as for S3."""
    approvals: Literal["ask", "grant"] = "ask"
    """Whether sessions of multi-party approval wait for a decision (`LocalAws.approve`), or grant themselves."""
    air_gap_takes_unencrypted: bool = True
    """Whether unencrypted backups of types without full management may go into an air-gapped vault; AWS's pages
    disagree (logicallyairgappedvault: no, lag-vault-primary-backup: yes). Aurora, DocumentDB and Neptune: never."""
    air_gap_copies_by_rule: bool = False
    """Whether a rule may copy from its air-gapped primary vault into another air-gapped one: AWS says that such
    copies are made on demand only, and that copy actions read from the air-gapped primary."""
    restore_test_spread: timedelta = timedelta(0)
    """AWS starts each restore test at a random moment of the start window; zero is at once, anything longer spreads
    the tests of a run over so long, never beyond the window (developer guide "Restore testing", "Start within")."""
    restore_test_seed: int = 0
    """What the random choices of restore tests (RANDOM_WITHIN_WINDOW, zones) follow from: the same in every run."""
    restore_test_hourly: bool = True
    """Whether restore testing plans may run once an hour at most, as backup plans (not said by AWS)."""
    validation_values: Literal["outcomes", "all"] = "outcomes"
    """What PutRestoreValidationResult takes: SUCCESSFUL and FAILED, or all four that the model has."""
    validate_on_demand: bool = False
    """Whether PutRestoreValidationResult takes results for restores that no restore testing plan made (not said)."""
    absent_test_plan: Literal["ignore", "refuse"] = "ignore"
    """DeleteRestoreTestingPlan of a plan that does not exist: it declares no ResourceNotFoundException."""
    nested_once: bool = True
    """Whether a rule leaves out what it backs up as a part of a stack or cluster when it is selected by itself, too
    (not said by AWS; its guide says that what a stack's selection bars is still taken by others)."""
    unsupported_makes_partial: bool = False
    """Whether resources of a stack that AWS Backup does not support make its backup PARTIAL: the guide says "may"."""
    empty_composite: Literal["gone", "stays"] = "gone"
    """What becomes of a composite recovery point when its last nested one is gone: the developer guide says both that
    it is deleted, too, and that it remains until it is deleted by hand or its lifecycle ends."""
    preview_length: int = 0
    """How many runs GetBackupPlan previews when the caller does not say."""
    hold_keeps_warm: bool = True
    """Whether a legal hold delays the transition to cold storage: the API reference (LegalHold) says so, the developer
    guide speaks of deletion only."""
    release_spread: timedelta = timedelta(0)
    """AWS deletes what expired under a legal hold within 24 hours after the release; zero is at once."""
    tiering_needs_vault: bool = False
    """Whether a tiering configuration is refused when the vault that it names does not exist (not said by AWS)."""
    access_point_name_rest: timedelta = timedelta(minutes=1)
    """How long the name of a deleted backup access point cannot be given again; AWS says "for some time"."""
    index_types_per_rule: int = 2
    """How many resource types the index action of a rule may name: the API reference (`BackupRuleInput`) says one, the
    example of AWS Organizations names two."""
    index_unsupported: Literal["refuse", "ignore"] = "refuse"
    """`StartBackupJob` with `Index=ENABLED` for a type that has no indexes (not said by AWS)."""
    volume_index: Literal["ACTIVE", "FAILED"] = "ACTIVE"
    """How the index of an EBS recovery point ends: AWS indexes file systems and fails where it finds none it can read,
    and volumes have none here ("Backup search", developer guide). ACTIVE has no items, and says so."""
    scan_halves: bool = False
    """Whether a plan is taken that has scan actions without scan settings, or the reverse: both are needed ("Malware
    protection", developer guide), but whether the API refuses is not said."""
    scan_without_content: Literal["UNKNOWN", "NO_THREATS_FOUND", "THREATS_FOUND"] = "UNKNOWN"
    """Result of a malware scan of a recovery point whose content is not kept here."""
    deploy_time: timedelta = timedelta(0)
    """How long a framework or report plan is made, changed or deleted; AWS takes minutes. Zero: until the next call."""
    framework_arn: Literal[":", "/"] = ":"
    """What stands behind `framework` in the ARN of one; AWS's other ARNs have a colon, a page's samples a slash."""
    config_recording: Literal["assumed", "asked"] = "assumed"
    """Whether AWS Config is taken to record what frameworks need, or asked; without it controls are not evaluated."""
    control_frequency: str = "Twelve_Hours"
    """`controlFrequency` of periodic controls in reports: so in AWS's sample, though its text says every 24 hours."""
    copy_list: Literal["all", "any"] = "all"
    """Whether copies must go to each Region (account) that a control lists: "where the backup copy should exist"."""
    never_restored: Literal["COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA"] = "INSUFFICIENT_DATA"
    """What a resource is to the control of restore times when it was never restored (not said by AWS)."""
    report_bucket_policy: Literal["need", "ignore"] = "need"
    """Whether the policy of a report's bucket must let AWS Backup's role for reports write, as AWS needs it."""
    report_plan_needs_bucket: bool = False
    """Whether a report plan is refused whose bucket the account does not have (not said by AWS; its jobs fail)."""
    trail: bool = True
    """Whether calls and service events are kept for cloudtrail:LookupEvents; off saves a little time and disk."""
    metric_dimensions: tuple[tuple[str, ...], ...] = (("BackupVaultName",), ("ResourceType",))
    """Under which sets of dimensions CloudWatch has each metric of AWS/Backup: the guide names vault and type in prose
    only; the key BackupVaultName is seen in public configurations, ResourceType is a guess (semantics §11.2)."""
    iam: Literal["deny", "enforce", "ignore"] = "deny"
    """What policies of IAM and AWS Organizations do to a call, and to a job through its role. `deny`: what one of them
    denies is refused, and what none allows goes on, so that tests which never wrote a policy are not stopped.
    `enforce`: AWS's whole logic, in which something must allow. `ignore`: nothing. What the policy of a vault or of a
    key denies is refused in all three."""
    condition_keys: tuple[tuple[str, ...], ...] = ()
    """Further condition keys that every request has, each with its values, such as `("aws:SourceIp", "10.1.2.3")`:
    there is no network here, and what a policy says of an address nobody tells neither denies nor fails to allow."""
    rcp_covers_backup: bool = False
    """Whether resource control policies reach AWS Backup: Organizations' list of the services that they reach has KMS,
    and not Backup ("Resource control policies", Organizations user guide)."""
