"""Whether a call to AWS Backup may be made at all: asked before every operation, whatever it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backstay_aws.authorization import Source
from backstay_aws.backup_actions import ACTIONS, PASS_ROLE, Action
from backstay_aws.policy_statement import Document, denied
from backstay_local.backup import errors, policies
from backstay_local.backup.authorization import conditions, decision, grounds, subjects
from backstay_local.backup.authorization.decision import Asked
from backstay_local.backup.authorization.grounds import RESOURCE_CONTROL, Grounds
from backstay_local.backup.state import Facts, State
from backstay_local.wire.call import Call


def check(state: State, call: Call, params: Facts) -> None:
    """Refuse a call that a policy of the caller, its organization, or a vault that it is about does not let pass."""
    who, vaults = grounds.of_call(state, call), list(_concerned(state, call, params))
    held = [(arn, document) for arn in vaults if (document := policies.of(state, arn)) is not None]
    if who.silent and not held and not state.settings.rcp_covers_backup:
        return
    action = ACTIONS.get(call.operation)
    if action is None:  # of another service, with a vault in it
        return
    _check_action(state, call, action, params, who, held)
    for path, service in action.passes.items():
        role = conditions.member(params, path)
        if role is not None and not who.silent:
            _check_role(state, call, who, role, service)


def _check_action(
    state: State, call: Call, action: Action, params: Facts, who: Grounds, held: list[tuple[str, Document]]
) -> None:
    request = decision.request(
        state,
        who,
        action.iam,
        subjects.arn_of(state, call, action, params),
        region=call.region,
        at=call.now,
        further=conditions.of_request(action, params),
        vague=action.kind == "unknown",
    )
    own = next((document for arn, document in held if f":{call.account}:" in arn), None)
    controls = state.world.controls(call.account, RESOURCE_CONTROL) if state.settings.rcp_covers_backup else ()
    found = decision.refused(state, who, Asked(request, own, controls))
    if found is not None:
        raise errors.denied() if found.source is Source.RESOURCE else errors.denied(found.sentence(request))
    point = params.get("RecoveryPointArn")
    for arn, document in held:  # a vault's policy may name the vault, or recovery points in it
        for resource in {arn, point or arn}:
            if denied(document, replace(request, resource=resource, vague=False), of_resource=True):
                raise errors.denied()


def _check_role(state: State, call: Call, who: Grounds, role: str, service: str) -> None:
    """Refuse to let somebody hand a role to a service who may not."""
    passed = {"iam:PassedToService": service}
    request = decision.request(state, who, PASS_ROLE, role, region=call.region, at=call.now, further=passed)
    found = decision.refused(state, who, Asked(request))
    if found is not None:
        raise errors.denied(found.sentence(request))


def _concerned(state: State, call: Call, params: Facts) -> Iterator[str]:
    """The vaults that a call is about: by name, what that opens, or where the recovery point lies that it names."""
    named = subjects.vault_arn(call, params)
    if named is not None:
        yield named
        opened = state.tables.airgap.grants.get(named)
        if opened is not None:
            yield opened.source_arn
        return
    point = state.tables.points.get(params["RecoveryPointArn"]) if "RecoveryPointArn" in params else None
    if point is not None:
        yield point.vault_arn
