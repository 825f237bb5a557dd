"""What IAM and AWS Organizations say about a principal, as moto holds it; call everything inside the substrate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from . import tree
from .substrate import backends

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """A user or a role with its policies."""

    arn: str
    kind: Literal["user", "role"]
    id: str
    name: str
    documents: tuple[Document, ...]
    """Inline and attached ones, those of a user's groups, too."""
    boundary: Document | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def identity(principal: str) -> Identity | None:
    """The user or role of an ARN, or the role behind that of a session; None when there is none such."""
    parts = principal.split(":", 5)
    registry = backends("iam")
    if len(parts) < 6 or parts[4] not in registry:
        return None
    backend, kind = registry[parts[4]][parts[1]], parts[5].split("/", 1)[0]
    if kind == "user":
        user = next((one for one in backend.users.values() if one.arn == principal), None)
        return None if user is None else _user(backend, user)
    name = parts[5].split("/")[1] if kind == "assumed-role" else parts[5].rpartition("/")[2]
    role = next((one for one in backend.roles.values() if one.name == name), None)
    return None if role is None or (kind != "assumed-role" and role.arn != principal) else _role(backend, role)


def session_policy(account: str, partition: str, access_key: str) -> Document | None:
    """The policy that a session was limited to when it was begun; None when it was not."""
    registry = backends("sts")
    if account not in registry:
        return None
    session = registry[account][partition].get_assumed_role_from_access_key(access_key)
    return None if session is None or not session.policy else _read(session.policy)


def controls(manager: str, partition: str, account: str, kind: str) -> tuple[tuple[Document, ...], ...]:
    """The policies of a type from the root down to an account, level by level; none where the type is not in force.

    The management account itself is never under them, nor is an account outside the organization.
    """
    if account == manager or not tree.type_enabled(manager, partition, kind):
        return ()
    levels = tree.texts_of(manager, partition, account, kind)
    return tuple(tuple(_all(text for _, text in level)) for level in levels)


def _user(backend: Any, user: Any) -> Identity:
    holders = [user, *(group for group in backend.groups.values() if user in group.users)]
    tags = backend.tagger.list_tags_for_resource(user.arn)["Tags"]
    return Identity(user.arn, "user", user.id, user.name, tuple(_held(holders)), tags=_tags(tags))


def _role(backend: Any, role: Any) -> Identity:
    documents = tuple(_held([role]))
    boundary = backend.managed_policies.get(role.permissions_boundary_arn or "")
    limit = None if boundary is None else _read(_current(boundary))
    return Identity(role.arn, "role", role.id, role.name, documents, limit, _tags(role.tags or []))


def _held(holders: Iterable[Any]) -> Iterator[Document]:
    for holder in holders:
        yield from _all(holder.policies.values())
        yield from _all(_current(policy) for policy in holder.managed_policies.values())


def _current(policy: Any) -> str:
    """The text of the default version of a managed policy."""
    versions = (one for one in policy.versions if one.version_id == policy.default_version_id)
    return next((one.document for one in versions), "")


def _all(texts: Iterable[str]) -> Iterator[Document]:
    for text in texts:
        document = _read(text)
        if document is not None:
            yield document


def _read(text: Any) -> Document | None:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _tags(pairs: Any) -> dict[str, str]:
    """Tags, which moto keeps as a list of pairs or as a map of such."""
    listed = pairs.values() if isinstance(pairs, Mapping) else pairs
    return {pair["Key"]: pair["Value"] for pair in listed}
