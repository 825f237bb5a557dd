"""What comes of loading: policies and requirements, the texts that they stand in, and what was wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backstay.dsl import Policy, Require
from backstay.source import Sources
from backstay_contract.findings import Finding

FAMILY = "LOD"


@dataclass(frozen=True)
class Loaded:
    """Policies and requirements, each in the order of the files.

    Spans of nodes are CPython's; `sources.where(node)` tells people's. `root` is the folder that spans in artifacts are
    relative to, `files` the paths as shown, `layers` the isolation in force while the files ran. `remembered`
    counts the files that did not run now: they are as they were when they ran last.
    """

    policies: tuple[Policy, ...]
    sources: Sources
    root: Path
    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    layers: tuple[str, ...]
    requirements: tuple[Require, ...] = ()
    remembered: int = 0


def unreadable(finding: Finding) -> bool:
    """Whether the finding says that a policy file could not be read at all (exit code 2, not 1)."""
    return finding.code.startswith(FAMILY) and finding.severity == "error"
