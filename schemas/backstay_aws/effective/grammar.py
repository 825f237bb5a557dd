"""What may stand in a backup policy: the tree of keys, which leaves hold one value and which a list, and the sizes.

Sources: AWS Organizations User Guide, "Backup policy syntax and examples" and "Quotas" (read 2026-11); recorded
responses of the API published in 2026-09 (the keys below `s3`, the least and the most of a list or a map).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["value", "list"]
Grammar = Mapping[str, "Grammar | Kind"]
"""A key to what is under it; `*` is a name of the author's choice. Keys are not case-sensitive."""

ASSIGN, APPEND, REMOVE = "@@assign", "@@append", "@@remove"
CONTROL = "@@operators_allowed_for_child_policies"
OPERATORS = (ASSIGN, APPEND, REMOVE)
ALL, NONE = "@@all", "@@none"
OF: Mapping[Kind, tuple[str, ...]] = {"value": (ASSIGN,), "list": OPERATORS}
"""The operators that a leaf of each kind takes."""

_LIFECYCLE: Grammar = {
    "move_to_cold_storage_after_days": "value",
    "delete_after_days": "value",
    "opt_in_to_archive_for_supported_resources": "value",
}
_TAGS: Grammar = {"*": {"tag_key": "value", "tag_value": "value"}}
_CONDITION: Grammar = {"*": {"condition_key": "value", "condition_value": "value"}}
_CONDITIONS: Grammar = {
    "string_equals": _CONDITION,
    "string_not_equals": _CONDITION,
    "string_like": _CONDITION,
    "string_not_like": _CONDITION,
}
_RULE: Grammar = {
    "schedule_expression": "value",
    "target_backup_vault_name": "value",
    "target_logically_air_gapped_backup_vault_arn": "value",
    "start_backup_window_minutes": "value",
    "complete_backup_window_minutes": "value",
    "enable_continuous_backup": "value",
    "lifecycle": _LIFECYCLE,
    "copy_actions": {"*": {"target_backup_vault_arn": "value", "lifecycle": _LIFECYCLE}},
    "recovery_point_tags": _TAGS,
    "index_actions": {"resource_types": "list"},
    "scan_actions": {"guardduty": {"scan_mode": "value"}},
}
_SELECTIONS: Grammar = {
    "tags": {
        "*": {"iam_role_arn": "value", "tag_key": "value", "tag_value": "list", "conditions": _CONDITIONS},
    },
    "resources": {
        "*": {
            "iam_role_arn": "value",
            "resource_types": "list",
            "not_resource_types": "list",
            "conditions": _CONDITIONS,
        },
    },
}
PLAN: Grammar = {
    "regions": "list",
    "rules": {"*": _RULE},
    "selections": _SELECTIONS,
    "advanced_backup_settings": {
        "ec2": {"windows_vss": "value"},
        "s3": {"backup_acls": "value", "backup_object_tags": "value"},
    },
    "backup_plan_tags": _TAGS,
    "scan_settings": {"guardduty": {"resource_types": "list", "scanner_role_arn": "value"}},
}
PLANS: Grammar = {"*": PLAN}

MAX_CHARACTERS = 10_000
"""Size of one backup policy in characters, white space counted as sent (quotas page, read 2026-11)."""
MAX_ATTACHED = 10
"""Backup policies attached directly to one root, unit or account (2022 edition of the quotas page)."""
MAX_RULES = 10
"""Rules of one plan of an effective policy (recorded; a single document may have more)."""
MAX_CONDITIONS = 30
"""Conditions of one selection (backup policy syntax, read 2026-11); Organizations was not seen to count them."""


def under(grammar: Grammar, key: str) -> Grammar | Kind | None:
    """What may stand under a key; None where the grammar has no such key."""
    folded = key.lower()
    if folded.startswith("@@"):
        return None
    return grammar.get(folded, grammar.get("*"))
