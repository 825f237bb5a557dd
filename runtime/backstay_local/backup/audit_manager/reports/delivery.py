"""Puts a report into its bucket, as AWS Backup's role for reports, or says why it cannot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from backstay_aws import access, arns
from backstay_local.backup.audit_manager.reports.subject import wide
from backstay_local.backup.audit_manager.rows import ReportJob, ReportPlan
from backstay_local.backup.state import State

SERVICE = "reports.backup.amazonaws.com"
ACL = "bucket-owner-full-control"
_PUT = "s3:PutObject"
_SUFFIXES: Mapping[str, str] = {"CSV": "csv", "JSON": "json"}
_TYPES: Mapping[str, str] = {"CSV": "text/csv", "JSON": "application/json"}


def key(plan: ReportPlan, job: ReportJob, form: str) -> str:
    """The key of a report: AWS's path; the name at its end, which AWS does not pin down, tells plan, time and job."""
    accounts, regions = wide(plan.setting, plan.account, plan.region)
    place = f"{'crossaccount' if accounts else plan.account}/{'crossregion' if regions else plan.region}"
    prefix = (plan.channel.get("S3KeyPrefix") or "").strip("/")
    name = f"{plan.name}_{job.created:%Y-%m-%dT%H-%M-%SZ}_{job.id[:8]}.{_SUFFIXES[form]}"
    path = f"Backup/{place}/{job.created:%Y/%m/%d}/{name}"
    return f"{prefix}/{path}" if prefix else path


def obstacle(state: State, plan: ReportPlan, keys: list[str]) -> str | None:
    """Why a report cannot be delivered."""
    bucket = plan.channel["S3BucketName"]
    if not has_bucket(state, plan.account, bucket):
        return f"The S3 bucket {bucket} does not exist in account {plan.account}."
    if state.settings.report_bucket_policy == "need" and not all(_admitted(state, plan, bucket, one) for one in keys):
        return (
            f"Access denied: the policy of the S3 bucket {bucket} does not let {_role(plan)} "
            f"do {_PUT} with the ACL {ACL}."
        )
    return None


def has_bucket(state: State, account: str, bucket: str) -> bool:
    """Whether an account has a bucket of that name, in whatever Region."""
    if not state.world.touched("s3", account, state.world.home):
        return False
    listed = state.world.client("s3", account, state.world.home).list_buckets(Prefix=bucket)
    return any(one["Name"] == bucket for one in listed.get("Buckets", ()))


def put(state: State, plan: ReportPlan, at: str, form: str, body: bytes) -> None:
    """Write a report. Written twice, it is the same object: what is due again after a crash does no harm."""
    state.world.must_last()
    state.world.client("s3", plan.account, plan.region).put_object(
        Bucket=plan.channel["S3BucketName"], Key=at, Body=body, ACL=ACL, ContentType=_TYPES[form]
    )


def _admitted(state: State, plan: ReportPlan, bucket: str, at: str) -> bool:
    document = _policy(state, plan.account, bucket)
    organization = state.world.organization()
    return document is not None and access.admits(
        document,
        _PUT,
        principal_account=plan.account,
        principal_arn=_role(plan),
        organization=None if organization is None else organization.id,
        org_path=None if organization is None else organization.members.get(plan.account),
        vault_arn=f"arn:{arns.partition_of(plan.region)}:s3:::{bucket}/{at}",
        context={"s3:x-amz-acl": ACL, "aws:SecureTransport": "true"},
    )


def _policy(state: State, account: str, bucket: str) -> Mapping[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        text = state.world.client("s3", account, state.world.home).get_bucket_policy(Bucket=bucket)["Policy"]
        document = json.loads(text)
    except (ClientError, ValueError):
        return None
    return document if isinstance(document, Mapping) else None


def _role(plan: ReportPlan) -> str:
    path = f"aws-service-role/{SERVICE}/AWSServiceRoleForBackupReports"
    return arns.role(arns.partition_of(plan.region), plan.account, path)
