"""Ways out that others have found. The gate stops each; with the gate off, and any other layer too, nothing happens.

Every escape ends in an act that would leave a trace: a file, a connection, a process, or a secret in what is said. The
acts themselves are shown to work in `test_walls.py`, where all layers are off.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from backstay.load import allowed, bubble
from backstay.load.answer import told
from backstay.load.find import Reading
from backstay.load.gate import gate
from backstay.load.imports import resolve
from backstay.load.layers import WALLS, Inner
from backstay.load.loaded import Loaded, unreadable
from backstay.load.loader import load
from backstay.load.run import Limits, Ran, run
from backstay.source import SourceFile
from backstay_contract.findings import Finding

if TYPE_CHECKING:
    from conftest import Scene

NewScene = Callable[..., AbstractContextManager["Scene"]]


@dataclass(frozen=True)
class Escape:
    """One way out. `behind`: what stops it when the gate is off; `line`: where the gate complains.

    `alone`: it changes the process that it runs in, so that it shares it with no other escape.
    """

    name: str
    text: str
    behind: str
    line: int = 1
    alone: bool = False


NAMES, TRIPWIRE, NOTHING, WORLD, CHECKED = "names", "tripwire", "nothing to get hold of", "process", "checked"
KINDS = {
    NAMES: {"NameError", "UnknownImportError"},
    TRIPWIRE: {"ForbiddenActError"},
    NOTHING: {
        "AttributeError",
        "ImportError",
        "TypeError",
        "KeyError",
        "IndexError",
        "SyntaxError",
        "ValueError",
        "PolicyError",
    },
    WORLD: {"KeyError", "AssertionError"},  # the environment is empty, or it is told as it is: empty
}

BASE = "().__class__.__base__.__subclasses__()"
WRAP = f"[c for c in {BASE} if c.__name__ == '_wrap_close'][0].__init__.__globals__"
IMPORTER = f"[c for c in {BASE} if c.__name__ == 'BuiltinImporter'][0]"
SYS = "days.__globals__['Node'].__post_init__.__globals__['place'].sys"
DAYS = "from backstay import days\n"
PLAN = "from backstay import Plan\n"
VAULT = "from backstay import Vault\n"
FUNCTION = "def f():\n    return 1\n"
MADE = "p = Policy('p', attach=root())\n"
OPEN = "['open']('MARK', 'w')"

ESCAPES: tuple[Escape, ...] = (
    # objects by their classes
    Escape("subclasses", f"x = {WRAP}['system']('touch MARK')", TRIPWIRE),
    Escape("subclasses open", f"x = {WRAP}['open']('MARK', 0o101)", TRIPWIRE),
    Escape("subclasses spawn", f"x = {WRAP}['posix_spawn']('/bin/sleep', ['BIRD', '9'], {{}})", TRIPWIRE),
    Escape("subclasses signal", f"x = {WRAP}['kill']({WRAP}['getppid'](), 0)", TRIPWIRE),
    Escape("importer", f"x = {IMPORTER}.load_module('posix').system('touch MARK')", TRIPWIRE),
    Escape("socket by importer", f"{IMPORTER}.load_module('_socket').socket().connect(('127.0.0.1', PORT))", NOTHING),
    Escape("mro", "x = 'a'.__class__.__mro__[1].__subclasses__()[9**3]", NOTHING),
    Escape("base by an operator", "x = (1).__add__.__self__.__class__.__bases__[0].__subclasses__(1)", NOTHING),
    Escape("class by match", "match 1:\n    case object(__class__=c):\n        x = c.__base__", NAMES),
    Escape("class by build", f"class A:\n    pass\nx = A.__base__.__subclasses__(){OPEN}", NAMES),
    Escape("doc of a class", "x = ().__class__.__doc__['open']", NOTHING),
    # modules and imports
    Escape("import", "import os\nos.system('touch MARK')", NAMES),
    Escape("import from", "from subprocess import run\nrun(['touch', 'MARK'])", NAMES),
    Escape("import socket", "import socket\nsocket.create_connection(('127.0.0.1', PORT))", NAMES),
    Escape("import in a function", "def f():\n    import os\n    os.system('touch MARK')\nf()", NAMES, 2),
    Escape("dunder import", "__import__('os').system('touch MARK')", NAMES),
    Escape("import a loaded module", "from sys import modules\nmodules['os'].system('touch MARK')", NAMES),
    Escape("module of the vocabulary", "from backstay import dsl\nx = dsl.node.re", NAMES),
    Escape("inner module", "from backstay.dsl.place import sys\nsys.modules['os'].system('touch MARK')", NAMES),
    Escape("star", "from os import *\nsystem('touch MARK')", NAMES),
    Escape("builtins", f"__builtins__{OPEN}", NOTHING),
    Escape("builtins of a sibling", f"from .b import __builtins__ as b\nb{OPEN}", NAMES),
    Escape("dunder main", "from __main__ import main\nmain()", NAMES),
    Escape("attrgetter", "from operator import attrgetter\nx = attrgetter('__class__')(1)", NAMES),
    Escape("pickle", "from pickle import loads\nloads(b'cos\\nsystem\\n(S\"touch MARK\"\\ntR.')", NAMES),
    Escape("typing", "from typing import sys\nsys.modules['os'].system('touch MARK')", NAMES),
    # frames, tracebacks, functions
    Escape("generator frame", f"g = (g.gi_frame.f_back.f_globals for _ in 'a')\n[*g][0]['sys']{OPEN}", TRIPWIRE),
    Escape("traceback", "try:\n    1 / 0\nexcept ArithmeticError as e:\n    e.__traceback__.tb_frame.f_back", NAMES),
    Escape("function globals", f"{DAYS}x = days.__globals__['__builtins__']{OPEN}", TRIPWIRE, 2),
    Escape("modules by globals", f"{DAYS}x = {SYS}.modules['os'].system('touch MARK')", TRIPWIRE, 2),
    Escape("function code", f"{FUNCTION}f.__code__ = f.__code__.replace(co_name='g')\nx = f{OPEN}", TRIPWIRE, 3),
    Escape("closure", f"{FUNCTION}x = f.__closure__[0].cell_contents{OPEN}", NOTHING, 3),
    Escape("default object", f"{DAYS}x = days.__defaults__[0].__class__{OPEN}", TRIPWIRE, 2),
    Escape("wrapped module", f"{PLAN}Plan.__init__.__globals__['sys'].modules['os'].abort()", NOTHING, 2),
    Escape("lambda type", "x = (lambda: 0).__class__((lambda: 0).__code__, {})().y", TRIPWIRE),
    Escape("coroutine", f"async {FUNCTION}x = f().cr_frame.f_back.f_globals['os'].system('touch MARK')", TRIPWIRE),
    # text that reaches attributes
    Escape("format", "x = '{0.__class__.__base__.open}'.format(())", NOTHING),
    Escape("format map", "x = '{a.__class__.open}'.format_map({'a': 1})", NOTHING),
    Escape("format through a name", "f = 'x{0.__class__.open}'.format\nx = f(1)", NOTHING),
    Escape("format specification", "x = f\"{1:{'{0}'.__class__}}\"", NOTHING),
    Escape("str.format by map", "x = [*map(str.format, ['{0.__class__.open}'], [1])]", NOTHING),
    Escape(
        "format reads the environment",
        f"{DAYS}at = '{{0.__globals__[Node].__post_init__.__globals__[place].sys.modules[os].environ[BACKSTAY_'\n"
        "assert False, (at + 'CANARY]}').format(days)",
        WORLD,
        3,
    ),
    Escape("the environment by modules", f"{DAYS}assert False, str({SYS}.modules['os'].environ)", WORLD, 2),
    # names by other names
    Escape("getattr", "x = getattr((), '__class__')", NAMES),
    Escape("vars", f"x = vars()['__builtins__']{OPEN}", NAMES),
    Escape("eval", "eval('__import__(\"os\").system(\"touch MARK\")')", NAMES),
    Escape("exec", "exec('import os')", NAMES),
    Escape("compile", "compile('import os', '', 'exec')", NAMES),
    Escape("type", "x = type(1).__subclasses__(type)", NAMES),
    Escape("open", "assert False, open('CANARY').read()", NAMES),
    Escape("input", "x = input('BIRD')", NAMES),
    Escape("breakpoint", "breakpoint()", NAMES),
    Escape("wide letters", "x = ().__ｃlass__.__base__.__subclasses__()[9**9]", NOTHING),
    Escape("wide import", "__ｉmport__('os').system('touch MARK')", NAMES),
    Escape("walrus", "x = (o := open)('MARK', 'w')", NAMES),
    # the vocabulary turned against itself
    Escape("registry", "from backstay import Plan\nx = Plan.registry['Popen'](['touch', 'MARK'])", NOTHING, 2),
    Escape("check", f"{DAYS}days(1).check.__globals__['__builtins__']{OPEN}", TRIPWIRE, 2),
    Escape("subclass hook", "from backstay import Policy\nclass P(Policy):\n    pass", NAMES, 2),
    Escape("init globals", f"{VAULT}Vault.check.__globals__['json'].codecs.open('MARK', 'w')", TRIPWIRE, 2),
    # policies that nobody could write, and answers that no run gives
    Escape("check replaced", "Policy.check = lambda self: None\np = Policy(7, attach=root())", CHECKED, 2, alone=True),
    Escape("set when made", f"{MADE}p.__class__.__base__.__setattr__(p, 'name', 7)", CHECKED, 3, alone=True),
    Escape("changed when made", f"{MADE}p.__dict__['name'] = 'a\\nb'", CHECKED, 3, alone=True),
    Escape("class of the wrong kind", f"{MADE}p.__dict__['plans'] = ('x',)", CHECKED, 3, alone=True),
    Escape("decorator", "@Policy.__class__\ndef f():\n    return 1\nf(1)", NOTHING, 2, alone=True),
)  # fmt: skip
HEAD = "from backstay import Policy, root\n"  # before those that stand alone
BY_NAME = {escape.name: escape for escape in ESCAPES}
TOGETHER = [escape for escape in ESCAPES if not escape.alone]
ALONE = [escape for escape in ESCAPES if escape.alone]

OFF: dict[str, frozenset[Inner]] = {
    "the gate": frozenset(),
    **{f"the gate and {layer}": frozenset({layer}) for layer in get_args(Inner)},
    "the gate and both walls": WALLS,
}
# What gets hold of an object, or calls and is told no by the kernel without an exception: it ends, and nothing is done.
IN_VAIN: dict[str, tuple[str, ...]] = {
    "the gate and names": ("class by match", "module of the vocabulary", "attrgetter", "getattr", "subclass hook"),
    "the gate and tripwire": ("subclasses", "importer", "modules by globals"),
}
if not bubble.works():  # an environment that is not empty is hidden by bubblewrap, and by nothing else
    del OFF["the gate and process"]


def _text(escape: Escape, scene: Scene) -> str:
    return scene.text((HEAD if escape.alone else "") + escape.text) + "\n"


def _run(texts: list[str], without: frozenset[Inner]) -> tuple[Ran, ...]:
    files = [{"text": text, "imports": {}} for text in texts]
    job = {"names": list(allowed.BUILTINS), "files": files, "order": list(range(len(texts)))}
    return run(job, Limits(cpu_seconds=10, wall_seconds=20), without)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, new_scene: NewScene) -> Iterator[Scene]:
    """One scene for the whole corpus: a single trace spoils it."""
    patch = pytest.MonkeyPatch()
    with new_scene(tmp_path_factory.mktemp("escapes") / "scene") as made:
        patch.setenv("BACKSTAY_CANARY", made.secret)
        yield made
        patch.undo()


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory, scene: Scene) -> dict[str, list[Finding]]:
    """What is said of each escape when all are the files of one folder, and every layer is in force."""
    folder = tmp_path_factory.mktemp("policies")
    said: dict[str, list[Finding]] = {}
    for number, escape in enumerate(ESCAPES):
        (folder / f"escape-{number}.py").write_text(_text(escape, scene))
    (folder / "b.py").write_text("x = 1\n")
    loaded = load([folder])
    assert loaded.policies == ()
    for finding in loaded.findings:
        number = int(str(finding.span and finding.span.path).rpartition("-")[2].removesuffix(".py"))
        said.setdefault(ESCAPES[number].name, []).append(finding)
    return said


@pytest.mark.parametrize("name", BY_NAME)
def test_the_gate_stops_it_at_its_line(name: str, refused: dict[str, list[Finding]], scene: Scene) -> None:
    """With all layers on no escape runs: the complaint stands where the reach begins, and says what to do instead."""
    first = refused[name][0]
    assert all(unreadable(finding) for finding in refused[name])
    assert first.name in ("forbidden-syntax", "forbidden-import", "unknown-import")
    assert first.span is not None
    assert first.span.line == BY_NAME[name].line
    assert first.help
    assert scene.traces() == []


@pytest.fixture(scope="module")
def outcomes(scene: Scene) -> Callable[[str], dict[str, list[str]]]:
    """What came of the escapes with some layers off, as kinds of problems: one job for all, run when first asked."""
    known: dict[str, dict[str, list[str]]] = {}

    def outcome(off: str) -> dict[str, list[str]]:
        if off not in known:
            runs = _run([_text(escape, scene) for escape in TOGETHER], OFF[off])
            assert [(ran.exit, ran.killed) for ran in runs] == [(0, "")] * len(runs), runs[0].errors
            assert scene.traces("".join(ran.answer.decode() + ran.errors for ran in runs)) == []
            kinds: dict[str, list[str]] = {escape.name: [] for escape in TOGETHER}
            for problem in json.loads(runs[0].answer)["problems"]:
                kinds[TOGETHER[problem["file"]].name].append(problem["kind"])
            known[off] = kinds
        return known[off]

    return outcome


@pytest.mark.parametrize("name", [escape.name for escape in TOGETHER])
def test_without_the_gate_another_layer_stops_it(name: str, outcomes: Callable[[str], dict[str, list[str]]]) -> None:
    """No escape depends on the gate alone: it is known what stands behind, and that it needs no wall of the kernel."""
    for off in ("the gate", "the gate and both walls"):
        (kind,) = outcomes(off)[name]
        assert kind in KINDS[BY_NAME[name].behind]


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize("name", [escape.name for escape in TOGETHER])
def test_two_layers_off_and_still_nothing_happens(
    name: str, off: str, outcomes: Callable[[str], dict[str, list[str]]]
) -> None:
    """With the gate and any other layer off the escape fails, and leaves no trace: the fixture looked for one."""
    assert len(outcomes(off)[name]) == (0 if name in IN_VAIN.get(off, ()) else 1)


@pytest.mark.parametrize("layer", get_args(Inner))
def test_with_the_gate_on_any_other_layer_may_be_off(layer: Inner, scene: Scene) -> None:
    """Of the whole corpus nothing passes the gate to be run, so that it is nothing to an escape which layer is off."""
    passed = [_text(escape, scene) for escape in ESCAPES if _passes(_text(escape, scene), scene)]
    runs = _run(passed, frozenset({layer}))
    assert passed == []
    assert scene.traces("".join(ran.answer.decode() + ran.errors for ran in runs)) == []


def _passes(text: str, scene: Scene) -> bool:
    """Whether the gate lets a file through: its syntax, and its imports beside it, of which there are none."""
    file = SourceFile("p.py", text)
    reading = Reading(scene.folder, scene.folder)
    return not gate(file) and not resolve(scene.folder / "p.py", file, reading) and not reading.findings


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize("name", [escape.name for escape in ALONE])
def test_what_no_file_could_say_does_not_come_through(name: str, off: str, scene: Scene) -> None:
    """A process that was turned against its own checks gets no policy past the parent, which checks anew."""
    text = _text(BY_NAME[name], scene)
    answer = told(_run([text], OFF[off]), [SourceFile("p.py", text)])
    assert answer.roots == ()
    assert answer.findings
    assert scene.traces() == []


@pytest.mark.parametrize("off", OFF)
def test_a_run_cannot_say_how_it_is_held(off: str, scene: Scene) -> None:
    """A run that was taken over can write any answer; which layers are in force was told before it began."""
    text = (
        f"{DAYS}o = {SYS}.modules['os']\n"
        'o.write(1, b\'["bubblewrap", "seccomp", "landlock"]\\n{"layers": ["landlock"]}\')\no._exit(0)\n'
    )
    honest, forged = _run(["x = 1\n"], OFF[off])[0], _run([text], OFF[off])[0]
    assert forged.layers == honest.layers
    assert not forged.layers or OFF[off].isdisjoint(forged.layers)
    assert [finding.name for finding in told([forged], [SourceFile("p.py", text)]).findings] == ["loader-failed"]


def test_a_declared_encoding_changes_nothing(load_text: Callable[[str], Loaded], scene: Scene) -> None:
    """What the gate reads is what runs: UTF-8, whatever the file says of itself."""
    loaded = load_text("p = Policy('p', attach=root())")
    hidden = load_text(
        scene.text("# coding: utf-7\n# +AAo-import os+AAo-os.system('touch MARK')\np = Policy('p', attach=root())")
    )
    assert (hidden.policies, hidden.findings) == (loaded.policies, loaded.findings)
    assert scene.traces() == []


# With no wall of the kernel, these are held by the gate and the tripwire, which is no wall; the others by more.
BY_TWO_THREADS = {
    "subclasses", "subclasses open", "importer", "function globals", "modules by globals", "check", "init globals",
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("missing", ["tripwire", "names"])
@pytest.mark.parametrize("name", [escape.name for escape in TOGETHER])
def test_it_is_known_what_hangs_by_two_threads(
    name: str, missing: Inner, new_scene: NewScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any wall and with two layers off, only what is listed is done: the documentation counts it."""
    with new_scene(tmp_path / "scene") as alone:
        monkeypatch.setenv("BACKSTAY_CANARY", alone.secret)
        runs = _run([_text(BY_NAME[name], alone)], WALLS | {missing})
        done = alone.traces("".join(ran.answer.decode() + ran.errors for ran in runs))
    assert bool(done) == (missing == "tripwire" and name in BY_TWO_THREADS)


def test_the_corpus_is_large_enough() -> None:
    """At least forty ways out, each with a name of its own."""
    assert len(BY_NAME) == len(ESCAPES) >= 40


def test_an_escape_ends_as_a_finding(load_text: Callable[[str], Loaded]) -> None:
    """To an author an escape is an error at its place like any other, and its policies do not count."""
    loaded = load_text("x = ().__class__\np = Policy('p', attach=root())")
    assert next((finding.name, str(finding.span)) for finding in loaded.findings) == ("forbidden-syntax", "p.py:2:5")
    assert loaded.policies == ()
