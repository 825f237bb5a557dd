"""A lock that makes a requirement impossible."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Vault
from backstay.lint.context import Context
from backstay.lint.landing_vaults import beyond, primaries, site_of
from backstay.lint.required import Promise, promises
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import Site
from backstay.lint.source import guide, seen
from backstay.lint.words import days


class LockBelowRequirement(Rule):
    """A maximum should leave room for what is required."""

    CODE = "VLT044"
    NAME = "lock-below-requirement"
    SEVERITY = "warning"
    SUMMARY = "A lock whose maximum is under what a requirement asks to be kept"
    WHY = (
        "Nothing that is kept for as long as the requirement says can enter the vault, whatever the rules say. After "
        "the lock date of a compliance lock the maximum cannot be raised: then only new vaults help. Told where all "
        "vaults that the backups and their copies reach have such a maximum."
    )
    SOURCES = (guide("vault-lock"), seen("lgallard/terraform-aws-backup: a cap of 2555 days for seven years, 2557"))
    VALID = (
        'cage = Vault("cage", lock=Lock.governance(min=days(7), max=years(8)))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
        'kept = Require("kept", every=tag("backup") == "gold", under=ou("Workloads"), keep=years(7))',
    )
    INVALID = (
        'cage = Vault("cage", lock=Lock.governance(min=days(7), max=days(2555)))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(2555))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
        'kept = Require("kept", every=tag("backup") == "gold", under=ou("Workloads"), keep=years(7))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Shapes under a requirement all of whose vaults have too low a maximum."""
        for promise in promises(context):
            keep, vaults = promise.requirement.node.keep, primaries(promise.shape)
            reached = (*vaults, *beyond(context.model, promise.shape))
            if keep is None or not all(_below(vault, keep.count) for vault in reached):
                continue
            if (meant := promise.site(context)) is not None:
                yield from (self._told(promise, meant, vault, keep.count) for vault in vaults if vault is not None)

    def _told(self, promise: Promise, meant: Site, vault: Vault, keep: int) -> Problem:
        requirement, lock = promise.requirement, vault.lock
        assert lock is not None
        return self.problem(
            site_of(vault, promise.shape),
            "max",
            f"vault `{vault.name}` is locked to at most {days(lock.maximum)}; requirement `{requirement.name}` "
            f"asks for {days(keep)}",
            label=f"at most {days(lock.maximum)}",
            help=f"raise the maximum to days({keep}) or more"
            + (" before the lock date" if lock.mode == "compliance" else ""),
            others=[(requirement.where.field("keep"), days(keep))],
            accounts=meant.accounts,
            where=lock.where,
        )


def _below(vault: Vault | None, keep: int) -> bool:
    """Whether a vault takes nothing that is kept so long; one that no policy declares might."""
    lock = None if vault is None else vault.lock
    return lock is not None and lock.maximum is not None and lock.maximum < keep
