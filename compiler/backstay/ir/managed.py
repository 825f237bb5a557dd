"""KMS keys and IAM roles that Backstay is asked to manage (`manage=True`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay.ir.place import Where


@dataclass(frozen=True, slots=True)
class Key:
    """A customer managed key behind `alias` (`alias/x`), with the least rights that the policies need."""

    alias: str
    policy: Mapping[str, Any]
    where: Where


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role of the account; it stands in one Region's shape only, since IAM has no Regions.

    `policies`: written into the role, by name; `managed`: ARNs of policies to attach.
    """

    name: str
    path: str
    trust: Mapping[str, Any]
    managed: tuple[str, ...]
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    where: Where = field(default_factory=lambda: Where(None))
