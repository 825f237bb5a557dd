"""Ways out that others have found: each is stopped by the gate, and by another layer when the gate is off.

The `behind` column says what stops it then: a name that is not there, the tripwire, a limit, or nothing to get hold of.
Every payload ends in an act that leaves a mark, and no mark may be there afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from backstay.load import allowed
from backstay.load.gate import gate
from backstay.load.loaded import Loaded
from backstay.load.run import Limits, run
from backstay.source import SourceFile

NAMES = ("NameError", "UnknownImportError")
WIRE = ("ForbiddenActError",)
NOTHING = ("AttributeError", "TypeError", "KeyError", "PolicyError", "SyntaxError", "IndexError", "AssertionError")
LIMIT = ("MemoryError", "RecursionError", "ValueError")

WRAP = "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__"
MODULES = "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'BuiltinImporter'][0]"

ESCAPES: list[tuple[str, str, tuple[str, ...]]] = [
    # objects by their classes
    ("subclasses", f"x = {WRAP}['system']('touch MARK')", WIRE),
    ("subclasses open", f"x = {WRAP}['open']('MARK', 0o101)", WIRE),
    ("importer", f"x = {MODULES}.load_module('posix').system('touch MARK')", WIRE),
    ("mro", "x = 'a'.__class__.__mro__[1].__subclasses__()[9**3]", NOTHING),
    ("class by match", "match 1:\n    case object(__class__=c):\n        x = c.__base__", NAMES),
    ("class by build", "class A:\n    pass\nx = A.__base__", NAMES),
    # modules and imports
    ("import", "import os\nos.system('touch MARK')", NAMES),
    ("import from", "from subprocess import run\nrun(['touch', 'MARK'])", NAMES),
    ("dunder import", "__import__('os').system('touch MARK')", NAMES),
    ("import a loaded module", "from sys import modules\nmodules['os'].system('touch MARK')", NAMES),
    ("module of the vocabulary", "from backstay import dsl\nx = dsl.node.re", NAMES),
    ("inner module", "from backstay.dsl.place import sys\nsys.modules['os'].system('touch MARK')", NAMES),
    ("builtins", "__builtins__['open']('MARK', 'w')", NOTHING),
    ("builtins of a sibling", "from .b import __builtins__ as b\nb['open']('MARK', 'w')", NAMES),
    ("dunder main", "from __main__ import main\nmain()", NAMES),
    # frames, tracebacks, functions
    (
        "generator frame",
        "g = (g.gi_frame.f_back.f_globals for _ in [1])\nx = [*g][0]['__builtins__']['open']('MARK')",
        WIRE,
    ),
    ("traceback", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    x = e.__traceback__.tb_frame.f_back", NAMES),
    ("function globals", "from backstay import days\nx = days.__globals__['__builtins__']['open']('MARK', 'w')", WIRE),
    ("function code", "def f():\n    return 1\nf.__code__ = f.__code__.replace(co_name='g')", WIRE),
    ("closure", "def f():\n    return 1\nx = f.__closure__[0].cell_contents", NOTHING),
    ("default object", "from backstay import days\nx = days.__defaults__[0].__class__", WIRE),
    (
        "wrapped module",
        "from backstay import Plan\nPlan.__init__.__globals__['sys'].modules['os'].system('x')",
        NOTHING,
    ),
    ("lambda type", "x = (lambda: 0).__class__((lambda: 0).__code__, {})().y", WIRE),
    # text that reaches attributes
    ("format", "x = '{0.__class__.__base__}'.format(())\nassert x == ''", NOTHING),
    ("format map", "x = '{a.__class__}'.format_map({'a': 1})\nassert x == ''", NOTHING),
    ("format through a name", "f = 'x{0.__class__}'.format\nx = f(1)\nassert x == ''", NOTHING),
    ("format specification", "x = f\"{1:{'{0}'.__class__}}\"", LIMIT),
    ("str.format by map", "x = [*map(str.format, ['{0.__class__}'], [1])]\nassert x == []", NOTHING),
    # names by other names
    ("getattr", "x = getattr((), '__class__')", NAMES),
    ("vars", "x = vars()['__builtins__']['open']('MARK', 'w')", NAMES),
    ("eval", "eval('__import__(\"os\")')", NAMES),
    ("exec", "exec('import os')", NAMES),
    ("compile", "compile('import os', '', 'exec')", NAMES),
    ("type", "x = type(1).__subclasses__(type)", NAMES),
    ("wide letters", "x = ().__ｃlass__.__base__.__subclasses__()\nassert x == []", NOTHING),
    ("wide import", "__ｉmport__('os').system('touch MARK')", NAMES),
    ("attrgetter", "from operator import attrgetter\nx = attrgetter('__class__')(1)", NAMES),
    # the vocabulary turned against itself
    ("set attribute", "from backstay import days\ndays(1).__class__.__setattr__ = 1", ()),
    ("registry", "from backstay import Plan\nPlan.registry['Plan'] = 1\nx = Plan.registry['Popen']", NOTHING),
    ("check", "from backstay import days\ndays(1).check.__globals__['__builtins__']['open']('MARK', 'w')", WIRE),
    ("object setattr", "from backstay import days\nx = days(1)\nx.__class__.__base__.__setattr__(x, 'y', 1)", ()),
    ("decorator", "from backstay import Plan\n@Plan.__class__\ndef f():\n    return 1", ()),
    ("subclass hook", "from backstay import Policy\nclass P(Policy):\n    pass", NAMES),
    ("init globals", "from backstay import Vault\nVault.check.__globals__['json'].codecs.open('MARK', 'w')", WIRE),
    # resources
    ("memory", "x = 'a' * 6_000_000_000", LIMIT),
    ("list", "x = [0] * 10**11", LIMIT),
    ("recursion", "def f():\n    return f()\nf()", LIMIT),
    ("padding", "x = '%9999999999d' % 1", LIMIT),
    ("digits", "x = int('9' * 10_000)", LIMIT),
]
IDS = [name for name, _, _ in ESCAPES]
BY_RESOLVING = frozenset({"import from", "dunder main", "attrgetter"})  # could be siblings: looked for beside the file
LET_THROUGH = frozenset({"memory", "list", "recursion", "padding", "digits"})  # plain arithmetic: the limits' business


def _job(*texts: str) -> dict[str, Any]:
    files = [{"text": text, "imports": {}} for text in texts]
    return {"names": list(allowed.BUILTINS), "files": files, "order": list(range(len(texts)))}


@pytest.mark.parametrize(("name", "text", "behind"), ESCAPES, ids=IDS)
def test_the_gate_stops_it(name: str, text: str, behind: tuple[str, ...]) -> None:
    """What reaches for Python's insides does not pass the syntax; what only uses much is left to the limits."""
    findings = gate(SourceFile("p.py", text))
    assert bool(findings) == (name not in LET_THROUGH | BY_RESOLVING)
    assert all(finding.span is not None for finding in findings)


@pytest.mark.parametrize("text", [text for name, text, _ in ESCAPES if name in BY_RESOLVING])
def test_imports_are_resolved_beside_the_file_only(load_text: Callable[[str], Loaded], text: str) -> None:
    """A module of Python's own is no policy file beside, so that the file does not run."""
    assert "forbidden-import" in [finding.name for finding in load_text(text).findings]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What came of each escape with the gate off, as kinds of problems: one job for all but the hungry."""
    folder = tmp_path_factory.mktemp("marks")
    together = [(name, text.replace("MARK", str(folder / "mark"))) for name, text, behind in ESCAPES if behind != LIMIT]
    ran = run(_job(*(text for _, text in together)))[0]
    assert ran.exit == 0, ran.errors
    kinds: dict[str, list[str]] = {name: [] for name, _ in together}
    for problem in json.loads(ran.answer)["problems"]:
        kinds[together[problem["file"]][0]].append(problem["kind"])
    assert list(folder.iterdir()) == []
    return kinds


@pytest.mark.parametrize(("name", "behind"), [(name, behind) for name, _, behind in ESCAPES if behind != LIMIT])
def test_without_the_gate_another_layer_stops_it(
    name: str, behind: tuple[str, ...], outcomes: dict[str, list[str]]
) -> None:
    """No escape depends on the gate alone: the act behind it fails in the child, and nothing is left behind."""
    assert len(outcomes[name]) == (1 if behind else 0)
    assert set(outcomes[name]) <= set(behind)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text, behind in ESCAPES if behind == LIMIT])
def test_what_only_uses_much_meets_its_limit(name: str, text: str) -> None:
    """Memory, depth and digits run out inside the child, with a reason, while the parent goes on."""
    (problem,) = json.loads(run(_job(text), Limits(cpu_seconds=2))[0].answer)["problems"]
    assert problem["kind"] in LIMIT


def test_the_corpus_is_large_enough() -> None:
    """At least forty ways out, each with a name of its own."""
    assert len(set(IDS)) == len(ESCAPES) >= 40


def test_an_escape_ends_as_a_finding(load_text: Callable[[str], Loaded]) -> None:
    """To an author an escape is an error at its place like any other, and its policies do not count."""
    loaded = load_text("x = ().__class__\np = Policy('p', attach=root())")
    assert next((finding.name, str(finding.span)) for finding in loaded.findings) == ("forbidden-syntax", "p.py:2:5")
    assert loaded.policies == ()
