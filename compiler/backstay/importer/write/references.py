"""How vaults are named in plans: by the variable of their declaration, by a reference to another Region, or as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backstay.importer.found import Unknown
from backstay.importer.write.code import Atom, Code, call, noted, text
from backstay.importer.write.desk import Desk
from backstay.importer.write.durations import days
from backstay.importer.write.things import OWN_ACCOUNT, OWN_REGION, Thing
from backstay_aws import arns, catalog

_BOUNDS = "could not be decided: the vault's bounds (nothing of it was imported); these are AWS's widest"
PREFIX = "backup-vault:"
UNDECLARED = "backstay: allow undeclared-vault — it is not among what was imported"


@dataclass
class References:
    """Gives each vault that a plan mentions its source. `elsewhere`: references that the file has to declare."""

    desk: Desk
    declared: Mapping[str | Unknown, tuple[str, ...]]
    elsewhere: dict[tuple[str, str, str], tuple[str, Code]] = field(default_factory=dict)

    def vault(self, name: str) -> Code:
        """A rule's vault: the declared one where there is just one of the name.

        One that nobody declares is allowed in a comment, for `lint` would rightly ask for it: it is there already.
        """
        variables = self.declared.get(name, ())
        if not variables:
            return noted(self.desk.text(name), (UNDECLARED,))
        return Atom(variables[0]) if len(variables) == 1 else text(name)

    def unnamed(self, name: Unknown) -> Code | None:
        """A vault whose name is not known, if the file declares it under that very name."""
        variables = self.declared.get(name, ())
        return Atom(variables[0]) if len(variables) == 1 else None

    def destination(self, arn: str) -> Code:
        """A copy's vault. One in the account's own other Region becomes a vault that is pinned to that Region."""
        parsed = arns.parse(arn)
        if parsed is None or parsed.account != OWN_ACCOUNT or not parsed.resource.startswith(PREFIX):
            return self.desk.text(arn)
        name = parsed.resource.removeprefix(PREFIX)
        region = None if parsed.region == OWN_REGION else text(parsed.region)
        return self._elsewhere(("vault", name, parsed.region), call("Vault", text(name), region=region))

    def air_gapped(self, arn: str) -> Code:
        """A rule's air-gapped vault. One of the own account and Region is a declaration without bounds of its own."""
        parsed = arns.parse(arn)
        if parsed is None or parsed.account != OWN_ACCOUNT or not parsed.resource.startswith(PREFIX):
            return self.desk.text(arn)
        name = parsed.resource.removeprefix(PREFIX)
        variables = self.declared.get(name, ())
        if len(variables) == 1:
            return Atom(variables[0])
        widest = {
            "min": days(catalog.limit("air_gap_retention_days_min")),
            "max": days(catalog.limit("lock_retention_days_max")),
        }
        return self._elsewhere(
            ("air_gapped", name, ""), noted(call("AirGappedVault", text(name), **widest), (_BOUNDS,))
        )

    def _elsewhere(self, key: tuple[str, str, str], code: Code) -> Code:
        if key not in self.elsewhere:
            self.elsewhere[key] = (self.desk.names.give(key[1], "vault"), code)
        return Atom(self.elsewhere[key][0])


def variables(things: Iterable[tuple[Thing, str]]) -> Mapping[str | Unknown, tuple[str, ...]]:
    """The variables of the declared vaults, by AWS's name, or by what the source has instead of one."""
    found: dict[str | Unknown, tuple[str, ...]] = {}
    for thing, variable in things:
        if thing.kind in ("vault", "air_gapped_vault"):
            said = thing.body.get("BackupVaultName")
            name = said if isinstance(said, Unknown) else thing.name
            found[name] = (*found.get(name, ()), variable)
    return found
