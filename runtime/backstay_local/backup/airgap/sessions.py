"""Sessions of multi-party approval: opened by a request, pending for a day.

There is no AWS multi-party approval beside this AWS Backup: nobody is asked. A session is decided from outside
(`decide` in `outcomes`), or grants itself when the setting says so.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from backstay_aws import arns
from backstay_local.backup import errors, settings
from backstay_local.backup.airgap.rows import Action, Session
from backstay_local.backup.rows import AIR_GAPPED, Vault
from backstay_local.backup.state import State
from backstay_local.wire.call import Call
from backstay_local.world.world import home_of

LIFE = timedelta(hours=24)  # semantics §5.7
_PENDING = "A request of this kind is waiting for the approval of the team {}."


def check_team(team_arn: str, region: str) -> None:
    """Refuse what is not the ARN of an approval team; teams live in one Region of a partition."""
    parsed, partition = arns.parse(team_arn), arns.partition_of(region)
    if parsed is None or parsed.service != "mpa" or not parsed.resource.startswith("approval-team/"):
        raise errors.invalid(f"{team_arn} is not the ARN of an approval team.")
    if parsed.partition != partition or parsed.region != home_of(partition):
        raise errors.invalid(f"Approval team {team_arn} is not in Region {home_of(partition)}.")


def need_vault(vault: Vault) -> None:
    """Refuse a vault that cannot have an approval team."""
    if vault.type != AIR_GAPPED:
        raise errors.refused(f"Backup vault {vault.name} is not a logically air-gapped backup vault.")


def need_opt_in(state: State, account: str) -> None:
    """Refuse when the organization of an account does not use multi-party approval."""
    if not settings.multi_party_enabled(state, account):
        raise errors.refused("Multi-party approval is not enabled for the organization of this account.")


def team_of(state: State, vault_arn: str) -> str | None:
    """The approval team of a vault."""
    found = state.tables.airgap.teams.get(vault_arn)
    return None if found is None else found.team_arn


def pending(state: State) -> list[Session]:
    """Every session that nobody has decided yet, oldest first."""
    return state.tables.airgap.sessions.where("status = 'PENDING'", order="initiated, arn")


def refuse_if_pending(state: State, vault_arn: str, *actions: Action) -> None:
    """Refuse a request while an earlier one of these kinds waits for a vault's team."""
    waiting = state.tables.airgap.sessions.where("vault_arn = ? AND status = 'PENDING'", vault_arn)
    for session in waiting:
        if session.action in actions:
            raise errors.refused(_PENDING.format(session.team_arn))


def ask(
    state: State, call: Call, action: Action, *, vault_arn: str, team_arn: str, subject: str, comment: str | None
) -> Session:
    """Ask a team; the session fails by itself a day later."""
    team = arns.parse(team_arn)
    place = f"{team.account}:session/{team.resource.removeprefix('approval-team/')}" if team else call.account
    partition = arns.partition_of(call.region)
    session = Session(
        arn=f"arn:{partition}:mpa:{home_of(partition)}:{place}/{uuid.uuid4()}",
        action=action,
        vault_arn=vault_arn,
        team_arn=team_arn,
        subject=subject,
        account=call.account,
        principal=call.principal,
        comment=comment,
        initiated=call.now,
        expires=call.now + LIFE,
    )
    state.tables.airgap.sessions.put(session)
    state.agenda.put("approval-expire", session.arn, session.expires)
    if state.settings.approvals == "grant":
        state.agenda.put("approval-grant", session.arn, call.now + state.settings.start_delay)
    return session


def shown(session: Session) -> dict[str, str]:
    """A session as those see it who decide."""
    facts: dict[str, str | datetime | None] = {
        "session": session.arn,
        "action": session.action,
        "vault": session.vault_arn,
        "team": session.team_arn,
        "subject": session.subject,
        "requester": session.principal,
        "comment": session.comment,
        "initiated": session.initiated,
        "expires": session.expires,
    }
    return {
        name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for name, value in facts.items()
        if value is not None
    }
