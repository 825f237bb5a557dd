"""Legal holds on vaults with backups that cannot be held."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.fillers import Fillers
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_HOLD = 'LegalHold("Case 4711", "Ordered by the court", vaults=[primary])'


class HoldOfContinuousBackups(Rule):
    """Continuous backups go on expiring under a legal hold."""

    CODE = "AUD044"
    NAME = "hold-of-continuous-backups"
    SEVERITY = "warning"
    SUMMARY = "A legal hold on a vault into which a continuous rule writes"
    WHY = (
        "A legal hold does not hold continuous recovery points: they lose their oldest day every day, as before. "
        "Who has to keep what they hold needs snapshots of it."
    )
    SOURCES = (guide("legalhold"),)
    VALID = (policy(legal_holds=_HOLD),)
    INVALID = (
        policy(
            rules='Rule("continuous", at=daily("03:00"), into=primary, keep=days(35), continuous=True)',
            select='Select("databases", where=resource_type("RDS"))',
            legal_holds=_HOLD,
        ),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """The vaults of holds against the rules that write into them."""
        fillers = Fillers(context)
        for site in context.legal_holds:
            for name in site.hold.vaults:
                found = [one.rule for one in fillers.of(site.shape, name) if one.continuous]
                if found:
                    yield self.problem(
                        site,
                        "vaults",
                        f"legal hold `{site.hold.title}` is on vault `{name}`, and does not hold the continuous "
                        f"backups of rule `{found[0].name}` there",
                        label="not all of it can be held",
                        help="make a snapshot of what the hold is about, or add a rule of snapshots",
                        others=[(found[0].where.field("continuous"), "continuous")],
                    )
