"""What a control can be narrowed to: resource types, or one tag, or one single resource."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from backstay_aws import catalog
from backstay_aws.catalog import Control
from backstay_local.backup.audit_manager.asked import Scope


def read(given: Mapping[str, Any] | None) -> Scope:
    """A ControlScope of a request."""
    given = given or {}
    tag = next(iter((given.get("Tags") or {}).items()), None)
    return Scope(
        tuple(given.get("ComplianceResourceTypes") or ()), tuple(given.get("ComplianceResourceIds") or ()), tag
    )


def problem(control: Control, own: str | None, given: Mapping[str, Any] | None) -> str | None:
    """Why the scope of a control is refused; `own` is the only type that the control judges, if it is one.

    Sources: Backup API `ControlScope`; developer guide "Controls and remediation" (the scopes of each control).
    """
    scope, many = read(given), len((given or {}).get("Tags") or {})
    most = catalog.limit("scope_tags")
    unknown = sorted(set(scope.types) - _types() - {own})
    if many > most:
        return f"The scope of control {control.name} cannot have more than {most} tag."
    if scope.tag is not None and (scope.types or scope.ids):
        return f"The scope of control {control.name} can have a tag or resources, not both."
    if unknown:
        return f"The scope of control {control.name} names resource types that do not exist: {', '.join(unknown)}."
    if len(scope.ids) > 1 or (scope.ids and len(scope.types) != 1):
        return f"The scope of control {control.name} can have one resource id, together with one resource type."
    wanted = "tag" if scope.tag else "single" if scope.ids else "types" if set(scope.types) - {own} else None
    if wanted is not None and wanted not in control.scopes:
        return f"Control {control.name} cannot be narrowed by {_WORDS[wanted]}."
    return None


_WORDS = {"tag": "tag", "single": "resource id", "types": "resource type"}


@cache
def _types() -> frozenset[str]:
    """Every resource type, as AWS Backup spells it and as AWS Config does."""
    return frozenset(name for row in catalog.resource_types() for name in (row.name, row.cfn_type))
