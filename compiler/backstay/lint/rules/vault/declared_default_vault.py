"""A vault of our own under the console's name."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.vaults import called, every_vault

_CONSOLE = "Default"


class DeclaredDefaultVault(Rule):
    """`Default` is the vault that the console makes."""

    CODE = "VLT003"
    NAME = "declared-default-vault"
    SEVERITY = "warning"
    SUMMARY = "A vault that is declared under the name `Default`"
    WHY = (
        "In every Region in which somebody has opened the console there is such a vault already, on AWS's own key: "
        "there ours cannot be made, and its key cannot be changed. In the others it can, so accounts end up unlike. "
        "AWS takes no copies from other accounts into a vault of that name."
    )
    SOURCES = (guide("create-a-vault"), guide("create-cross-account-backup"), seen("re:Post: the vault Default"))
    VALID = ('Vault("acme-default", key="alias/backup")',)
    INVALID = ('Vault("Default", key="alias/backup")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Vaults of that name."""
        for site in every_vault(context):
            if site.vault.name == _CONSOLE:
                yield self.problem(
                    site,
                    "name",
                    f"{called(site)} has the name of the vault that the console makes",
                    label="the console's",
                    help="give it a name of its own",
                )
