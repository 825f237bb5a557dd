"""A vault name that AWS refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api
from backstay.lint.vaults import every_vault

_NAME = re.compile(r"[a-zA-Z0-9\-_]{2,50}")


class RefusedVaultName(Rule):
    """Vault names have a pattern."""

    CODE = "VLT001"
    NAME = "refused-vault-name"
    SEVERITY = "error"
    SUMMARY = "A vault name that AWS refuses"
    WHY = "AWS does not create the vault, so every rule that writes to it fails."
    SOURCES = (api("CreateBackupVault"), api("CreateLogicallyAirGappedBackupVault"))
    VALID = ('Vault("acme-primary_2")',)
    INVALID = ('Vault("acme.primary")', 'Vault("x")', 'AirGappedVault("acme.cage", min=days(7), max=days(90))')

    def check(self, context: Context) -> Iterator[Problem]:
        """Names outside the pattern."""
        for site in every_vault(context):
            if not _NAME.fullmatch(site.vault.name):
                yield self.problem(
                    site,
                    "name",
                    f"AWS refuses the vault name `{site.vault.name}`",
                    label="2 to 50 letters, digits, `-` and `_`",
                    help="rename the vault; periods are not allowed",
                )
