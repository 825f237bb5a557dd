"""Advice in the words of the file that it is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from backstay import dsl
from backstay.foreign.instead import HELP, LABELS
from backstay.foreign.words import WORDS, Words
from backstay.lint import registry
from backstay_contract.findings import Finding

RULES = Path(registry.__file__).parent / "rules"


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        ("cloudformation", "add `DeleteAfterDays: 35` or more, below `MoveToColdStorageAfterDays`"),
        ("plan", "add `DeleteAfterDays: 35` or more, below `MoveToColdStorageAfterDays`"),
        ("terraform", "add `delete_after = 35` or more, below `cold_storage_after`"),
        ("organizations", "add `delete_after_days: 35` or more, below `move_to_cold_storage_after_days`"),
    ],
)
def test_dialects(dialect: str, said: str) -> None:
    """Each dialect has its own word and its own way to give a value."""
    assert Words(dialect, {}).said("add `keep=days(35)` or more, below `cold_after=`") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("add `min=days(7), max=years(8)`", "add `MinRetentionDays: 7, MaxRetentionDays: 2922`"),
        ("write `start_within=hours(2)`", "write `StartWindowMinutes: 120`"),
        ('give it a key of your own: `key="alias/backup"`', "give it a key of your own: `EncryptionKeyArn`"),
        ('asks for `tag("a") == "b"` and `~tag("c").like("d*")`', "asks for `a = b` and `c not like d*`"),
        ('write `cron("0 3 ? * * *")`, or use a word: `daily("03:00")`', "write `cron(0 3 ? * * *)`"),
        ("write `X`, or take both with `isin`", "write `X`"),
        ("another name (and `moved=` with this one)", "another name"),
        ("use `Lock.governance`", None),
        ('add `rules=[Rule("daily")]`', None),
    ],
)
def test_advice(text: str, said: str | None) -> None:
    """Clauses that can only be said in the policy language are left out; None is left if that is all."""
    assert Words("cloudformation", {}).advice(text) == said


def test_hours() -> None:
    """The windows of restore tests are hours, all others minutes."""
    words = Words("terraform", {})
    assert words.said("`start_within=hours(2)`", "AUD") == "`start_window_hours = 2`"
    assert words.said("`start_within=hours(2)`", "SCH") == "`start_window = 120`"


def test_own_names() -> None:
    """What the file itself calls `continuous` keeps its name."""
    words = Words("terraform", {}, frozenset({"continuous"}))
    assert words.said("rule `continuous` has no `keep`") == "rule `continuous` has no `delete_after`"
    assert words.said("drop `continuous=True`") == "drop `enable_continuous_backup = true`"


def test_expressions() -> None:
    """What stands for an expression is told as that."""
    assert Words("terraform", {"vault_zq0": "var.vault"}).said("vault `vault_zq0`") == "vault `var.vault`"


def test_tables() -> None:
    """What is said instead is said of rules that there are, and keywords are those of the language."""
    assert {rule.NAME for rule in registry.every()} >= HELP.keys()
    sources = "".join(path.read_text("utf-8") for path in RULES.rglob("*.py"))
    assert not [label for label in LABELS if label not in sources]
    language = "".join(path.read_text("utf-8") for path in Path(dsl.__file__).parent.glob("*.py"))
    assert not [word for word in WORDS if f"{word}:" not in language]


def test_no_word_of_the_language(lint: Callable[..., list[Finding]]) -> None:
    """A finding of a template has no keyword of policies in it."""
    text = """\
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "keep"
    target_vault_name = "acme"
    completion_window = 60
  }
}
"""
    told = " ".join(f"{one.message} {one.label} {one.help}" for one in lint(a_tf=text))
    assert "`delete_after = 2557`" in told
    assert "rule `keep`" in told
    assert not [word for word in ("keep=", "at=", "complete_within", "days(", "daily(") if word in told]
