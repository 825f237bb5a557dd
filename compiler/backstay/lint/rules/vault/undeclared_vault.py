"""A rule that writes to a vault which nobody makes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import guide, seen

_CONSOLE = "Default"


class UndeclaredVault(Rule):
    """A rule's vault must be there, in the account and Region of the rule."""

    CODE = "VLT002"
    NAME = "undeclared-vault"
    SEVERITY = "error"
    WHOLE = True
    SUMMARY = "A rule that writes to a vault which no policy declares in that account and Region"
    WHY = (
        "AWS takes a plan whose vault does not exist, and then every job of the rule fails. The vault must be in the "
        "rule's own account and Region: a policy that reaches further than the vault does has this gap at its edge. "
        "A warning for `Default`, which exists where somebody has opened the console."
    )
    SOURCES = (guide("create-a-vault"), seen("re:Post: backup policy makes no jobs"))
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35))',)
    INVALID = ('Rule("daily", at=daily("03:00"), into="primry", keep=days(35))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules whose vault is not declared where they run."""
        for site in context.rules:
            name = site.rule.vault
            if not name or site.vault is not None:
                continue
            label, help_ = _advice(context, site)
            yield self.problem(
                site,
                "into",
                f"rule `{site.rule.name}` writes to vault `{name}`, which no policy declares there",
                label=label,
                help=help_,
                severity="warning" if name == _CONSOLE else None,
                here=True,
            )


def _advice(context: Context, site: RuleSite) -> tuple[str, str]:
    """What there is of that name, and what to do."""
    name = site.rule.vault
    if site.shape.air_gapped(name) is not None:
        return "an air-gapped vault", "name it by `into_air_gapped=`, beside a vault in `into=`"
    close = difflib.get_close_matches(name, [vault.name for vault in site.shape.vaults], 1, 0.7)
    known = any(shape.vault(name) for shape in context.model.shapes)
    label = f"`{name}` is declared for other accounts or Regions only" if known else "nobody declares it"
    return label, f"did you mean `{close[0]}`?" if close else "declare it in `vaults=` of a policy that reaches here"
