"""A key that a vault cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.copying import on_aws_key
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import VaultSite
from backstay.lint.source import Source, api, guide
from backstay.lint.vaults import AnySite, called, every_vault
from backstay_aws import arns
from backstay_contract.findings import Severity

_BACKUP = "alias/aws/backup"


class UnusableVaultKey(Rule):
    """A vault's key is a KMS key of its Region."""

    CODE = "VLT055"
    NAME = "unusable-vault-key"
    SEVERITY = "error"
    SUMMARY = "A vault on a key of another Region, on what is no KMS key, or on another service's own key"
    WHY = (
        "KMS keys work in their Region only, the replicas of a multi-Region key each in its own: AWS does not make the "
        "vault, and every rule that writes to it fails. The ARN of a key, on a vault that stands in several Regions, "
        "is wrong in all but one. A warning for AWS-managed keys of other services, whose policies admit those "
        "services only."
    )
    SOURCES = (
        api("CreateBackupVault"),
        guide("encryption"),
        Source(
            "KMS developer guide, AWS managed keys",
            "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
        ),
    )
    VALID = (
        'Vault("cage", key="alias/backup")',
        'Vault("cage", region="eu-west-1", key="arn:aws:kms:eu-west-1:100000000002:key/1")',
    )
    INVALID = (
        'Vault("cage", region="eu-west-1", key="arn:aws:kms:eu-central-1:100000000010:key/1")',
        'Vault("cage", key="arn:aws:iam::100000000010:role/backup")',
        'Vault("cage", key="alias/aws/ebs")',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Every vault's key, by the look of its ARN."""
        for site in every_vault(context):
            key = arns.parse(site.vault.key_arn or "")
            if key is None:
                continue
            if key.service != "kms" or not key.resource.startswith(("key/", "alias/")):
                message, label = "has as its key what is no KMS key", "no KMS key"
                yield self._told(site, message, label, "name a key by its alias, such as `alias/backup`")
            elif key.region != site.shape.region or key.partition != context.model.partition:
                where = f"Region, {key.region}" if key.region != site.shape.region else f"partition, `{key.partition}`"
                message, label = f"has a key of another {where}", f"in {key.region}"
                help_ = "name the key by its alias: then it is the one of the Region"
                yield self._told(site, message, label, help_, here=True)
            elif isinstance(site, VaultSite) and on_aws_key(site.vault) and key.resource != _BACKUP:
                message, label = f"is on `{key.resource}`, which only that service may use", "another service's own"
                yield self._told(site, message, label, 'give it a key of your own: `key="alias/backup"`', "warning")

    def _told(
        self, site: AnySite, what: str, label: str, help_: str, severity: Severity | None = None, *, here: bool = False
    ) -> Problem:
        message = f"{called(site)} {what}"
        return self.problem(site, "key", message, label=label, help=help_, severity=severity, here=here)
