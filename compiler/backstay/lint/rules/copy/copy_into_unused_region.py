"""A copy into a Region in which the organization is not."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide
from backstay_aws import arns, catalog


class CopyIntoUnusedRegion(Rule):
    """The organization file says where data may be."""

    CODE = "CPY018"
    NAME = "copy-into-unused-region"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A copy into a Region that its account does not use, by the organization file"
    WHY = (
        "No policy makes vaults or keys there, and nobody looks there. If the Region is disabled, or a service control "
        "policy closes it, every copy fails; if it is not, data leave the places in which the organization says that "
        "they are."
    )
    SOURCES = (guide("cross-region-backup"), guide("backup-feature-availability"))
    VALID = ("Copy(to=remote)",)
    INVALID = (
        'Copy(to="arn:aws:backup:us-east-1:100000000002:backup-vault:far")',
        'Copy(to=Vault("far", region="eu-south-2"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies within the partition to Regions outside those of the account that is copied to."""
        for site in context.copies:
            to = site.copy.destination
            accounts = _strangers(context, site)
            if accounts and arns.partition_of(to.region) == context.model.partition:
                whose = "the account does" if to.account == ACCOUNT else f"account {to.account} does"
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies to {to.region}, a Region that {whose} not use",
                    label=to.region,
                    help=f"copy to a Region of the account, or add {to.region} to its Regions in the organization file",
                    notes=_notes(to.region),
                    accounts=accounts,
                )


def _strangers(context: Context, site: CopySite) -> tuple[str, ...]:
    """The accounts whose copies end in a Region that the account they copy to does not use."""
    to, facts = site.copy.destination, context.model.accounts
    if to.account == ACCOUNT and to.region == site.shape.region:
        return ()
    if to.account == ACCOUNT:
        return tuple(one for one in site.accounts if to.region not in facts[one].regions)
    host = facts.get(to.account)
    return site.accounts if host is not None and to.region not in host.regions else ()


def _notes(region: str) -> list[str]:
    known = catalog.region(region)
    if known is None:
        return [f"Backstay's table of Regions has no {region}"]
    return [f"{region} is disabled in every account until somebody enables it"] if known.opt_in == "yes" else []
