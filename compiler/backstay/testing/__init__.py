"""Tests of policies, and of rules of the house.

Policies: pytest has the fixtures `org` and `resource` from here, and a test says what matters to its team.

def test_orders_survive(resource):
    assert_protected(resource("RDS", "shop-prod", tags={"backup": "long"}), keep=days(35), copy_to_other_region=True)

Rules: load a folder of rules, and try each rule's own examples, or any piece of policy.

@pytest.mark.parametrize("rule", load_rules("house_rules"), ids=lambda rule: rule.NAME)
def test_rule(rule):
    check_rule(rule)

Each is loaded when somebody asks for it: pytest imports this package wherever it is installed.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backstay.testing.account import Account
    from backstay.testing.asserts import assert_protected, assert_proved, assert_unprotected
    from backstay.testing.org import Org, load_org
    from backstay.testing.points import RecoveryPoint
    from backstay.testing.promise import Promise
    from backstay.testing.protection import Protection, Serving
    from backstay.testing.resource import MakeResource, Resource
    from backstay.testing.rules import check_rule, lint_text, load_rules
    from backstay.testing.wrong import PoliciesError, UnknownError

__all__ = [
    "Account",
    "MakeResource",
    "Org",
    "PoliciesError",
    "Promise",
    "Protection",
    "RecoveryPoint",
    "Resource",
    "Serving",
    "UnknownError",
    "assert_protected",
    "assert_proved",
    "assert_unprotected",
    "check_rule",
    "lint_text",
    "load_org",
    "load_rules",
]

_PLACES = {
    "Account": "account",
    "MakeResource": "resource",
    "Org": "org",
    "PoliciesError": "wrong",
    "Promise": "promise",
    "Protection": "protection",
    "RecoveryPoint": "points",
    "Resource": "resource",
    "Serving": "protection",
    "UnknownError": "wrong",
    "assert_protected": "asserts",
    "assert_proved": "asserts",
    "assert_unprotected": "asserts",
    "check_rule": "rules",
    "lint_text": "rules",
    "load_org": "org",
    "load_rules": "rules",
}

# Type checkers read the imports above; they must not learn here that every name exists.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A name of this package, loaded now."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        from importlib import import_module

        found = globals()[name] = getattr(import_module(f"backstay.testing.{_PLACES[name]}"), name)
        return found

    def __dir__() -> list[str]:
        """What `dir()` and completion show: the names that are not loaded yet too."""
        return sorted({*globals(), *__all__})
