"""More vaults than an account may have."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import VaultSite
from backstay.lint.source import guide
from backstay_aws.catalog import limit


class TooManyVaults(Rule):
    """An account has a quota of vaults in each Region."""

    CODE = "VLT043"
    NAME = "too-many-vaults"
    SEVERITY = "warning"
    SUMMARY = "More than 300 vaults in an account and Region"
    WHY = (
        "Unless AWS has raised the quota, the vaults beyond it are not made, and every rule that writes to one of them "
        "fails. Air-gapped vaults count too."
    )
    SOURCES = (guide("aws-backup-limits"),)
    VALID = ('Vault("one"), Vault("two")',)
    INVALID = ('*[Vault(f"vault-{number}") for number in range(301)]',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Shapes with more vaults than the default quota, at the first vault beyond it."""
        most = limit("vaults_per_region")
        for shape in context.model.shapes:
            count = len(shape.vaults) + len(shape.air_gapped_vaults)
            if count > most and shape.vaults:
                last = shape.vaults[-1]
                path = (last.where.policy, last.name)
                yield self.problem(
                    VaultSite(last.where, path, (shape,), shape.accounts, last),
                    None,
                    f"{count} vaults in an account and Region; AWS allows {most} unless it has raised the quota",
                    label="one of them",
                    help="share vaults between plans, or have AWS raise the quota first",
                    here=True,
                )
