"""A copy into the vault that it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.copying import at_home
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain


class CopyToItself(Rule):
    """A copy goes somewhere else."""

    CODE = "CPY002"
    NAME = "copy-to-itself"
    SEVERITY = "error"
    SUMMARY = "A copy into the vault in which the recovery point already is"
    WHY = (
        "It protects against nothing: whoever reaches the vault reaches the copy. It happens at the edge of a policy, "
        "in the account that itself hosts the central vault: leave that account out of the attachment."
    )
    SOURCES = (plain("source and destination are one vault"),)
    VALID = ("Copy(to=central)",)
    INVALID = ("Copy(to=primary)",)

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies whose destination is their rule's vault, in the accounts for which it is."""
        for site in context.copies:
            destination = site.copy.destination
            if destination.name != site.rule.vault or destination.region != site.shape.region:
                continue
            home = at_home(site)
            if home:
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies `{site.rule.vault}` into itself",
                    label="the same vault",
                    help="copy to a vault in another Region or account, or attach the policy elsewhere",
                    others=[(site.rule.where.fields.get("into"), "backed up into")],
                    accounts=home,
                    here=True,
                )
