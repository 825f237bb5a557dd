"""An organization whose root admits backup policies, and short ways to write documents."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_local.app import LocalAws

ROLE = "arn:aws:iam::$account:role/backup"


@pytest.fixture
def plan() -> dict[str, Any]:
    """A whole plan, as a document writes it."""
    return {
        "regions": {"@@assign": ["eu-central-1"]},
        "rules": {
            "nightly": {
                "schedule_expression": {"@@assign": "cron(0 3 ? * * *)"},
                "target_backup_vault_name": {"@@assign": "safe"},
                "lifecycle": {"delete_after_days": {"@@assign": 35}},
            }
        },
        "selections": {
            "tags": {
                "pick": {
                    "iam_role_arn": {"@@assign": ROLE},
                    "tag_key": {"@@assign": "backup"},
                    "tag_value": {"@@assign": ["daily"]},
                }
            }
        },
    }


@pytest.fixture
def enabled(acme: LocalAws) -> Any:
    """The organizations client of an organization with the policy type enabled."""
    client = acme.client("organizations")
    root = client.list_roots()["Roots"][0]["Id"]
    client.enable_policy_type(RootId=root, PolicyType="BACKUP_POLICY")
    return client
