"""Report plans back to `Report(…)`."""

from __future__ import annotations

from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.write.code import Code, call, noted
from backstay.importer.write.desk import Desk
from backstay.importer.write.things import Thing


def report(thing: Thing, desk: Desk) -> Code:
    """A report plan. Frameworks are named by the end of their ARNs, which hold the name and an id."""
    body = thing.body
    channel, setting = body.get("ReportDeliveryChannel") or {}, body.get("ReportSetting") or {}
    formats = channel.get("Formats")
    notes = [*thing.notes]
    code = call(
        "Report",
        desk.word(body.get("ReportPlanName", thing.name)),
        template=desk.text(setting.get("ReportTemplate", "BACKUP_JOB_REPORT")),
        bucket=desk.text(channel.get("S3BucketName", "")),
        prefix=_text(channel.get("S3KeyPrefix"), desk),
        formats=desk.texts(formats, notes, "formats") if formats not in (None, ["CSV"]) else None,
        frameworks=_frameworks(setting, desk, notes),
        accounts=_there(setting.get("Accounts"), desk, notes, "accounts"),
        units=_there(setting.get("OrganizationUnits"), desk, notes, "units"),
        regions=desk.texts(setting.get("Regions") or None, notes, "regions"),
        description=_text(body.get("ReportPlanDescription"), desk),
        tags=desk.pairs(body.get("ReportPlanTags")),
    )
    return noted(code, notes)


def _text(value: Any, desk: Desk) -> Code | None:
    return desk.text(value) if value else None


def _there(named: Any, desk: Desk, notes: list[str], what: str) -> Code | None:
    """Accounts or units, as far as the organization has them."""
    if isinstance(named, list | tuple):
        notes += [f"left out of {what}, for the organization file does not have it: {one}" for one in named
                  if one in desk.absent]  # fmt: skip
        named = [one for one in named if one not in desk.absent]
    return desk.texts(named or None, notes, what)


def _frameworks(setting: Any, desk: Desk, notes: list[str]) -> Code | None:
    named = setting.get("FrameworkNames") or ()
    arns = setting.get("FrameworkArns") or ()
    if isinstance(named, Unknown) or isinstance(arns, Unknown):
        return desk.texts(named or arns, notes, "frameworks")
    names = [*named, *(one if isinstance(one, Unknown) else _name(str(one)) for one in arns)]
    return desk.texts(names, notes, "frameworks") if names else None


def _name(arn: str) -> str:
    """`…:framework:NAME-<uuid>` → NAME."""
    last = arn.rsplit(":", 1)[-1]
    parts = last.rsplit("-", 5)
    return parts[0] if len(parts) == 6 else last
