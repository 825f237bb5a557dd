"""Which vaults and roles the policies declare, seen from the accounts of a shape: theirs, and those of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from backstay import ir
from backstay.emit.organizations.pieces import Class
from backstay_aws import arns


class Declared:
    """Looks up what stands in an account and Region, or in the other Regions of a shape's accounts."""

    def __init__(self, model: ir.Model, classes: Sequence[Class]) -> None:
        self._model = model
        self._by_account = {account: group for group in classes for account in group.accounts}
        self._classes: dict[int, list[Class]] = defaultdict(list)
        for group in classes:
            for number in group.shapes:
                self._classes[number].append(group)

    def vault(self, shape: int, reference: ir.VaultRef) -> ir.Vault | ir.AirGappedVault | None:
        """The declared vault that a reference from the accounts of a shape points at; None unless all have it."""
        groups = self._groups(shape, reference.account)
        found = [next(self._vaults(group, reference), None) for group in groups]
        return found[0] if found and None not in found else None

    def role(self, shape: int, arn: str) -> bool:
        """Whether all accounts of a shape have a declared role of this ARN."""
        return all(arn in self._roles(group) for group in self._groups(shape))

    def _groups(self, shape: int, account: str = ir.ACCOUNT) -> list[Class]:
        if account == ir.ACCOUNT:
            return self._classes[shape]
        return [self._by_account[account]] if account in self._by_account else []

    def _vaults(self, group: Class, reference: ir.VaultRef) -> Iterator[ir.Vault | ir.AirGappedVault]:
        for number in group.shapes:
            shape = self._model.shapes[number]
            if shape.region == reference.region:
                found = shape.vault(reference.name) or shape.air_gapped(reference.name)
                if found is not None:
                    yield found

    def _roles(self, group: Class) -> Iterator[str]:
        for number in group.shapes:
            for role in self._model.shapes[number].roles:
                yield arns.role(self._model.partition, ir.ACCOUNT, f"{role.path.strip('/')}/{role.name}")
