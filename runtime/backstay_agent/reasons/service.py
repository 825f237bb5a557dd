"""Why AWS does not do what it was asked: quotas, throttling, and its own failures."""

from __future__ import annotations

from backstay_agent.reasons.row import GUIDE, Reason

_DASHBOARD = GUIDE + "backup-dashboards (messages of jobs)"
_API = "Backup API reference: errors of the operations"

ROWS: tuple[Reason, ...] = (
    Reason(
        r"Subscriber limit exceeded|Maximum allowed in-progress snapshots|Cannot create more than|LimitExceeded|quota",
        "a quota of the account is used up",
        "ask for more, delete what is not needed, or spread the schedules",
        None,
        _DASHBOARD + "; aws-backup-limits",
    ),
    Reason(
        r"Throttl|Rate exceeded|TooManyRequests|RequestLimitExceeded",
        "AWS was asked too often and went on refusing",
        "run it again, with a lower --max-parallel",
        None,
        _API,
    ),
    Reason(
        r"damaged|holds something else|was not encrypted under this key|does not exist any more"
        r"|is not the id of a backup|names no resource|names no account",
        "the kept data cannot be read any more",
        "restore from another copy of the same backup, and look after this one",
        None,
        "docs/embedded-aws.md",
    ),
    Reason(
        r"Internal error|InternalFailure|ServiceUnavailable|internal service error",
        "AWS failed by itself",
        "run it again; the AWS Health Dashboard says whether more is wrong",
        None,
        _DASHBOARD,
    ),
    Reason(
        r"Resources? (of type|type) .*(not supported|cannot be)|resource type .* is not supported|unsupported resource|"
        r"ARN of a resource of type",
        "AWS Backup does not know this type, or not in this Region",
        "see `backstay catalog` for what it can",
        "unsupported-arn",
        _DASHBOARD,
    ),
)
