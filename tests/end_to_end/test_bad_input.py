"""Whatever is wrong with what people write: a complaint at its place, the right exit code, and the old build kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

POLICY, ORG = "policies/policy.py", "policies/org.yaml"
Break = Callable[[Path], None]


def put(name: str, text: str | bytes) -> Break:
    """A file with other content."""

    def act(folder: Path) -> None:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return act


def swap(name: str, old: str, new: str) -> Break:
    """A file with something in it changed."""

    def act(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return act


def both(*breaks: Break) -> Break:
    """One after another."""

    def act(folder: Path) -> None:
        for one in breaks:
            one(folder)

    return act


def forbid(name: str) -> Break:
    """A file or folder that nobody may read."""
    return lambda folder: (folder / name).chmod(0)


def link(name: str, to: str) -> Break:
    """A symbolic link."""
    return lambda folder: (folder / name).symlink_to(to)


def folder_at(name: str) -> Break:
    """A folder where a file should be."""

    def act(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return act


@dataclass(frozen=True)
class Case:
    """What is broken, and what must be said: exit code, sentence, place."""

    name: str
    act: Break
    code: int
    said: str
    place: str


ACCOUNTS = swap(POLICY, "    Access,\n", "    Access, account,\n")
CASES = [
    Case("syntax error", swap(POLICY, '"startup", attach', '"startup" attach'), 2, "[syntax-error]", "policy.py:43:18"),
    Case(
        "unknown account",
        both(ACCOUNTS, swap(POLICY, 'ou("Workloads")', 'account("startup-ap")')),
        1,
        "the organization has no account `startup-ap`",
        "policy.py:43:36",
    ),
    Case(
        "unknown unit",
        swap(POLICY, 'ou("Workloads")', 'ou("Wrkloads")'),
        1,
        "did you mean `Workloads`?",
        "policy.py:43",
    ),
    Case(
        "cyclic import",
        both(
            swap(POLICY, "\nvault = ", "\nfrom .other import x\nvault = "),
            put("policies/other.py", "from .policy import vault\nx = 1\n"),
        ),
        2,
        "these files import one another",
        "policies/other.py:1:1",
    ),
    Case("while", put(POLICY, "while True:\n    pass\n"), 2, "`while` is not part of the policy language", ":1:1"),
    Case("endless loop", put(POLICY, "n = 1\nx = sum(range(10**12))\n"), 2, "takes too long", "policy.py:2:1"),
    Case("endless recursion", put(POLICY, "def f():\n    return f()\nx = f()\n"), 2, "without end", "policy.py:2:12"),
    Case("memory", put(POLICY, "x = 'a' * 6000000000\n"), 2, "more memory than a policy may have", "policy.py:1:5"),
    Case("import os", put(POLICY, "import os\nos.system('id')\n"), 2, "policies cannot import `os`", "policy.py:1:1"),
    Case("open", put(POLICY, "x = 1\ny = open('/etc/passwd')\n"), 2, "policies open no files", "policy.py:2:5"),
    Case("dunder", put(POLICY, "x = ().__class__\n"), 2, "[forbidden-syntax]", "policy.py:1:5"),
    Case("binary", put(POLICY, b"x = 1\ny = '\xff\xfe'\n"), 2, "not UTF-8: byte 0xff in line 2", "policy.py:2:1"),
    Case("null", put(POLICY, "x = 1\ny = '\0'\n"), 2, "null character", "policy.py:2:6"),
    Case("empty file", put(POLICY, ""), 2, "no file here makes a policy", "--> policies\n"),
    Case("no file", lambda folder: (folder / POLICY).unlink(), 2, "there are no policy files here", "--> policies\n"),
    Case("a folder named .py", folder_at(POLICY), 2, "there are no policy files here", "--> policies\n"),
    Case("link to itself", link("policies/loop.py", "loop.py"), 2, "Too many levels", "--> policies/loop.py\n"),
    Case("link to nothing", link("policies/gone.py", "nowhere.py"), 2, "No such file", "--> policies/gone.py\n"),
    Case("link that leads out", link("policies/out.py", "/etc/hostname"), 2, "outside the folder", "policies/out.py\n"),
    Case("pipe", lambda folder: os.mkfifo(folder / "policies/pipe.py"), 2, "no ordinary file", "policies/pipe.py\n"),
    Case("unreadable policy", forbid(POLICY), 2, "Permission denied", "--> policies/policy.py\n"),
    Case("unreadable folder", forbid("policies"), 2, "Permission denied", "--> policies\n"),
    Case(
        "unreadable folder below",
        both(lambda folder: (folder / "policies/team").mkdir(), forbid("policies/team")),
        2,
        "the folder cannot be read: Permission denied",
        "--> policies/team\n",
    ),
    Case("unreadable organization", forbid(ORG), 2, "Permission denied", "--> policies/org.yaml\n"),
    Case("no organization", lambda folder: (folder / ORG).unlink(), 2, "name one with --org", "org.yaml or org.json"),
    Case(
        "duplicate account",
        swap(ORG, "200000000010", "200000000001"),
        2,
        "account 200000000001 is in the tree twice",
        "org.yaml:11:16",
    ),
    Case("no YAML", put(ORG, "id: [o-startup001\n"), 2, "this is no YAML", "org.yaml:2:1"),
    Case("tab", put(ORG, "id: o-startup001\n\tx: 1\n"), 2, "tab character", "org.yaml:2:1"),
    Case("not a mapping", put(ORG, "- 1\n"), 2, "the file cannot be a list", "org.yaml:1:1"),
    Case("nothing said", put(ORG, ""), 2, "the file says nothing", "org.yaml:1:1"),
    Case("code in YAML", put(ORG, '!!python/object/apply:os.system ["id"]\n'), 2, "means nothing here", "org.yaml:1:1"),
    Case("deep YAML", put(ORG, "[" * 100_000), 2, "nested too deeply", "org.yaml:1:"),
    Case("binary organization", put(ORG, b"id: \xff\n"), 2, "not UTF-8: byte 0xff in line 1", "org.yaml:1:1"),
    Case("misspelt member", swap(ORG, "name: startup-app", "nme: startup-app"), 2, "did you mean `name`?", ":11:32"),
    Case("unknown Region", swap(ORG, "[eu-west-1]", "[eu-wst-1]"), 2, "did you mean `eu-west-1`?", "org.yaml:4:11"),
    Case("no such manager", swap(ORG, 'account: "2', 'account: "3'), 2, "is not in the tree", "org.yaml:3:21"),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_complaint_at_its_place(case: Case, built: Any) -> None:
    """The sentence, the place and the exit code are those; nothing is on standard output; the old build stays."""
    before = built.files("build")
    case.act(built.folder)
    done = built("compile", "-o", "build", ordinary=True)
    (built.folder / "policies").chmod(0o755)
    assert (done.returncode, done.stdout) == (case.code, ""), done.stderr
    assert case.said in done.stderr
    assert case.place in done.stderr
    assert built.files("build") == before
    assert {path.name for path in built.folder.iterdir()} == {"build", "policies"}


def test_the_last_line_says_what_became_of_the_build(startup: Any) -> None:
    """Whoever reads only the end of a log learns that nothing was written, or that the old build stays."""
    (startup.folder / POLICY).write_text("import os\n")
    assert startup("compile", "-o", "build").stderr.endswith("\nFound 1 error: build was not written.\n")
    (startup.folder / "build").mkdir()
    assert startup("compile", "-o", "build").stderr.endswith("\nFound 1 error: build stays as it was.\n")
    assert startup("lint").stdout.endswith("\nFound 1 error in 1 file.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compile",), "Missing option '-o'"),
        (("compile", "-o", "build", "--chek"), "Did you mean"),
        (("compile", "-o", POLICY), "policy.py is a file; choose an empty folder or a build"),
        (("compile", "-o", "policies"), "which is no part of a build"),
        (("compile", "-o", "/dev/null"), "/dev/null is a file"),
        (("compile", "-o", f"{POLICY}/build"), f"cannot write {POLICY}/build"),
        (("compile", "nowhere", "-o", "build"), "--> nowhere\n"),
        (("compile", ORG, "-o", "build"), "its name does not end in `.py`"),
        (("compile", "--org", "policies", "-o", "build"), "this is a folder, not an organization file"),
        (("compile", "--org", "nowhere.yaml", "-o", "build"), "there is no such file"),
        (("compile", "--org", POLICY, "-o", "build"), "this is no YAML"),
        (("compile", "a" * 5000, "-o", "build"), "File name too long"),
        (("compile", "-o", "build", "--now", "tomorrow"), "write it like 2026-11-22"),
        (("compile", "-o", "build", "--target", "paper"), "'paper' is not one of"),
        (("lint", "--format", "xml"), "'xml' is not one of"),
        (("lint", "--select", "cold-storage-to-short"), "did you mean `cold-storage-too-short`?"),
        (("lint", "--inventory", "policies"), "cannot read the inventory policies: Is a directory"),
        (("lint", "--inventory", "nowhere"), "cannot read the inventory nowhere: No such file"),
        (("lint", "--inventory", POLICY), "policy.py:1: this line is not JSON"),
        (("lint", "-o", "policies"), "is a directory"),
        (("lint", "-o", "nowhere/x"), "cannot write nowhere/x"),
        (("rules", "nothing-like-it"), "no rule is called `nothing-like-it`"),
        (("completion", "tcsh"), "'tcsh' is not one of"),
        (("lnt",), "Did you mean `lint`?"),
        (("plan", "nowhere"), "nowhere is not a build: it has no index.json"),
        (("plan", "policies"), "policies is not a build: it has no index.json"),
        (("apply", "nowhere"), "'nowhere' does not exist"),
        (("restore", "nothing"), "nothing is not the ARN of a recovery point"),
    ],
)
def test_what_cannot_be_used_exits_2(words: tuple[str, ...], said: str, startup: Any) -> None:
    """Folders given as files, files as folders, names of nothing, words that mean nothing: exit code 2."""
    before = startup.files(".")
    done = startup(*words)
    assert done.returncode == 2
    assert said in done.stderr + done.stdout
    assert startup.files(".") == before


def test_missing_rights_are_no_usage_error(built: Any) -> None:
    """What was typed was right: the sentence says what may not be done, and no usage line distracts from it."""
    folder: Path = built.folder
    folder.chmod(0o555)
    refused = built("compile", "-o", "build", ordinary=True)
    folder.chmod(0o755)
    assert (refused.returncode, refused.stderr) == (2, "error: cannot write build: Permission denied\n")
    (folder / "build" / "index.json").chmod(0)
    refused = built("compile", "-o", "build", "--check", ordinary=True)
    assert (refused.returncode, refused.stderr) == (2, "error: cannot read build: Permission denied\n")
    refused = built("compile", "-o", "build", ordinary=True)
    assert (refused.returncode, refused.stderr) == (2, "error: cannot write build: Permission denied\n")


def test_a_build_that_was_protected_against_writing_is_replaced(built: Any) -> None:
    """Read-only folders inside the old build leave nothing lying beside the new one."""
    before = built.files("build")
    (built.folder / POLICY).write_text((built.folder / POLICY).read_text().replace("days(35)", "days(36)"))
    for at in ("shapes", "accounts", "."):
        (built.folder / "build" / at).chmod(0o555)
    assert built("compile", "-o", "build", ordinary=True).returncode == 0
    assert built.files("build") != before
    assert {path.name for path in built.folder.iterdir()} == {"build", "policies"}
