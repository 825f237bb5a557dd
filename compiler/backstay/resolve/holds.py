"""Legal holds and tiering configurations of the model: what they name among the vaults of one place."""

from __future__ import annotations

from dataclasses import dataclass

from backstay import ir
from backstay.dsl.duration import Days
from backstay.resolve.here import Here
from backstay.resolve.pieces import Piece

EVERY_VAULT = "*"
EVERY_RESOURCE = ("*",)
TIERED = ("S3",)
"""The types that AWS Backup can move to the lower-cost warm tier (developer guide, backup tiering, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Turns pieces into legal holds and tiering configurations of one place.

    Both name vaults of their own account and Region. So what names a vault that is pinned to another place is without
    it here, and is left out here if nothing else is named.
    """

    here: Here

    def hold(self, piece: Piece) -> ir.LegalHold | None:
        """A legal hold, or None where none of the vaults that it names stands."""
        since, until = piece.get("since"), piece.get("until")
        if (since is None) != (until is None):
            missing = "since" if since is None else "until"
            self.here.incomplete(piece, "legal hold", missing, "AWS takes both dates or none")
        if piece.get("description") is None:
            self.here.incomplete(
                piece, "legal hold", "description", "say why, in a few words: AWS keeps it with the hold"
            )
        named = [self.here.named(vault) for vault in piece.get("vaults") or ()]
        vaults = tuple(dict.fromkeys(vault.name for vault in named if vault is not None))
        resources = tuple(dict.fromkeys(piece.get("resources") or ()))
        if named and not vaults and not resources:
            return None
        return ir.LegalHold(
            title=piece.name,
            description=piece.get("description") or "",
            vaults=vaults,
            resources=resources,
            since=since,
            until=until,
            tags=piece.get("tags") or (),
            where=self.here.where(piece),
        )

    def tiering(self, piece: Piece) -> ir.Tiering | None:
        """A tiering configuration, or None where its vault does not stand."""
        said = piece.get("vault")
        vault = EVERY_VAULT if said in (None, EVERY_VAULT) else getattr(self.here.named(said), "name", None)
        if vault is None:
            return None
        after: Days | None = piece.get("after")
        if after is None:
            self.here.incomplete(piece, "tiering configuration", "after", "say when: `after=days(60)`")
        resources = tuple(dict.fromkeys(piece.get("resources") or EVERY_RESOURCE))
        rows = tuple(
            ir.TieringResources(name, resources, after.count if after is not None else 0)
            for name in dict.fromkeys(piece.get("types") or TIERED)
        )
        return ir.Tiering(piece.name, vault, rows, piece.get("tags") or (), self.here.where(piece))
