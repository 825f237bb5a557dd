"""How much Organizations takes, one row each."""

from __future__ import annotations

CHARACTERS = 10_000
"""Characters of one backup policy, white space counted (Organizations User Guide, quotas page; read 2026-11)."""

ATTACHMENTS = 10
"""Backup policies attached directly to one root, unit or account (2022 edition of the quotas page; read 2026-11)."""

POLICIES = 1_000
"""Backup policies of an organization (quotas page; read 2026-11)."""

PLAN_NAME = 50
"""Characters of a plan's name (observed, as AWS Backup has it; read 2026-11)."""

POLICY_NAME = 128
"""Characters of a policy's name (Organizations API `CreatePolicy`; read 2026-11)."""

DESCRIPTION = 512
"""Characters of a policy's description (Organizations API `CreatePolicy`; read 2026-11)."""
