"""Why jobs may not do what they should: locks, roles, keys."""

from __future__ import annotations

from backstay_agent.reasons.row import GUIDE, Reason

_DASHBOARD = GUIDE + "backup-dashboards (messages of jobs)"
_KEYS = GUIDE + "encryption"

ROWS: tuple[Reason, ...] = (
    Reason(
        r"lifecycle is outside the valid range for backup vault",
        "the vault's lock does not take a recovery point that is kept for so long, or so short",
        "change `keep` of the rule, or the lock while it can still be changed",
        "retention-outside-lock",
        GUIDE + "vault-lock; backup-dashboards",
    ),
    Reason(
        r"retention specified in the job is not within the range specified for the target",
        "the lock of the destination vault does not take a copy that is kept for so long, or so short",
        "change `keep` of the copy, or the lock while it can still be changed",
        "retention-outside-lock",
        GUIDE + "vault-lock; backup-dashboards",
    ),
    Reason(
        r"protected by AWS Backup Vault Lock|Vault Lock configuration is immutable",
        "a vault lock protects it, and nobody can undo that",
        "wait until its lifecycle ends",
        None,
        GUIDE + "vault-lock",
    ),
    Reason(
        r"role .*cannot be assumed by AWS Backup|cannot be assumed by AWS Backup",
        "the role does not exist, or does not trust backup.amazonaws.com",
        "make the role and let AWS Backup assume it (backstay org bootstrap makes the default one)",
        "role-not-for-backup",
        _DASHBOARD,
    ),
    Reason(
        r"not authorized to perform:? kms:|kms:\w+|KMS key .*(disabled|pending)|is PendingDeletion|is disabled\.|"
        r"DisabledException|KMSInvalidState|Key '.*' does not exist|cannot decrypt this ciphertext",
        "a KMS key cannot be used: it is off, going, or its policy does not let the role",
        "turn the key on, or let the role use it in the key's policy",
        "unusable-vault-key",
        _KEYS,
    ),
    Reason(
        r"not authorized to perform|Insufficient privileges|AccessDenied|\(AccessDenied|Forbidden",
        "the role of the job, or a policy above it, does not allow it",
        "look at the role's policies, the service control policies, and the policy of the vault",
        None,
        _DASHBOARD,
    ),
)
