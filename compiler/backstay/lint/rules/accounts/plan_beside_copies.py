"""An account into which others copy, and that has resources of its own to back up."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.attachments import AttachmentSite, attachments, leaving_out, plans_made
from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide, seen
from backstay.lint.words import first_few, plural


class PlanBesideCopies(Rule):
    """The account of the copies should hold nothing else."""

    CODE = "ACC038"
    NAME = "plan-beside-copies"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "A policy that makes plans in an account into which other accounts copy"
    WHY = (
        "People and programs that work in an account can reach its vaults. An account with copies of everybody's data "
        "is the one place that nobody should have a reason to enter. Often it is a policy attached to the root, which "
        "takes in the backup account as well, and there copies from one vault into the next."
    )
    SOURCES = (guide("create-cross-account-backup"), seen("DORA, article 12: segregated restore systems"))
    VALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'policy = Policy("p", attach=root(), vaults=[primary, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'policies = [Policy(one, attach=account(one), vaults=[primary, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])]) for one in ("app", "backup-central")]',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """One problem for each such account and each policy that makes plans there. Of the management account, rule
        `plan-in-management-account` speaks."""
        policies = {site.attachment.policy: site for site in attachments(context)}
        for host, copy in _hosts(context).items():
            for policy, plans in plans_made(context, host).items():
                if policy in policies:
                    yield self._told(context, policies[policy], host, plans, copy)

    def _told(
        self, context: Context, site: AttachmentSite, host: str, plans: tuple[str, ...], copy: CopySite
    ) -> Problem:
        name = context.model.accounts[host].name
        return self.problem(
            site,
            "attach",
            f"policy `{site.attachment.policy}` makes {plural(plans, 'plan')} {first_few(plans)} in account {host} "
            f"(`{name}`), into which other accounts copy",
            label=f"takes in `{name}`",
            help=leaving_out(context, site, host),
            others=[(copy.where.field("to"), "copied there")],
            accounts=(host,),
        )


def _hosts(context: Context) -> dict[str, CopySite]:
    """The accounts of the organization into which others copy, each with one of the copies."""
    found: dict[str, CopySite] = {}
    for site in context.copies:
        host = site.copy.destination.account
        if host == context.model.management_account:
            continue
        if host not in found and host in context.model.accounts and travellers(site):
            found[host] = site
    return found
