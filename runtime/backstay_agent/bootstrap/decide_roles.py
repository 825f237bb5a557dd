"""Decides about one role in one account: make it, mend it, or leave it alone with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay_agent import normal
from backstay_agent.bootstrap.seen import SeenRole
from backstay_agent.bootstrap.wish import Role
from backstay_aws import policy_document
from backstay_contract.bootstrap import CreateRole, UpdateRole


def decide_role(wanted: Role, found: SeenRole | None, at: Mapping[str, str]) -> CreateRole | UpdateRole | str | None:
    """A step, None where nothing is to do, or why the role that is there cannot become the wanted one."""
    if found is None:
        return CreateRole(
            **at,
            role=wanted.path_and_name,
            description=wanted.description,
            trust=dict(wanted.trust),
            permissions=dict(wanted.permissions) if wanted.permissions else None,
            attach=wanted.attach,
            boundary=wanted.boundary,
            reason="there is no such role",
        )
    if found.path_and_name != wanted.path_and_name:
        return f"there is a role {found.path_and_name}; IAM cannot move it: delete it, or say another name or path"
    return _mended(wanted, found, at)


def _mended(wanted: Role, found: SeenRole, at: Mapping[str, str]) -> UpdateRole | None:
    trust = _trust(wanted, found)
    permissions = wanted.permissions if _differs(wanted.permissions, found.permissions) else None
    attach = tuple(arn for arn in wanted.attach if arn not in found.attached)
    boundary = wanted.boundary if wanted.boundary not in (None, found.boundary) else None
    drop = wanted.exact and wanted.boundary is None and found.boundary is not None
    changes = [
        *(["whom it trusts"] if trust else []),
        *(["its permissions"] if permissions else []),
        *([f"{len(attach)} managed polic{'y' if len(attach) == 1 else 'ies'} more"] if attach else []),
        *(["its permissions boundary"] if boundary else []),
        *(["no permissions boundary any more"] if drop else []),
    ]
    if not changes:
        return None
    before = {
        "trust": dict(found.trust),
        "permissions": dict(found.permissions) if found.permissions else None,
        "boundary": found.boundary,
    }
    return UpdateRole(
        **at,
        role=wanted.path_and_name,
        before=before,
        trust=trust,
        permissions=dict(permissions) if permissions else None,
        attach=attach,
        boundary=boundary,
        drop_boundary=drop,
        changes=tuple(changes),
        reason="the role differs from what was asked for",
    )


def _differs(wanted: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> bool:
    return wanted is not None and (found is None or normal.policy(found) != normal.policy(wanted))


def _trust(wanted: Role, found: SeenRole) -> dict[str, Any] | None:
    """The trust that a role has to get; where it need not be exact, others that it trusts stay."""
    want, have = normal.policy(wanted.trust), normal.policy(found.trust)
    if want == have:
        return None
    if wanted.exact:
        return dict(wanted.trust)
    missing = [one for one in want["Statement"] if one not in have["Statement"]]
    if not missing:
        return None
    theirs = [dict(one) for one in policy_document.statements(found.trust)]
    return {"Version": "2012-10-17"} | dict(found.trust) | {"Statement": [*theirs, *missing]}
