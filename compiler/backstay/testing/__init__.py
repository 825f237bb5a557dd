"""Tests for rules of the house: load a folder of rules, and try each rule's own examples, or any piece of policy.

@pytest.mark.parametrize("rule", load_rules("house_rules"), ids=lambda rule: rule.NAME)
def test_rule(rule):
    check_rule(rule)
"""

from backstay.testing.rules import check_rule, lint_text, load_rules

__all__ = ["check_rule", "lint_text", "load_rules"]
