"""An organization file as read: the organization, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backstay_contract.findings import Finding, Span

if TYPE_CHECKING:
    from backstay_contract.organization import Organization

FAMILY = "ORG"
DataPath = tuple[str | int, ...]


@dataclass(frozen=True)
class OrgFile:
    """What an organization file says. `organization` is None if it cannot be used, and `findings` say why.

    `path` is the path as people are shown it; `spans` has the place of each value of a YAML file, by its path in the
    data (`("root", "units", 0, "name")`).
    """

    path: str
    organization: Organization | None
    findings: tuple[Finding, ...] = ()
    spans: Mapping[DataPath, Span] = field(default_factory=dict)


def unreadable(finding: Finding) -> bool:
    """Whether the finding says that the organization file cannot be used (exit code 2)."""
    return finding.code.startswith(FAMILY) and finding.severity == "error"
