"""Findings underline the characters that are wrong, and point at the other side of a clash."""

from __future__ import annotations

import pytest

from backstay.lint.harness import Outcome, outcomes
from backstay_contract.findings import Span

CASES = [
    ("refused-cron", 'Rule("r", at=cron("0 25 ? * * *"), into=primary, keep=days(9))', "25", ()),
    ("cold-storage-too-short",
     'Rule("r", at=daily("03:00"), into=primary, cold_after=days(30), keep=days(100))', "days(100)", ("days(30)",)),
    ("unknown-time-zone", 'Rule("r", at=daily("03:00", tz="Europe/Berlim"), into=primary, keep=days(9))',
     "Europe/Berlim", ()),
    ("prefixed-tag-key", 'Select("g", where=tag("aws:ResourceTag/a") == "b")', "aws:ResourceTag/", ()),
    ("unknown-event", 'Vault("cage", notify=Notify("t", on=["COPY_JOB_FALED"]))', "COPY_JOB_FALED", ()),
    ("wildcard-vault-action",
     'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",'
     ' "Action": "backup:*", "Resource": "*"}]}))', "backup:*", ()),
    ("inverted-lock-bounds", 'Vault("cage", lock=Lock.governance(min=days(9), max=days(8)))', "days(9)", ("days(8)",)),
    ("unused-allowance",
     'Rule("r", at=daily("03:00"), into=primary, keep=days(9))  # backstay: allow kept-forever — x', "kept-forever",
     ()),
    ("copy-to-itself", 'Rule("é日本", at=daily("03:00"), into=primary, keep=days(9), copies=[Copy(to=primary)])',
     "primary", ("primary",)),
]  # fmt: skip


@pytest.fixture(scope="module")
def linted() -> dict[str, Outcome]:
    """All cases, linted in one go."""
    texts = [text for _, text, _, _ in CASES]
    return dict(zip(texts, outcomes(texts), strict=True))


def written(text: str, span: Span) -> str:
    """The characters at a place of one line."""
    return text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(("name", "text", "underlined", "others"), CASES)
def test_what_is_underlined(
    linted: dict[str, Outcome], name: str, text: str, underlined: str, others: tuple[str, ...]
) -> None:
    """The place is exactly the characters at fault, also behind characters of several bytes."""
    outcome = linted[text]
    found = next(finding for finding in outcome.findings if finding.name == name)
    assert found.span is not None
    assert written(outcome.text, found.span) == underlined
    assert tuple(written(outcome.text, label.span) for label in found.others) == others
