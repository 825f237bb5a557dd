"""What goes wrong inside a policy becomes a finding in an author's words, at the characters that matter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstay.load.loaded import Loaded

Loader = Callable[[str], Loaded]

ROWS = [
    (
        'r = Rule("daily", keep=35)',
        "policy-error",
        "35",
        "`keep` must be a duration in days, such as days(35), not 35",
        None,
    ),
    (
        'r = Rule("täglich",\tkeep="x")',
        "policy-error",
        '"x"',
        "`keep` must be a duration in days, such as days(35), not 'x'",
        None,
    ),
    (
        'r = Rule("r", at=daily("25:00"))',
        "policy-error",
        '"25:00"',
        "'25:00' is no time of day; write it like \"03:00\"",
        None,
    ),
    ('d = days("3")', "policy-error", '"3"', "`n` must be a whole number, not '3'", None),
    (
        'p = Policy("p")',
        "policy-error",
        'Policy("p")',
        "policy `p` is attached to nothing",
        'add `attach=root()` or `ou("…")`',
    ),
    ('r = Rule("r", kep=days(3))', "program-error", "kep=days(3)", "`Rule` has no `kep`", "did you mean `keep`?"),
    ('v = Vault("v", zzz=1)', "program-error", "zzz=1", "`Vault` has no `zzz`", None),
    ("v = Vault()", "program-error", "Vault()", "`Vault` needs `name`", None),
    ("d = days(1, 2)", "program-error", "days(1, 2)", "`days` has too many arguments without a name", "name them"),
    ("r = Rul('x')", "program-error", "Rul", "there is no `Rul`", "did you mean `Rule`?"),
    ("r = weekly('x')", "program-error", "weekly", "there is no `weekly`", "add it to `from backstay import …`"),
    (
        "r = hash('x')",
        "program-error",
        "hash",
        "there is no `hash`",
        "policies have only some of Python's own functions",
    ),
    ("a = b\nb = 1", "program-error", "b", "`b` has no value yet", "give it one above this line"),
    ("def f():\n    return f()\nx = f()", "program-error", "f()", "a function calls itself without end", None),
    ("x = {'a': 1}['b']", "program-error", "{'a': 1}['b']", "there is no key 'b'", None),
    (
        'from backstay import account_tag\na = account_tag("env").isin(["x"])',
        "program-error",
        'account_tag("env").isin',
        "`account_tag(…)` has no `isin`",
        'compare it: `(account_tag("env") == "prod") | (account_tag("env") == "shared")`',
    ),
    (
        'p = Plan.gfs("p", into="v", daily=35)',
        "policy-error",
        "35",
        "`daily` must be a duration in days, such as days(35), not 35",
        None,
    ),
    (
        'p = Plan.gfs("p", into="v", daily=days(3), weekday="x")',
        "policy-error",
        '"x"',
        "'x' is no day of the week; write one of sun, mon, tue, wed, thu, fri, sat",
        None,
    ),
    ('p = Plan.gfs("p", daily=days(3))', "program-error", 'Plan.gfs("p", daily=days(3))', "`gfs` needs `into`", None),
    (
        'p = Plan.gfs("p", into="v", dayly=days(3))',
        "program-error",
        "dayly=days(3)",
        "`gfs` has no `dayly`",
        "did you mean `daily`?",
    ),
    ("p = Plan.everything()", "program-error", "Plan.everything", "`Plan` has no `.everything`", "it has `.gfs`"),
    ("r = Rule.gfs('r')", "program-error", "Rule.gfs", "`Rule` has no `.gfs`", None),
    (
        "v = Vault('v', access=Access.allow_copies_to(accounts=[]))",
        "policy-error",
        "Access.allow_copies_to(accounts=[])",
        "say where copies may go: `organization=True` or `accounts=[…]`",
        None,
    ),
    (
        'from backstay import param\nr = Rule("r", keep=param("keep", hours(3)))',
        "policy-error",
        'param("keep", hours(3))',
        "`keep` must be a duration in days, such as days(35), not a Minutes",
        None,
    ),
    (
        'from backstay import param\nv = Vault(param("name", "v"))',
        "policy-error",
        'param("name", "v")',
        "`name` must be text, not a Param",
        None,
    ),
    (
        'from backstay import param\nx = 1 if param("env") == "prod" else 2',
        "policy-error",
        'param("env") == "prod"',
        "parameter `env` has no value yet, so nothing can be decided by it",
        "its value may differ from account to account; write a policy for each case",
    ),
    (
        'from backstay import param\nx = param("env") in ["dev", "prod"]',
        "policy-error",
        'param("env") in ["dev", "prod"]',
        "parameter `env` has no value yet, so nothing can be decided by it",
        None,
    ),
    (
        'from backstay import param\nx = 1 if param("on", True) else 2',
        "policy-error",
        '1 if param("on", True) else 2',
        "parameter `on` has no value yet, so nothing can be decided by it",
        None,
    ),
    (
        'from backstay import param\nv = Vault("v-" + str(param("env")))',
        "policy-error",
        'str(param("env"))',
        "parameter `env` has no value yet, so it can be no part of a text",
        "make the whole text the parameter's value",
    ),
    (
        'from backstay import param\nx = param("env", "prod").upper()',
        "program-error",
        'param("env", "prod").upper',
        "`param(…)` has no `upper`",
        "it has no value yet; give the whole value by `params=`",
    ),
    ("x = None.items()", "program-error", "None.items", "`None` has no `items`", None),
    ("x = days(3).like('x')", "program-error", "days(3).like", "a `Days` has no `like`", None),
    ("x = [1][2]", "program-error", "[1][2]", "list index out of range (IndexError)", None),
    ("assert 1 > 2, 'one is less'", "program-error", "1 > 2", "the assertion does not hold: one is less", None),
    ("x = 'a' * 6000000000", "too-large", "'a' * 6000000000", "this needs more memory than a policy may have", None),
    (
        "x = root()\nfor n in range(400):\n    x = ~x\np = Policy('p', attach=x)",
        "too-large",
        "~x",
        "nested more than 250 deep",
        None,
    ),
    ("x = tag('a') == '1' | (tag('b') == '2')", "policy-error", "'1' | (tag('b') == '2')", None, None),
    ("c = tag('a') == '1'\nd = 1 if c else 2", "policy-error", "1 if c else 2", None, None),
    (
        "v = Vault('v', access=Access.document({'Statement': days}))",
        "program-error",
        "Access.document({'Statement': days})",
        None,
        None,
    ),
]


@pytest.mark.parametrize(("text", "name", "under", "message", "help_text"), ROWS, ids=[row[0] for row in ROWS])
def test_an_error_is_told_where_it_was_written(
    load_text: Loader, text: str, name: str, under: str, message: str | None, help_text: str | None
) -> None:
    """The innermost expression in a policy file, narrowed to the argument that is wrong; never a traceback."""
    loaded = load_text(text)
    (finding,) = [finding for finding in loaded.findings if finding.name != "policy-not-kept"]
    assert finding.name == name
    assert finding.span is not None
    line = loaded.sources["p.py"].line(finding.span.line)
    assert line[finding.span.column - 1 : finding.span.end_column - 1] == under
    if message is not None:
        assert finding.message == message
    if help_text is not None:
        assert finding.help == help_text


def test_an_error_in_a_shared_function_is_told_in_that_file(
    load_text: Loader, load_files: Callable[..., Loaded]
) -> None:
    """A helper in another file is where the wrong value was written, even if the call came from elsewhere."""
    files = {
        "a.py": "from .b import make\nr = make(3)\n",
        "b.py": "from backstay import Rule\ndef make(n):\n    return Rule('r', keep=n)\n",
    }
    (finding,) = load_files(files, "a.py").findings
    assert str(finding.span) == "b.py:3:27"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("p = [Policy(n, attach=root()) for n in {'a', 'b', 'c', 'd', 'e'}]", "p.py:2:6"),
        ("p = Policy('-'.join({'a', 'b', 'c', 'd', 'e'}), attach=root())", "p.py:2:5"),
    ],
)
def test_what_differs_between_two_runs_is_told(load_text: Loader, text: str, place: str) -> None:
    """A policy built from a set's order would change from run to run; both hash seeds are compared."""
    (finding,) = load_text(text).findings
    assert (finding.name, str(finding.span)) == ("not-deterministic", place)
    assert finding.help == "a set has no order; use a list, or `sorted(…)`"


def test_a_set_in_order_is_fine(load_text: Loader) -> None:
    """Sorting makes a set's order the same in every run."""
    assert load_text("p = [Policy(n, attach=root()) for n in sorted({'a', 'b', 'c'})]").findings == ()


def test_warnings_of_python_are_not_errors(load_text: Loader) -> None:
    """A strange escape is Python's business: no finding, no noise on any stream."""
    assert load_text("x = '\\d'\ny = 1 is 1\np = Policy('p', attach=root())").findings == ()
