"""Tests of rules of the house: the harness that `docs/lint.md` shows holds a rule to its own examples."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from backstay.lint.registry import every, own
from backstay.testing import check_rule, lint_text, load_rules

PAGE = Path(__file__).parents[3] / "docs" / "lint.md"


def block(file: str) -> str:
    """A file that the documentation shows."""
    found = re.search(rf"^```python {file}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


RULE = block("house_rules/teams.py")


def member(name: str, text: str) -> str:
    """The documentation's rule with another member."""
    return re.sub(rf"^    {name} = .*?$(?=\n    [A-Z])", f"    {name} = {text}", RULE, flags=re.M | re.S)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write a rule into the folder `house_rules`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "house_rules").mkdir()

    def write(text: str) -> None:
        (tmp_path / "house_rules" / "teams.py").write_text(text, "utf-8")

    return write


def test_the_harness_for_rules(house: Callable[[str], None]) -> None:
    """`backstay.testing` loads a folder and tries the examples of its rules, as the documentation shows it."""
    house(RULE)
    (rule,) = load_rules("house_rules")
    check_rule(rule)
    program: dict[str, object] = {}
    exec(compile(block("tests/test_house_rules.py"), "page", "exec"), program)
    test = program["test_place"]
    assert callable(test)
    test()
    assert {finding.name for finding in lint_text('Rule("daily", at=daily("03:00"), into=primary)')} >= {"kept-forever"}
    assert every() == own()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE.replace("'Plan(\"gold\"", "'Plan(\"search-x\""), "finds nothing in an INVALID"),
        (RULE.replace("'Plan(\"payments-", "'Plan(\"pay-"), "objects to a VALID"),
        (member("VALID", '("Copy(to=nowhere)",)'), "is no policy"),
    ],
)  # fmt: skip
def test_examples_that_do_not_hold(house: Callable[[str], None], text: str, said: str) -> None:
    """A rule whose examples say something else than its check fails its test, with the text that it failed on."""
    house(text)
    (rule,) = load_rules("house_rules")
    with pytest.raises(AssertionError, match=said):
        check_rule(rule)


def test_a_rule_without_examples(house: Callable[[str], None]) -> None:
    """A rule has to show what it refuses; a folder with a broken rule cannot be tested."""
    house(RULE[: RULE.index("    INVALID")] + "    INVALID = ()\n\n" + RULE[RULE.index("    def check") :])
    (rule,) = load_rules("house_rules")
    with pytest.raises(AssertionError, match="`INVALID` is empty"):
        check_rule(rule)
    house(member("CODE", '"LIF001"'))
    with pytest.raises(AssertionError, match=r"house_rules/teams\.py:11:12: the letters"):
        load_rules("house_rules")
