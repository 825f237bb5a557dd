"""Why restores fail."""

from __future__ import annotations

from backstay_agent.reasons.row import GUIDE, Reason

_API = "Backup API reference: errors of the operations"

ROWS: tuple[Reason, ...] = (
    Reason(
        r"unable to start within the specified start window",
        "more restore tests of this type were due than may run at once",
        "lengthen StartWindowHours of the restore testing plan",
        "restore-window-out-of-range",
        GUIDE + "restore-testing",
    ),
    Reason(
        r"restore metadata need|must be (original|Default|JSON|a JSON)|is not a time|regionalConfig|is smaller than|"
        r"is not the ARN of an SAP|newFileSystem|ItemsToRestore",
        "the restore metadata lack a value, or hold one that AWS does not take",
        "say it with --set KEY=VALUE (backstay restore --dry-run shows what there is)",
        None,
        GUIDE + "restoring-a-backup (metadata of each type)",
    ),
    Reason(
        r"no state of .* or earlier",
        "the continuous backup does not go back so far",
        "choose a later --at, or a snapshot",
        None,
        GUIDE + "point-in-time-recovery",
    ),
    Reason(
        r"you own a bucket of that name already|exists already|exists in database|AlreadyExists|AlreadyOwned",
        "what should be made has the name of something that exists",
        "give another name with --set",
        None,
        _API,
    ),
    Reason(
        r"can be restored in .* only|of one Region only",
        "this backup can be restored in its own Region only",
        "copy it to the other Region first",
        None,
        GUIDE + "restoring-s3",
    ),
    Reason(
        r"ACLs are not enabled",
        "the backup has ACLs of objects, and the bucket takes none",
        "restore with --set RestoreACLs=false, or let the bucket take ACLs",
        None,
        GUIDE + "restoring-s3",
    ),
    Reason(
        r"being deleted|in the state DELETING",
        "the recovery point is on its way out",
        "use another one",
        None,
        _API,
    ),
)
