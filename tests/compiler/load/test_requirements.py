"""Requirements count as policies do: held by a name, once, imported or not. What several files share is one thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstay.load.loaded import Loaded

Loader = Callable[..., Loaded]

WORDS = "from backstay import Policy, Require, days, ou, root, tag\n"
MADE = 'Require("{0}", every=tag("a") == "{0}", under=root())'
POLICY = 'acme = Policy("acme", attach=root())\n'


def _names(loaded: Loaded) -> list[str]:
    return [requirement.name for requirement in loaded.requirements]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"x = {MADE.format('x')}\n", ["x"]),
        (f"x = {MADE.format('x')}\nagain = x\nlisted = [x]\n", ["x"]),
        (f"all_of_them = [{MADE.format('x')}, ({MADE.format('y')},)]\n", ["x", "y"]),
        (f"by_name = {{'b': {MADE.format('b')}, 'a': [{MADE.format('a')}]}}\n", ["b", "a"]),
        ('many = [Require(n, every=tag("a") == n, under=ou(n)) for n in ["x", "y"]]\n', ["x", "y"]),
        ("mixed = [" + MADE.format("x") + ', Policy("p", attach=root())]\n', ["x"]),
    ],
)
def test_a_requirement_that_a_name_holds_counts_once(load_files: Loader, text: str, names: list[str]) -> None:
    """Alone, in a list or a dictionary, under several names: every requirement once, in the order of the file."""
    loaded = load_files({"a.py": WORDS + POLICY + text})
    assert loaded.findings == ()
    assert _names(loaded) == names
    assert "acme" in [policy.name for policy in loaded.policies]


def test_it_counts_once_imported_or_not(load_files: Loader) -> None:
    """A requirement that another file imports is the same requirement."""
    files = {"a.py": "from .b import x\ny = [x]\n", "b.py": WORDS + POLICY + f"x = {MADE.format('x')}\n"}
    loaded = load_files(files)
    assert loaded.findings == ()
    assert _names(loaded) == ["x"]
    assert _names(load_files(files, "a.py")) == ["x"]


def test_requirements_may_have_files_of_their_own(load_files: Loader) -> None:
    """A file of requirements alone is read, with its place, beside the policies or by itself."""
    loaded = load_files({"needs.py": WORDS + f"x = {MADE.format('x')}\n"}, "needs.py")
    assert loaded.findings == ()
    (requirement,) = loaded.requirements
    assert str(loaded.sources.where(requirement)[0]) == "needs.py:2:5"
    assert requirement.every.value == "x"


def test_one_that_is_lost_is_told(load_files: Loader) -> None:
    """A promise that a loop overwrites would otherwise be forgotten silently."""
    text = "for n in ['x', 'y']:\n    r = Require(n, every=tag('a') == n, under=root())\n"
    loaded = load_files({"a.py": WORDS + POLICY + text})
    (finding,) = loaded.findings
    assert (finding.name, finding.severity, str(finding.span)) == ("policy-not-kept", "warning", "a.py:4:9")
    assert finding.message.startswith("this requirement is made, but no name")
    assert finding.help == "give it a name, or collect such requirements in a list that has one"
    assert _names(loaded) == ["y"]


def test_one_that_differs_between_two_runs_is_told(load_files: Loader) -> None:
    """A requirement made of a set's order would promise something else tomorrow."""
    text = "x = Require('-'.join({'a', 'b', 'c', 'd', 'e'}), every=tag('a') == 'b', under=root())\n"
    (finding,) = load_files({"a.py": WORDS + POLICY + text}).findings
    assert (finding.name, str(finding.span)) == ("not-deterministic", "a.py:3:5")
    assert finding.message.startswith("requirement `")


SHARED = """from backstay import Copy, Defaults, Plan, Rule, Select, Vault, daily, days, param
far = Vault("far", region="eu-west-1")
primary = Vault("primary")
usual = Defaults(into=primary, keep=param("keep", days(35)), copies=[Copy(to=far)])
gold = Plan("gold", rules=[Rule("daily", at=daily("03:00"))], select=[Select.everything()], defaults=usual)
"""
USER = """from backstay import Plan, Policy, Rule, Select, daily, ou
from {0} import far, gold, primary, usual
own = Plan("own-{1}", rules=[Rule("late", at=daily("23:00"))], select=[Select.everything()], defaults=usual)
{1} = Policy("{1}", attach=ou("{1}"), plans=[gold, own], vaults=[primary, far])
"""


@pytest.mark.parametrize(
    "files",
    [
        {"shared.py": SHARED, "a.py": USER.format(".shared", "a"), "b.py": USER.format(".shared", "b")},
        {"shared.py": SHARED, "a.py": USER.format("shared", "a"), "b.py": USER.format("shared", "b")},
        {
            "org.yaml": "",
            "shared.py": SHARED,
            "a.py": USER.format(".shared", "a"),
            "t/b.py": USER.format("..shared", "b"),
        },
        {"lib/shared.py": SHARED, "a.py": USER.format(".lib.shared", "a"), "b.py": USER.format(".lib.shared", "b")},
    ],
    ids=["beside", "plain", "above", "below"],
)
def test_what_two_policies_import_is_one_thing(load_files: Loader, files: dict[str, str]) -> None:
    """A plan, its vaults and its defaults from a shared file are the same nodes in both policies, at one place."""
    loaded = load_files(files)
    assert loaded.findings == ()
    a, b = loaded.policies
    assert (a.name, b.name) == ("a", "b")
    assert a.plans[0] is b.plans[0]
    assert all(one is other for one, other in zip(a.vaults, b.vaults, strict=True))
    defaults = [plan.defaults for plan in (*a.plans, *b.plans)]
    assert all(one is defaults[0] for one in defaults)
    assert defaults[0] is not None
    assert defaults[0].into is a.vaults[0]
    assert defaults[0].copies is not None
    assert defaults[0].copies[0].to is a.vaults[1]
    place = loaded.sources.where(a.plans[0])[0]
    assert place is not None
    assert (place.path.split("/")[-1], place.line) == ("shared.py", 5)
