"""A Region that accounts use and that a policy's `regions=` leaves out."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from backstay.ir import Model
from backstay.lint.attachments import attachments
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.words import listed


class RegionWithoutPlan(Rule):
    """Plans are made Region by Region."""

    CODE = "ACC031"
    NAME = "region-without-plan"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "Accounts with plans in some of their Regions and nothing in others"
    WHY = (
        "A plan backs up the resources of its own Region only. Where `regions=` of a policy leaves out a Region that "
        "the accounts use, and no other policy fills in, what is made there is not backed up. A Region in which a "
        "vault stands is taken to be one for copies."
    )
    SOURCES = (plain("a plan selects resources of the Region in which it is"),)
    VALID = (
        'policy = Policy("p", attach=ou("Workloads"), regions=["eu-central-1"], vaults=[primary, remote],\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    copies=[Copy(to=remote)])], select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'policy = Policy("p", attach=ou("Workloads"), regions=["eu-central-1"], vaults=[primary],\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(14))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """One problem for each policy with `regions=` and each set of Regions that its accounts have nothing in."""
        narrowed = {site.attachment.policy: site for site in attachments(context) if "regions" in site.where.fields}
        for (policy, regions), accounts in _bare(context.model, narrowed.keys()).items() if narrowed else ():
            yield self.problem(
                narrowed[policy],
                "regions",
                f"accounts of policy `{policy}` use {listed(regions)} too, where they get no plan",
                label="plans are made here only",
                help="add the Region here, or take it out of the accounts' Regions in the organization file",
                accounts=tuple(accounts),
            )


def _bare(model: Model, policies: Collection[str]) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """By policy and Regions: accounts that get plans from the policy, and neither plan nor vault in these Regions."""
    makers, used = _made(model, policies)
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for account, policy in makers.items():
        bare = tuple(one for one in model.accounts[account].regions if (account, one) not in used)
        if bare:
            found.setdefault((policy, bare), []).append(account)
    return found


def _made(model: Model, policies: Collection[str]) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The policy among some that gives an account a plan, and the places in which plans or vaults stand."""
    makers: dict[str, str] = {}
    used: set[tuple[str, str]] = set()
    for shape in model.shapes:
        own = next((plan.where.policy for plan in shape.plans if plan.where.policy in policies), None)
        if own is not None:
            makers.update(dict.fromkeys(shape.accounts, own))
        if shape.plans or shape.vaults or shape.air_gapped_vaults:
            used.update((account, shape.region) for account in shape.accounts)
    return makers, used
