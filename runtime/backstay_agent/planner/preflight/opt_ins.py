"""Whether the Region opts in to the types that selections name by ARN and that AWS takes only with an opt-in."""

from __future__ import annotations

from collections.abc import Iterator

from backstay_agent.observed import Place
from backstay_agent.wanted import Wanted
from backstay_contract.plan import Prerequisite


def lacking_opt_ins(wanted: Wanted, place: Place) -> Iterator[Prerequisite]:
    """Named types of which nothing would be backed up: told, since AWS accepts the selection."""
    after = {**place.opt_ins, **wanted.opt_ins}
    for names, needed_by in sorted(wanted.named_types().items()):
        if names and all(after.get(name) is False for name in names):
            yield Prerequisite(
                account=wanted.account,
                region=wanted.region,
                kind="opt-in",
                name=" or ".join(names),
                needed_by=needed_by,
                reason="is not opted in, so nothing of it is backed up",
                remedy="opt in with Settings(opt_in=…) in a policy",
                blocking=False,
            )
