"""A report is spelt quickly, and as everything else is that is kept or compared byte for byte."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.audit import spelling
from backstay_contract import canonical
from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["\x7f", "\x00", "\u2028", "\u202e", "💾", '"\\/', "é"]
)
FINDINGS = st.builds(AuditFinding, **{field.name: WORDS for field in fields(AuditFinding)}) | st.builds(
    AuditFinding, *[WORDS] * 7
)
SUMMARIES = st.builds(
    AuditSummary,
    **{one.name: WORDS if one.type == "str" else st.integers(0, 1 << 40) for one in fields(AuditSummary)},
)
REPORTS = st.builds(AuditReport, st.lists(FINDINGS, max_size=3).map(tuple), SUMMARIES)


@given(REPORTS)
def test_it_is_the_canonical_spelling(report: AuditReport) -> None:
    """Whatever the words are: compact, pretty, and in ASCII."""
    document = asdict(report)
    assert spelling.compact(report) == canonical.compact(document)
    assert spelling.pretty(report) == canonical.pretty(document)
    assert spelling.plain(report) == (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()
    assert list(spelling.rows(report)) == list(document["findings"])
