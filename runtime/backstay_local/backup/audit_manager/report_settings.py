"""What is refused in a report plan: its setting and where it is delivered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay_aws import catalog
from backstay_local.backup.audit_manager import forms
from backstay_local.backup.audit_manager.reports import delivery
from backstay_local.backup.audit_manager.reports.columns import COLUMNS, COMPLIANCE
from backstay_local.backup.audit_manager.reports.subject import EVERYONE, EVERYWHERE, accounts_of, wide
from backstay_local.backup.rows import Json
from backstay_local.backup.state import State
from backstay_local.wire.call import Call

FORMATS = ("CSV", "JSON")
_UNIT = re.compile(r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}")


def problems(state: State, call: Call, setting: Json, channel: Json) -> Iterator[str]:
    """Everything for which a report plan is refused (Backup API `ReportSetting`, `ReportDeliveryChannel`)."""
    yield from _setting(state, call, setting)
    yield from _names(setting)
    yield from _channel(state, call, setting, channel)


def shown(setting: Json) -> Json:
    """A setting as AWS describes it: with the number of the frameworks that a report about compliance covers."""
    named = setting.get("FrameworkArns")
    return (
        setting | {"NumberOfFrameworks": len(named)} if named and setting["ReportTemplate"] in COMPLIANCE else setting
    )


def _setting(state: State, call: Call, setting: Json) -> Iterator[str]:
    template, named = setting["ReportTemplate"], setting.get("FrameworkArns") or []
    if template not in COLUMNS:
        yield f"{template} is not a report template; the templates are {', '.join(COLUMNS)}."
    if template not in COMPLIANCE:
        return  # reports about jobs pay no heed to frameworks
    if not named and not any(wide(setting, call.account, call.region)):
        yield f"A {template} needs FrameworkArns."
    most = catalog.limit("frameworks_per_report")
    if len(named) > most:
        yield f"A report plan cannot have more than {most} frameworks."
    for arn in named:
        row = state.tables.audits.frameworks.get(arn)
        if row is None or row.account != call.account:
            yield f"Framework {arn} does not exist."


def _names(setting: Json) -> Iterator[str]:
    for name, form, word in (
        ("Accounts", forms.ACCOUNT, EVERYONE),
        ("OrganizationUnits", _UNIT, None),
        ("Regions", forms.REGION, EVERYWHERE),
    ):
        for one in setting.get(name) or ():
            if one != word and not form.fullmatch(one):
                yield f"{one} cannot stand in {name}."


def _channel(state: State, call: Call, setting: Json, channel: Json) -> Iterator[str]:
    for form in channel.get("Formats") or ():
        if form not in FORMATS:
            yield f"{form} is not a format of reports; the formats are {', '.join(FORMATS)}."
    if any(wide(setting, call.account, call.region)) and "JSON" in (channel.get("Formats") or ()):
        yield "Reports about several accounts or Regions can only be delivered as CSV."
    if accounts_of(state, setting, call.account) is None:
        yield "Only the management account and delegated administrators can have reports about other accounts."
    bucket = channel["S3BucketName"]
    if state.settings.report_plan_needs_bucket and not delivery.has_bucket(state, call.account, bucket):
        yield f"The S3 bucket {bucket} does not exist in account {call.account}."
