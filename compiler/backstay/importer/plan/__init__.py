"""Backup plans and selections as JSON: inputs of `aws backup create-backup-plan` and `create-backup-selection`, and
what `get-backup-plan` and `get-backup-selection` answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from backstay.importer.bodies.clean import Cleaner
from backstay.importer.bodies.shapes import BACKUP_PLAN, BACKUP_SELECTION, PLAN, SELECTION, Shape
from backstay.importer.found import Found, Reading, Scope
from backstay.importer.text import read_text
from backstay.source.text import DataPath
from backstay_aws import arns

ACCOUNT_DIGITS = 12


def recognises(path: str, data: bytes) -> bool:
    """Whether a file is a plan or a selection, wrapped or bare, in AWS's spelling or a wrong one."""
    text, _ = read_text(path, data)
    return any(_kind(one) is not None for one, _ in _documents(text.data))


def read(path: str, data: bytes) -> Reading:
    """The plans and selections of a file (one, or a list of them)."""
    text, findings = read_text(path, data)
    cleaner = Cleaner(text, list(findings))
    found = [one for document, at in _documents(text.data) for one in _found(document, at, cleaner)]
    return Reading(_placed(found), tuple(cleaner.findings))


def _documents(data: Any) -> Iterator[tuple[Any, DataPath]]:
    if isinstance(data, list):
        yield from ((one, (number,)) for number, one in enumerate(data))
    else:
        yield data, ()


def _kind(document: Any) -> Shape | None:
    """Which of the four shapes a document has, whatever the spelling of its members."""
    if not isinstance(document, Mapping):
        return None
    names = {str(name).replace("_", "").replace("-", "").lower() for name in document}
    if "backupplan" in names:
        return PLAN
    if "backupselection" in names:
        return SELECTION
    if "rules" in names and "backupplanname" in names:
        return BACKUP_PLAN
    if "selectionname" in names:
        return BACKUP_SELECTION
    return None


def _found(document: Any, at: DataPath, cleaner: Cleaner) -> Iterator[Found]:
    shape = _kind(document)
    if shape is None:
        return
    cleaner.base, cleaner.places = len(at), {}
    body = cleaner.structure(document, shape, at)
    if body is None:
        return
    if shape in (PLAN, BACKUP_PLAN):
        whole = body if shape is PLAN else {"BackupPlan": body}
        if isinstance(whole.get("BackupPlan"), Mapping):
            name = str(whole["BackupPlan"].get("BackupPlanName", "plan"))
            yield Found("plan", name, whole, cleaner.text.place(at), places=dict(cleaner.places))
    else:
        whole = body if shape is SELECTION else {"BackupSelection": body}
        if isinstance(whole.get("BackupSelection"), Mapping):
            name = str(whole["BackupSelection"].get("SelectionName", "selection"))
            yield Found("selection", name, whole, cleaner.text.place(at), places=dict(cleaner.places))


def _placed(found: list[Found]) -> tuple[Found, ...]:
    """The account that the roles of selections are in: AWS takes only roles of the plan's own account."""
    roles = [str(one.body["BackupSelection"].get("IamRoleArn", "")) for one in found if one.kind == "selection"]
    parsed = [arns.parse(role) for role in roles]
    accounts = {arn.account for arn in parsed if arn is not None and len(arn.account) == ACCOUNT_DIGITS}
    if len(accounts) != 1:
        return tuple(found)
    return tuple(replace(one, where=Scope(account=next(iter(accounts)))) for one in found)
