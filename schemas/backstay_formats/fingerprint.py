"""Names a finding so that it keeps its name when lines move: by rule, file and message, counted where they repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from backstay_contract.canonical import digest
from backstay_contract.findings import Finding
from backstay_formats.escape import terminal


def fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """One fingerprint for each finding, in order, all different."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        key = (finding.code, finding.span.path if finding.span else "", finding.message)
        seen[key] += 1
        yield digest([*map(terminal, key), seen[key]])
