"""What only uses much: time, memory, depth and output end within limits, with a message that says why and where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from backstay.load import allowed
from backstay.load.answer import told
from backstay.load.gate import gate
from backstay.load.layers import Inner
from backstay.load.run import Limits, Ran, run
from backstay.source import SourceFile

SMALL = Limits(cpu_seconds=1, memory_bytes=400 << 20, wall_seconds=2.5, output_bytes=1 << 20)
LAYERS: tuple[Inner, ...] = get_args(Inner)

# name → the text, the kind of problem, the line, and words of its message
HUNGRY: dict[str, tuple[str, str, int, str]] = {
    "6 GB of text": ("x = 'a' * 6_000_000_000", "too-large", 1, "more memory than a policy may have"),
    "a long list": ("x = 1\ny = [0] * 10**11", "too-large", 2, "more memory than a policy may have"),
    "doubling": ("x = 'abc'\nfor n in range(60):\n    x = x + x", "too-large", 3, "more memory"),
    "growing while read": ("x = ['a' * 4096]\nfor y in x:\n    x.append(y + 'b')", "too-large", 3, "more memory"),
    "padding": ("x = '%9999999999d' % 1", "too-large", 1, "more memory than a policy may have"),
    "repeating by join": ("x = ('a' * 9_999_999).join(['b'] * 9_999)", "too-large", 1, "more memory"),
    "replacing": ("x = ('a' * 99_999).replace('a', 'b' * 99_999)", "too-large", 1, "more memory"),
    "recursion": ("def f():\n    return f()\nf()", "program-error", 2, "calls itself without end"),
    "two that call each other": (
        "def f(g):\n    return g(f)\ndef g(f):\n    return f(g)\nf(g)", "program-error", 2, "calls itself without end",
    ),
    "recursion in C": ("f = lambda x: sorted([x], key=f)\nf(1)", "program-error", 1, "calls itself without end"),
    "a deep list": ("x = []\nfor n in range(99_999):\n    x = [x]\ny = repr(x)", "program-error", 4, "calls itself"),
    "too many digits": ("x = int('9' * 10_000)", "program-error", 1, "Exceeds the limit"),
}  # fmt: skip
ENDLESS: dict[str, tuple[str, int]] = {
    "a loop": ("x = 0\nfor n in range(10**12):\n    x = n\n", 3),
    "a loop in C": ("x = 1\ny = sum(range(10**12))\n", 2),
    "a comprehension": ("x = [0 for a in range(10**9) if a < 0]\n", 1),
    "a function in a loop": ("def f(n):\n    return n\nx = [f(n) for n in range(10**12) if f(n) < 0]\n", 0),
    "a product of loops": ("x = [0 for a in range(10**6) for b in range(10**6) if a < 0]\n", 1),
    "a power": ("x = 7 ** 7 ** 9\n", 1),
}
FLOODS: dict[str, str] = {
    "a long answer": "from backstay import Policy, root\n"
    "p = Policy('p', attach=root(), regions=['a' * 100_000] * 50)\n",
    "thousands of policies": "from backstay import Policy, root\n"
    "p = [Policy('p' * 99, attach=root(), regions=['a' * 200]) for n in range(3_999)]\n",
}


def _run(texts: list[str], without: frozenset[Inner] = frozenset(), limits: Limits = SMALL) -> tuple[Ran, ...]:
    files = [{"text": text, "imports": {}} for text in texts]
    job = {"names": list(allowed.BUILTINS), "files": files, "order": list(range(len(texts)))}
    return run(job, limits, without)


@pytest.mark.parametrize("name", HUNGRY)
def test_memory_and_depth_end_at_their_line(name: str) -> None:
    """What is plain arithmetic to the gate runs out of memory or depth, and the line is told."""
    text, kind, line, words = HUNGRY[name]
    assert gate(SourceFile("p.py", text)) == []
    (finding,) = told(_run([text]), [SourceFile("p.py", text)]).findings
    assert finding.name == kind
    assert words in finding.message
    assert finding.span is not None
    assert finding.span.line == line


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer != "limits"])
def test_memory_and_depth_end_with_any_layer_off(layer: Inner) -> None:
    """The same, all in one run, with another layer left out: each ends, and the run goes on to the next."""
    before = time.monotonic()
    files = [SourceFile(f"{n}.py", text) for n, (text, *_) in enumerate(HUNGRY.values())]
    runs = _run([file.text for file in files], frozenset({layer}), Limits(15, 400 << 20, wall_seconds=30))
    findings = told(runs, files).findings
    assert [finding.name for finding in findings] == [kind for _, kind, _, _ in HUNGRY.values()]
    assert time.monotonic() - before < 30


@pytest.mark.parametrize("name", HUNGRY)
def test_without_its_own_limits_a_run_is_watched(name: str) -> None:
    """The parent sees what a run holds, and ends it; depth is counted by Python itself."""
    before = time.monotonic()
    runs = _run([HUNGRY[name][0]], frozenset({"limits"}))
    if all(ran.exit == 0 for ran in runs):
        (problem,) = json.loads(runs[0].answer)["problems"]
        assert problem["kind"] in ("MemoryError", "RecursionError", "ValueError")
    else:
        assert {ran.killed for ran in runs} <= {"memory", "time"}
        assert all(ran.exit < 0 for ran in runs)
    assert time.monotonic() - before < 8


def _ends_in_time(name: str, without: frozenset[Inner]) -> None:
    text, line = ENDLESS[name]
    before = time.monotonic()
    runs = _run([text], without)
    assert time.monotonic() - before < 8
    (finding,) = told(runs, [SourceFile("p.py", text)]).findings
    assert finding.name == "took-too-long"
    assert finding.span is not None
    assert finding.span.path == "p.py"
    assert not line or finding.span.line in (line, line - 1)


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_work_ends_at_its_line(name: str) -> None:
    """CPU seconds are counted by the system, so that loops inside C end too, and the line is told."""
    _ends_in_time(name, frozenset())


@pytest.mark.parametrize("layer", LAYERS)
def test_an_endless_loop_ends_with_any_layer_off(layer: Inner) -> None:
    """Without its own limit the clock of the parent ends it; without that clock its limit does."""
    _ends_in_time("a loop in C", frozenset({layer}))


@pytest.mark.long
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", ENDLESS)
def test_all_endless_work_ends_with_any_layer_off(name: str, layer: Inner) -> None:
    """The same for every kind of endless work."""
    _ends_in_time(name, frozenset({layer}))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", FLOODS)
def test_an_answer_without_end_is_cut(name: str, layer: Inner) -> None:
    """The run writes no more than it may, and if it did, the parent would read no more."""
    patient = Limits(output_bytes=1 << 20)
    runs = _run([FLOODS[name]], frozenset({layer}), patient)
    (finding,) = told(runs, [SourceFile("p.py", FLOODS[name])]).findings
    assert finding.name == "too-large"


@pytest.mark.parametrize(
    "text",
    ["x = " + "(" * 5_000 + ")" * 5_000, "x = " + "-" * 200_000 + "1", "x = " + "a." * 100_000 + "b", "[" * 99_999],
    ids=["brackets", "signs", "dots", "open brackets"],
)
def test_deep_syntax_ends_in_the_gate(text: str) -> None:
    """The parser runs in the compiler itself: however deep a text is nested, it ends in a complaint."""
    before = time.monotonic()
    findings = gate(SourceFile("p.py", text))
    assert {finding.name for finding in findings} <= {"too-large", "syntax-error", "forbidden-syntax"}
    assert findings
    assert time.monotonic() - before < 8


def _lint(folder: Path) -> tuple[int, str, float, int]:
    """Exit code, what was said, seconds, and the most bytes that the command or a run of it held."""
    with (folder / "said").open("w+") as said:
        before = time.monotonic()
        command = [sys.executable, "-m", "backstay.cli.main", "lint", "p.py"]
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, said.read(), time.monotonic() - before, used.ru_maxrss << 10


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (lambda: ENDLESS["a loop"][0], "running the policies takes too long"),
        (lambda: HUNGRY["6 GB of text"][0], "this needs more memory than a policy may have"),
        (lambda: HUNGRY["doubling"][0], "this needs more memory than a policy may have"),
        (lambda: HUNGRY["recursion"][0], "a function calls itself without end"),
        (lambda: FLOODS["a long answer"].replace("* 50", "* 500"), "the policies are too large to be handed over"),
        (lambda: "x = 1\n" * (50 * 2**20 // 6), "the file is longer than 1,000,000 characters"),
    ],
    ids=["endless loop", "6 GB of text", "doubling", "recursion", "flood", "50 MB file"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units, or not at all, elsewhere")
def test_the_command_stays_within_its_limits(text: Callable[[], str], words: str, tmp_path: Path) -> None:
    """`backstay lint` exits with 2 and a sentence, in seconds, and nothing that it starts holds more than 1 GiB."""
    (tmp_path / "p.py").write_text(text())
    code, said, seconds, held = _lint(tmp_path)
    assert code == 2, said
    assert words in said
    assert ("p.py:" in said) == ("handed over" not in said)  # what is too large to be told has no line
    assert "Traceback" not in said
    assert seconds < 20
    assert held <= 1 << 30
