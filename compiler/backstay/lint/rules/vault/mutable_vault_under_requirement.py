"""Vaults that can be unlocked, where a requirement says immutable."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Vault
from backstay.lint.context import Context
from backstay.lint.landing_vaults import beyond, primaries, site_of
from backstay.lint.required import Promise, promises
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import Site
from backstay.lint.source import guide


class MutableVaultUnderRequirement(Rule):
    """Immutable is what nobody can undo."""

    CODE = "VLT047"
    NAME = "mutable-vault-under-requirement"
    SEVERITY = "warning"
    SUMMARY = "A governance lock, or none, where a requirement says immutable"
    WHY = (
        "A governance lock is removed by one call of whoever may make it, and then everything can be deleted. What a "
        "requirement calls immutable is a compliance lock or an air-gapped vault. Told where no vault that the "
        "backups or their copies reach is either."
    )
    SOURCES = (guide("vault-lock"),)
    VALID = (
        'cage = Vault("cage",\n'
        '    lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-1"))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
        'safe = Require("safe", every=tag("backup") == "gold", under=ou("Workloads"), immutable=True)',
    )
    INVALID = (
        'cage = Vault("cage", lock=Lock.governance(min=days(7), max=years(8)))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
        'safe = Require("safe", every=tag("backup") == "gold", under=ou("Workloads"), immutable=True)',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Shapes under such a requirement from whose rules nothing immutable is reached."""
        for promise in promises(context):
            vaults = primaries(promise.shape) if promise.requirement.node.immutable else ()
            if not vaults or any(map(_immutable, (*vaults, *beyond(context.model, promise.shape)))):
                continue
            if (meant := promise.site(context)) is not None:
                yield from (self._told(promise, meant, vault) for vault in vaults if vault is not None)

    def _told(self, promise: Promise, meant: Site, vault: Vault) -> Problem:
        requirement = promise.requirement
        how = "is locked in governance mode" if vault.lock else "has no lock"
        return self.problem(
            site_of(vault, promise.shape),
            "lock",
            f"vault `{vault.name}` {how}; requirement `{requirement.name}` asks for immutable backups",
            label="can be unlocked" if vault.lock else "no lock",
            help="use `Lock.compliance(…)`, or copy to an air-gapped vault",
            others=[(requirement.where.field("immutable"), "immutable")],
            accounts=meant.accounts,
        )


def _immutable(vault: Vault | None) -> bool:
    """Whether nobody can empty a vault; one that no policy declares might be."""
    return vault is None or (vault.lock is not None and vault.lock.mode == "compliance")
