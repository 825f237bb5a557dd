"""Why copies fail: between accounts, into and out of air-gapped vaults."""

from __future__ import annotations

from backstay_agent.reasons.row import GUIDE, Reason

_DASHBOARD = GUIDE + "backup-dashboards (messages of jobs)"
_ABROAD = GUIDE + "create-cross-account-backup"
_KEYS = GUIDE + "encryption"
_AIR_GAP = GUIDE + "logicallyairgappedvault"

ROWS: tuple[Reason, ...] = (
    Reason(
        r"cross-account copy feature is not enabled",
        "cross-account backup is off for the organization",
        "set isCrossAccountBackupEnabled in the management account (Settings of a policy, then backstay apply)",
        "cross-account-copies-off",
        _ABROAD,
    ),
    Reason(
        r"must be a member of the same organization",
        "one of the two accounts is not in the organization",
        "copy to a vault of an account of the organization",
        "copy-outside-organization",
        _ABROAD,
    ),
    Reason(
        r"Default backup vault cannot be the destination|default backup vault.*cross-account",
        "the vault `Default` takes no copies from other accounts",
        "name another vault as destination",
        "copy-into-default-vault",
        _ABROAD,
    ),
    Reason(
        r"encrypted with the default Backup service managed key",
        "the destination vault has AWS's own key aws/backup, which cannot encrypt this type of backup there",
        "make the destination vault anew with a customer managed key",
        "copy-to-aws-managed-key",
        _KEYS,
    ),
    Reason(
        r"encrypted with an AWS managed key cannot be copied to another account",
        "the backup has its source's key, and that is AWS's own, which cannot be shared with another account",
        "encrypt the source with a customer managed key, or let backstay copy take two hops over a vault with one",
        "copy-from-aws-managed-key",
        _KEYS,
    ),
    Reason(
        r"policy of KMS key .* does not let account",
        "the other account may not use the key of the backup",
        "let it in the key's policy: kms:Decrypt, kms:DescribeKey, kms:CreateGrant",
        "copy-under-source-key",
        _KEYS,
    ),
    Reason(
        r"Access Denied trying to call AWS Backup service",
        "the destination vault does not exist, or its access policy (or a service control policy) keeps the copy out",
        "let the source account do backup:CopyIntoBackupVault in the policy of the destination vault",
        "copy-not-admitted",
        _DASHBOARD + "; create-cross-account-backup",
    ),
    Reason(
        r"is not a backup vault of this partition",
        "copies never leave their partition (aws, aws-cn, aws-us-gov)",
        "copy to a vault of the same partition",
        "copy-across-partitions",
        GUIDE + "cross-region-backup",
    ),
    Reason(
        r"do(es)? not support this kind of copy",
        "AWS Backup does not copy this type to such a place",
        "leave the copy away, or see `backstay catalog` for what the type can",
        "copy-unsupported",
        GUIDE + "backup-feature-availability",
    ),
    Reason(
        r"recovery points? in cold storage cannot be copied",
        "what is in cold storage is not copied",
        "copy recovery points while they are warm",
        "warm-copy-of-cold-rule",
        GUIDE + "recov-point-create-a-copy",
    ),
    Reason(
        r"continuous recovery points cannot be copied",
        "a continuous recovery point is copied by its rule only, as a snapshot",
        "let the rule copy, or back up without continuous",
        "copy-of-continuous-backup",
        GUIDE + "point-in-time-recovery-copying",
    ),
    Reason(
        r"source recovery point does not exist any more|the recovery point does not exist any more",
        "the recovery point has expired or was deleted meanwhile",
        "take another one, and keep recovery points for longer than their copies and restores take",
        None,
        _DASHBOARD,
    ),
    Reason(
        r"Failed to unshare snapshot",
        "the role of the copy went away while it ran",
        "keep the role until its copies have ended; the copy itself may be there",
        None,
        _ABROAD,
    ),
    Reason(
        r"Marketplace",
        "images from AWS Marketplace cannot go to another account",
        "copy to another Region of the same account instead",
        None,
        GUIDE + "backup-feature-availability",
    ),
    Reason(
        r"not supported by logically air-gapped vaults|logically air-gapped vault does not take it",
        "air-gapped vaults do not take this type or this backup",
        "copy it to a standard vault",
        "copy-unsupported-by-air-gap",
        _AIR_GAP,
    ),
    Reason(
        r"AWS managed key cannot be in a logically air-gapped vault",
        "an air-gapped vault takes this type only when it is encrypted with a customer managed key",
        "encrypt the source with one, or let backstay copy take two hops over a vault with one",
        "copy-from-aws-managed-key",
        _AIR_GAP,
    ),
    Reason(
        r"Unencrypted backups of .* cannot be in a logically air-gapped vault",
        "snapshots of clusters that are not encrypted stay so, and an air-gapped vault refuses them",
        "encrypt the cluster with a customer managed key",
        None,
        _AIR_GAP,
    ),
    Reason(
        r"from one logically air-gapped vault to another are made on demand only",
        "a rule does not copy between air-gapped vaults",
        "copy on demand",
        None,
        _AIR_GAP,
    ),
    Reason(
        r"from a logically air-gapped vault needs a destination vault",
        "what leaves an air-gapped vault must be encrypted with a customer managed key",
        "copy to a vault with such a key",
        "refused-copy-out-of-air-gap",
        _AIR_GAP,
    ),
    Reason(
        r"restore access backup vault cannot be the destination",
        "a restore access vault holds nothing of its own",
        "copy to a standard or air-gapped vault",
        None,
        GUIDE + "multipartyapproval",
    ),
)
