"""Looks at vaults, keys and recovery points as far as a copy's way depends on them. What cannot be read is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs.locate import vaults
from backstay_agent.jobs.route import Load, PointKey, Vault, VaultKey, VaultKind, row_of
from backstay_agent.jobs.work import Copy
from backstay_aws import arns

_KINDS: Mapping[str, VaultKind] = {
    "BACKUP_VAULT": "standard",
    "LOGICALLY_AIR_GAPPED_BACKUP_VAULT": "air-gapped",
    "RESTORE_ACCESS_BACKUP_VAULT": "restore-access",
}
_DEFAULT_KEY = "alias/aws/backup"
_BY_AWS = "alias/aws/"
"""Begins the aliases of the keys that AWS manages; nobody else may use it (KMS developer guide, "Aliases")."""


class Look:
    """One run's look at AWS: vaults and keys are remembered. Calls may come from many threads."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._vaults: dict[str, Vault | None] = {}
        self._keys: dict[str, VaultKey] = {}
        self._names: dict[tuple[str, str], frozenset[str]] = {}

    def vault(self, arn: str) -> Vault | None:
        """A vault; None when there is none, and without its facts when it cannot be read."""
        if arn not in self._vaults:
            self._vaults[arn] = self._read(arn)
        return self._vaults[arn]

    def has(self, vault: Vault) -> bool:
        """Whether a vault is there; AWS refuses to describe one that is not, as if closed. Raises AwsProblem."""
        place = vault.account, vault.region
        if place not in self._names:
            self._names[place] = frozenset(vaults(self._aws, *place))
        return vault.name in self._names[place]

    def load(self, work: Copy, at: Vault) -> Load | None:
        """What a copy takes along; None for a type that the catalogue does not know."""
        row = row_of(work.type, work.point, work.resource)
        if row is None:
            return None
        load = Load(row, at)
        if load.own_key and row.cross_region_and_account != "no":
            return load
        return replace(load, key=self._point_key(work))

    def _read(self, arn: str) -> Vault | None:
        named = vault_named(arn)
        if named is None:
            return None
        try:
            facts = self._aws.call(
                named.account, named.region, "backup", "DescribeBackupVault", BackupVaultName=named.name
            )
        except AwsProblem as problem:
            return None if problem.code == "ResourceNotFoundException" else named
        return replace(
            named,
            kind=_KINDS.get(facts.get("VaultType", ""), "standard"),
            key=self._vault_key(facts, named),
            least=facts.get("MinRetentionDays"),
            most=facts.get("MaxRetentionDays"),
        )

    def _vault_key(self, facts: Mapping[str, Any], vault: Vault) -> VaultKey:
        told = facts.get("EncryptionKeyType")
        if told in ("AWS_OWNED_KMS_KEY", "CUSTOMER_MANAGED_KMS_KEY"):
            return "customer"  # an air-gapped vault's, which travels with what lies in it
        key = facts.get("EncryptionKeyArn")
        return self._key(key, vault.account, vault.region) if key else "default"

    def _point_key(self, work: Copy) -> PointKey:
        try:
            facts = self._aws.call(
                work.account,
                work.region,
                "backup",
                "DescribeRecoveryPoint",
                BackupVaultName=work.vault,
                RecoveryPointArn=work.point,
            )
        except AwsProblem:
            return "unknown"
        key = facts.get("EncryptionKeyArn")
        if not key:
            return "none" if facts.get("IsEncrypted") is False else "unknown"
        found = self._key(key, work.account, work.region)
        return "aws" if found == "default" else found

    def _key(self, arn: str, account: str, region: str) -> VaultKey:
        """Who manages a key; asked in the account that has it, as far as the ARN says that."""
        if arn not in self._keys:
            parsed = arns.parse(arn)
            where = (parsed.account or account, parsed.region or region) if parsed else (account, region)
            self._keys[arn] = self._manager(arn, *where)
        return self._keys[arn]

    def _manager(self, arn: str, account: str, region: str) -> VaultKey:
        if arn.endswith(_DEFAULT_KEY):
            return "default"
        try:
            told = self._aws.call(account, region, "kms", "DescribeKey", KeyId=arn)["KeyMetadata"]
            aliases = self._aws.call(account, region, "kms", "ListAliases", KeyId=told["KeyId"])["Aliases"]
        except AwsProblem:
            return "unknown"
        names = {one["AliasName"] for one in aliases}
        if _DEFAULT_KEY in names:
            return "default"
        by_aws = told.get("KeyManager") == "AWS" or any(name.startswith(_BY_AWS) for name in names)
        return "aws" if by_aws else "customer"


def vault_named(arn: str) -> Vault | None:
    """What the ARN of a vault says of it."""
    parsed = arns.parse(arn)
    if parsed is None or parsed.service != "backup" or not parsed.resource.startswith("backup-vault:"):
        return None
    return Vault(parsed.account, parsed.region, parsed.resource.partition(":")[2])
