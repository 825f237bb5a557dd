"""A copy into another vault of the same account and Region."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.copying import at_home
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide, plain


class CopyBesideItsSource(Rule):
    """A copy goes where the source's disaster does not."""

    CODE = "CPY017"
    NAME = "copy-beside-its-source"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A copy into an unlocked vault of the same account and Region"
    WHY = (
        "Who can delete the source can delete the copy, and what befalls the Region befalls both; only the bill is "
        "doubled. Often it is the copy to a vault pinned to a Region, seen from that Region itself. A locked or an "
        "air-gapped vault is left alone: that much it adds."
    )
    SOURCES = (plain("source and copy share account, Region and administrators"), guide("vault-lock"))
    VALID = (
        "Copy(to=central)",
        'policy = Policy("p", attach=ou("Workloads"), regions=["eu-central-1"], vaults=[primary, remote],\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    copies=[Copy(to=remote)])], select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = ("Copy(to=second)", "Copy(to=remote)")

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies that stay in account and Region, into declared vaults without a lock."""
        for site in context.copies:
            to = site.copy.destination
            home = at_home(site)
            if home and to.region == site.shape.region and to.name != site.rule.vault and _unlocked(site):
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies from `{site.rule.vault}` to `{to.name}`, which has no "
                    "lock and is in the same account and Region",
                    label="beside its source",
                    help="copy to another Region or account, or give the vault a `lock=`",
                    others=[(site.rule.where.fields.get("into"), "backed up into")],
                    accounts=home,
                    here=True,
                )


def _unlocked(site: CopySite) -> bool:
    """Whether the vault is declared here, and without a lock."""
    vault = site.shape.destination(site.copy.destination.name)
    return vault is not None and vault.lock is None
