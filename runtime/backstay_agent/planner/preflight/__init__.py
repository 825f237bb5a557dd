"""Decides, before the first write, whether what a place needs is there and lets AWS Backup do its work. Pure.

Nothing is written where something is known to be missing; what could not be looked up, or what AWS's own texts leave
open, is at most told. One question a file.
"""

from __future__ import annotations

from backstay_agent.observed import Observed
from backstay_agent.planner.decision import Decision
from backstay_agent.planner.preflight.copies import lacking_for_copies
from backstay_agent.planner.preflight.keys import lacking_keys
from backstay_agent.planner.preflight.opt_ins import lacking_opt_ins
from backstay_agent.planner.preflight.quotas import lacking_quotas
from backstay_agent.planner.preflight.roles import lacking_roles, lacking_topics
from backstay_agent.wanted import Build
from backstay_contract.plan import Prerequisite


def decide_preflight(build: Build, observed: Observed) -> Decision:
    """What is missing or doubtful in every place that the build names, each thing once.

    A role, or a key by its alias, that the build itself makes is not missing, only not made yet.
    """
    found: dict[tuple[str, str, bool, str, str, str], Prerequisite] = {}
    for key, place in sorted(observed.places.items()):
        if not build.names(*key):
            continue
        wanted = build.wanted(*key)
        for item in (
            *lacking_roles(wanted, place),
            *lacking_topics(wanted, place),
            *lacking_keys(wanted, place),
            *lacking_for_copies(build, observed, wanted),
            *lacking_opt_ins(wanted, place),
            *lacking_quotas(wanted, place),
        ):
            if not build.makes(item.name):
                found.setdefault((*key, not item.blocking, item.kind, item.name, item.reason), item)
    return Decision(missing=tuple(found[one] for one in sorted(found)))
