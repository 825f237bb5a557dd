"""Here: the accounts and the Region that one shape is made for, and what a vault means as seen from them."""

from __future__ import annotations

from dataclasses import dataclass

from backstay import ir
from backstay.dsl import Vault
from backstay.dsl.air_gapped import AirGappedVault
from backstay.resolve import places
from backstay.resolve.context import Context
from backstay.resolve.inherit import Effective
from backstay.resolve.nouns import PINNED
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem
from backstay_aws import arns

AnyVault = Vault | AirGappedVault


@dataclass(frozen=True, slots=True)
class Here:
    """Some accounts in a Region, and all that policies say there."""

    context: Context
    effective: Effective
    region: str
    accounts: tuple[str, ...]

    def reference(self, vault: AnyVault) -> ir.VaultRef:
        """The place of a vault that a rule or a copy names: under its pins, and without pins here."""
        declared = self.effective.declared(vault)
        account = declared.get("account") if declared is not None else vault.account
        region = (declared.get("region") if declared is not None else vault.region) or self.region
        found = self.context.tree.find(account) if account is not None else ()
        host = found[0].id if found else account or ir.ACCOUNT
        return ir.VaultRef(host, region, vault.name, arns.vault(self.context.partition, region, host, vault.name))

    def named(self, vault: AnyVault | str) -> ir.VaultRef | None:
        """A vault of these accounts in this Region, by node or name; None if it is pinned to stand elsewhere."""
        if not isinstance(vault, PINNED):
            arn = arns.vault(self.context.partition, self.region, ir.ACCOUNT, str(vault))
            return ir.VaultRef(ir.ACCOUNT, self.region, str(vault), arn)
        reference = self.reference(vault)
        own = reference.account == ir.ACCOUNT or self.accounts == (reference.account,)
        return reference if own and reference.region == self.region else None

    def by_arn(self, piece: Piece, field: str) -> ir.VaultRef | None:
        """The vault of a field that holds a vault or a vault's ARN; None, and a complaint, if it is neither."""
        said = piece.get(field)
        if isinstance(said, PINNED):
            return self.reference(said)
        arn = arns.parse(str(said))
        if arn is not None and arn.service == "backup" and arn.resource.startswith("backup-vault:"):
            return ir.VaultRef(arn.account, arn.region, arn.resource.removeprefix("backup-vault:"), str(said))
        help_ = "name a vault of a policy, or write `arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME`"
        self.complain("no-vault-arn", f"`{said}` is no vault's ARN", piece, field, help=help_)
        return None

    def where(self, piece: Piece) -> ir.Where:
        """The place of a piece."""
        return places.of_piece(piece, self.context.sources)

    def complain(self, name: str, message: str, piece: Piece, field: str, *, help: str | None = None) -> None:  # noqa: A002
        """Note a problem at the place of a field's value, or of the construct if nobody wrote the field."""
        span = places.of_field(piece, field, self.context.sources)
        self.context.findings.append(problem(name, message, span, help=help))

    def incomplete(self, piece: Piece, word: str, field: str, help_: str) -> None:
        """Complain of a construct that nobody, after overriding, gave what it must have."""
        span = self.context.sources.where(piece.first.node)[0]
        message = f"{word} `{piece.name}` has no `{field}`"
        self.context.findings.append(problem("incomplete", message, span, help=help_))
