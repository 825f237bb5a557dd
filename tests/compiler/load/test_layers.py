"""Each layer of isolation by itself, and what is told of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import fields
from inspect import signature
from typing import Any, get_args

import pytest

from backstay.load import allowed, bubble
from backstay.load.answer import told
from backstay.load.child import seccomp, tripwire
from backstay.load.layers import LAYERS, WALLS, Inner
from backstay.load.loader import load
from backstay.load.run import Limits, Ran, run
from backstay.source import SourceFile

HARMLESS = "from backstay import Policy, root\np = Policy('p', attach=root())\n"
KNOWN = sys.platform == "linux" and os.uname().machine in seccomp.MACHINES
LINUX = pytest.mark.skipif(not KNOWN, reason="the kernel's filter is for the Linux machines in the table")


def _alone(layer: str, act: str) -> str:
    """What Python says when one layer is on and something is tried."""
    code = f"import os, socket, json\nfrom backstay.load.child import {layer.partition('.')[0]}\n{layer}\n{act}\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)
    return (done.stderr.strip().splitlines() or ["nothing happened"])[-1]


def _job(*texts: str) -> dict[str, Any]:
    files = [{"text": text, "imports": {}} for text in texts]
    return {"names": list(allowed.BUILTINS), "files": files, "order": list(range(len(texts)))}


def _answer(ran: Ran) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(ran.answer)
    return answer


@LINUX
@pytest.mark.parametrize(
    "act",
    [
        "open('/etc/hostname')",
        "os.listdir('/')",
        "os.fork()",
        "socket.socket()",
        "os.kill(os.getppid(), 0)",
        "os.execv('/bin/sh', ['sh'])",
        "os.pipe()",
        "os.setuid(1)",
        "os.chdir('/')",
        "os.symlink('a', 'b')",
    ],
)
def test_the_kernel_refuses_all_but_computing(act: str) -> None:
    """With the filter alone, code that has Python's whole power reaches no file, process or network."""
    said = _alone("seccomp.apply()", act)
    assert said.startswith(("PermissionError", "OSError"))
    assert "Operation not permitted" in said


@LINUX
def test_the_kernel_lets_python_compute() -> None:
    """Memory, text, JSON, exceptions and its own signals go on under the filter."""
    act = "x = [bytearray(1 << 20) for _ in range(64)]; json.dumps(list(range(10**5))); print(os.getpid())"
    assert _alone("seccomp.apply()", act) == "nothing happened"


def test_the_filter_names_its_calls_in_full() -> None:
    """Every machine has a number for each call in the table, and the program is whole instructions."""
    for machine, (_, numbers, _) in seccomp.MACHINES.items():
        assert len(numbers) == len(seccomp.NEEDED) == len(set(numbers))
        assert len(seccomp.program(machine, 1)) % 8 == 0


@pytest.mark.parametrize(
    ("act", "meaning"),
    [
        ("open('/etc/hostname')", "open files"),
        ("os.listdir('/')", "look at the system"),
        ("os.system('true')", "start programs"),
        ("socket.socket()", "use the network"),
        ("import colorsys", "import other modules"),
        ("compile('1', 'x', 'eval')", "compile text into code"),
        ("import ctypes; ctypes.CDLL(None)", "import other modules"),
        ("(lambda: 0).__code__.replace(co_name='x')", "look inside Python's objects"),
    ],
)
def test_the_tripwire_says_what_was_tried(act: str, meaning: str) -> None:
    """Audit events become words; which of several events comes first is Python's choice."""
    said = _alone("tripwire.apply()", act)
    assert said.endswith(f"ForbiddenActError: policies may not {meaning}")


def test_every_meaning_is_reached() -> None:
    """No row of the table is hidden behind an earlier, shorter beginning."""
    for start, meaning in tripwire.MEANINGS:
        assert tripwire.meaning(start) == meaning


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("x = 'a' * 6_000_000_000", "MemoryError"),
        ("[open('/dev/null') for _ in range(40)]; x = [os.open('/dev/null', 0) for _ in range(40)]", "OSError"),
        ("open('written-by-a-test', 'w').write('x' * 10_000)", "OSError"),
    ],
)
def test_the_limits_hold_by_themselves(act: str, error: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory, open files and file sizes are counted by the system."""
    monkeypatch.chdir(tmp_path)
    setup = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    layer = "limits.apply({'cpu_seconds': 5, 'memory_bytes': 1 << 30})"
    assert _alone(layer, setup + act).startswith(error)


def test_names_that_are_not_listed_are_not_there() -> None:
    """The child hands a file the listed names and nothing else, whether the gate has looked or not."""
    texts = [f"x = {name}\n" for name in ("open", "eval", "getattr", "type", "object", "globals", "__import__('os')")]
    problems = _answer(run(_job(*texts))[0])["problems"]
    kinds = [problem["kind"] for problem in problems]
    assert kinds == ["NameError"] * 6 + ["UnknownImportError"]


def test_the_child_imports_only_what_the_parent_found() -> None:
    """Python's own import is not there: no path, no finder, no module but the given ones."""
    texts = ["import os\n", "from os import path\n", "import backstay.dsl\n", "from .other import x\n"]
    problems = _answer(run(_job(*texts))[0])["problems"]
    assert [problem["kind"] for problem in problems] == ["UnknownImportError"] * 4


def test_the_child_has_an_empty_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment but the seed, no arguments of the user, an empty folder: what cannot be seen cannot leak."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    (one, two) = run(_job(HARMLESS))
    assert _answer(one)["problems"] == _answer(two)["problems"] == []
    assert one.answer == two.answer
    assert "secret" not in one.answer.decode() + one.errors


def test_waiting_ends_by_the_clock_on_the_wall() -> None:
    """A process that gives no answer is ended from outside, and still says at which line it was."""
    before = time.monotonic()
    text = "n = 12\nx = sum(range(10**n))\n"
    runs = run(_job(text), Limits(cpu_seconds=60, wall_seconds=2))
    assert time.monotonic() - before < 8
    assert [ran.killed for ran in runs] == ["time", "time"]
    (finding,) = told(runs, [SourceFile("p.py", text)]).findings
    assert (finding.name, str(finding.span)) == ("took-too-long", "p.py:2:1")


def test_the_layers_in_force_are_told() -> None:
    """What isolated a run is told by it before any file runs: all that this machine has."""
    layers = [ran.layers for ran in run(_job(HARMLESS))]
    present = {"bubblewrap": bubble.works(), "limits": True, "names": True, "seccomp": KNOWN, "tripwire": True}
    assert [set(told) for told in layers] == [{layer for layer, there in present.items() if there}] * 2


@pytest.mark.parametrize("layer", ["bubblewrap", "limits", "names", "seccomp", "tripwire"])
def test_a_layer_that_is_off_is_not_told(layer: Inner) -> None:
    """A run never claims what does not hold it."""
    everything, without = run(_job(HARMLESS))[0].layers, run(_job(HARMLESS), without={layer})[0].layers
    assert set(without) == set(everything) - {layer}


def test_every_layer_is_in_the_table_once() -> None:
    """Each layer has a row that says what it is for, and each that can be left out is one of them."""
    names = [row.name for row in LAYERS]
    assert sorted(names) == sorted({*get_args(Inner), "gate", "checked"})
    assert all(row.stops and row.where and row.seen for row in LAYERS)
    assert set(names) > WALLS


def test_a_demanded_sandbox_is_there_or_nothing_runs() -> None:
    """With `sandbox` one of the kernel's walls is enough; without any no file runs at all."""
    endless = "for n in range(10**12):\n    x = n\n"
    before = time.monotonic()
    none = run(_job(endless), without=WALLS, sandbox=True)
    assert "sandbox" in [ran.killed for ran in none]
    assert all(ran.answer == b"" for ran in none)
    assert time.monotonic() - before < 4
    if KNOWN or bubble.works():
        assert [ran.killed for ran in run(_job(HARMLESS), sandbox=True)] == ["", ""]


def test_the_public_way_in_leaves_no_layer_out() -> None:
    """Who loads policies can set limits, and demand a sandbox; nothing else of the isolation is theirs to say."""
    assert set(signature(load).parameters) <= {"paths", "limits", "require_sandbox", "meanwhile"}
    assert not {"without", "layers"} & {field.name for field in fields(Limits)}


def _ran(answer: object, **changes: Any) -> Ran:
    data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Ran(data, changes.get("errors", ""), changes.get("exit", 0), changes.get("killed", ""))


GOOD: dict[str, Any] = {"layers": [], "document": {"nodes": [], "roots": []}, "held": [], "problems": [], "unkept": []}


@pytest.mark.parametrize(
    ("ran", "name"),
    [
        (_ran(b""), "loader-failed"),
        (_ran(b"{"), "loader-failed"),
        (_ran(b"[" * 100_000), "loader-failed"),
        (_ran({}), "loader-failed"),
        (_ran({**GOOD, "document": {"nodes": [["Days", {"count": 1}, None]], "roots": [0]}}), "loader-failed"),
        (_ran({**GOOD, "document": {"nodes": [["Popen", {}, None]], "roots": [0]}}), "loader-failed"),
        (_ran({**GOOD, "problems": [{"file": 9, "kind": "x", "text": "", "place": None}]}), "loader-failed"),
        (_ran({**GOOD, "unkept": [[0, "x", 0, 1, 1]]}), "loader-failed"),
        (_ran(b"", exit=-11, errors='Fatal\n  File "policy-0", line 2 in <module>'), "loader-failed"),
        (_ran(b"", exit=1, errors="ImportError: x"), "loader-failed"),
        (_ran(b"", exit=-24, errors='  File "policy-99", line 2 in <module>'), "took-too-long"),
    ],
)
def test_a_strange_answer_is_a_finding(ran: Ran, name: str) -> None:
    """Whatever the child says, if it was taken over: never an exception, never a node that no file could make."""
    answer = told([ran, ran], [SourceFile("p.py", "x = 1\ny = 2\n")])
    assert [finding.name for finding in answer.findings] == [name]
    assert answer.roots == ()
