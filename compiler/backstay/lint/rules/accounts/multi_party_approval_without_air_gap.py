"""Multi-party approval without a vault that it could guard."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.attachments import whole_organization
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide

SETTING = "isMpaEnabled"


class MultiPartyApprovalWithoutAirGap(Rule):
    """Approval teams belong to air-gapped vaults."""

    CODE = "ACC034"
    NAME = "multi-party-approval-without-air-gap"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "Multi-party approval is switched on, and no policy declares an air-gapped vault"
    WHY = (
        "A team of approvers can be given to a logically air-gapped vault only. Without one the setting does nothing, "
        "and whoever relies on it relies on nothing."
    )
    SOURCES = (guide("multipartyapproval"), api("UpdateGlobalSettings"))
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[cage], settings=Settings(multi_party_approval=True))',
    )
    INVALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], settings=Settings(multi_party_approval=True))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """One problem for the organization, at the setting."""
        on = dict(context.model.global_settings).get(SETTING) == "true"
        if on and not context.air_gapped_vaults:
            yield self.problem(
                whole_organization(context),
                "multi_party_approval",
                "multi-party approval is switched on, and no policy declares an air-gapped vault",
                label="guards nothing",
                help="declare an `AirGappedVault`, or take the setting out",
            )
