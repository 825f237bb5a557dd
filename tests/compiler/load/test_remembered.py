"""What policy files came to the last time: never in the way, never an answer that a run would not give."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from backstay import keep
from backstay.dsl import Node
from backstay.load.loaded import Loaded
from backstay.load.loader import load

SHARED = """from backstay import Vault

wide = "ä"; primary = Vault("primary", key="alias/backup")
"""
USER = """from backstay import Plan, Policy, Rule, Select, daily, days, ou, tag
from .shared import primary

plan = Plan(
    "{name}",
    rules=[Rule("daily", at=daily("03:00", tz="UTC"), into=primary, keep=days(35))],
    select=[Select("all", where=(tag("tier") == "{name}") & ~tag("ä").like("x*"))],
)
{name} = Policy("{name}", attach=ou("Prod"), plans=[plan], vaults=[primary])
"""
ALONE = """from backstay import Plan, Policy, Require, Rule, Select, Vault, days, daily, root, tag

vault = Vault("{name}")
plan = Plan("p", rules=[Rule("r", at=daily("01:00"), into=vault, keep=days(7))], select=[Select("s", tag("a") == "b")])
many = [Policy("{name}", root(), plans=[plan], vaults=[vault])]
need = Require("{name}", every=tag("a") == "b", under=root(), keep=days(7))
"""
FILES = {
    "a.py": ALONE.format(name="a"),
    "b.py": USER.format(name="b"),
    "c/d.py": ALONE.format(name="d"),
    "e.py": USER.format(name="e"),
    "shared.py": SHARED,
}

Write = Callable[[dict[str, str]], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes policy files into the working directory; the cache folder is an empty one."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(keep.OFF, raising=False)

    def writer(files: dict[str, str]) -> None:
        for name, text in files.items():
            path = Path("policies", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return writer


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], Path]:
    """The one file in the cache folder."""

    def only() -> Path:
        (found,) = (tmp_path / "cache" / "backstay" / "loaded").iterdir()
        return found

    return only


def now(*paths: str, **options: Any) -> Loaded:
    """Load paths, or the folder of policies."""
    return load([Path(path) for path in paths or ("policies",)], **options)


def without_cache(*paths: str) -> Loaded:
    """Load with every file running."""
    os.environ[keep.OFF] = "1"
    try:
        return now(*paths)
    finally:
        del os.environ[keep.OFF]


def nodes(value: object) -> Iterator[Node]:
    """Every node in a value."""
    if isinstance(value, Node):
        yield value
        for field in fields(value):
            yield from nodes(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from nodes(item)


def seen(loaded: Loaded) -> tuple[Any, ...]:
    """All that a run says: what was made, in order, each part at its place, what is shared, and what was wrong."""
    roots = (*loaded.policies, *loaded.requirements)
    found = list(nodes(roots))
    first = {id(node): number for number, node in reversed(list(enumerate(found)))}
    shared = [first[id(node)] for node in found]
    places = [(node.span, *loaded.sources.where(node)) for node in found]
    return roots, shared, places, loaded.files, loaded.findings, loaded.layers, loaded.root


def test_remembered_is_what_a_run_says(write: Write) -> None:
    """Nothing runs the second time, and policies, requirements, their order, their places and layers are the same."""
    write(FILES)
    cold, warm = now(), now()
    assert (cold.remembered, warm.remembered) == (0, 5)
    assert seen(cold) == seen(warm) == seen(without_cache())
    assert [policy.name for policy in warm.policies] == ["a", "b", "e", "d"]
    assert [need.name for need in warm.requirements] == ["a", "d"]


@pytest.mark.parametrize(
    ("name", "others"),
    [("a.py", 4), ("c/d.py", 4), ("b.py", 2), ("shared.py", 2)],
    ids=["first", "below", "importer", "imported"],
)
def test_a_changed_file_runs_with_what_hangs_together(write: Write, name: str, others: int) -> None:
    """One file is changed: it runs, with those that import it or are imported; the answer is that of a full run."""
    write(FILES)
    now()
    write({name: "# new\n" + FILES[name].replace('key="alias/backup"', 'key="alias/new"').replace("7", "8")})
    changed = now()
    assert changed.remembered == others
    assert seen(changed) == seen(without_cache())
    assert now().remembered == 5


def test_files_come_and_go(write: Write) -> None:
    """A file is added, renamed, removed: order and places are those of a full run."""
    write(FILES)
    now()
    write({"aa.py": ALONE.format(name="aa")})
    assert now().remembered == 5
    assert seen(now()) == seen(without_cache())
    Path("policies/a.py").rename("policies/z.py")
    assert now().remembered == 5
    assert now().remembered == 6
    assert seen(now()) == seen(without_cache())
    Path("policies/c/d.py").unlink()
    assert seen(now()) == seen(without_cache())


def test_an_import_that_means_another_file_now(write: Write) -> None:
    """`shared/__init__.py` gives way to a new `shared.py`: whoever imports it runs again, though it is as it was."""
    package = {"shared/__init__.py": SHARED, "b.py": FILES["b.py"], "a.py": FILES["a.py"]}
    write(package)
    now()
    write({"shared.py": SHARED.replace('"primary"', '"other"')})
    changed = now()
    assert seen(changed) == seen(without_cache())
    assert {vault.name for policy in changed.policies for vault in policy.vaults} == {"a", "other"}


def test_a_new_ring_of_imports_is_found(write: Write) -> None:
    """A changed file that imports one that imports it: the complaint is the same as without the memory."""
    write(FILES)
    now()
    write({"shared.py": "from .b import plan\n" + SHARED})
    loaded = now()
    assert [finding.name for finding in loaded.findings] == ["import-cycle"]
    assert seen(loaded) == seen(without_cache())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import os\n", "forbidden-import"),
        ("x = 1 / 0\n", "program-error"),
        ("def f(:\n", "syntax-error"),
        (ALONE.format(name="w") + 'many = [many[0]]\nPolicy("lost", root(), plans=[])\n', "policy-not-kept"),
    ],
)
def test_a_finding_comes_every_time(write: Write, text: str, name: str) -> None:
    """A file with something wrong in it runs each time, and says it each time; the others are still remembered."""
    write(FILES)
    now()
    write({"bad.py": text})
    for _ in range(3):
        loaded = now()
        assert name in {finding.name for finding in loaded.findings}
        assert loaded.remembered == 5
        assert seen(loaded)[:5] == seen(without_cache())[:5]


def test_what_was_not_told_is_not_taken_for_clean(write: Write) -> None:
    """A run with an error tells of no lost policies; when the error is mended, they are told."""
    write({"bad.py": "x = 1 / 0\n", "lost.py": ALONE.format(name="a") + 'Policy("lost", root(), plans=[])\n'})
    assert {finding.name for finding in now().findings} == {"program-error"}
    write({"bad.py": "x = 1\n"})
    assert {finding.name for finding in now().findings} == {"policy-not-kept"}


def test_another_selection_of_files_keeps_the_rest(write: Write) -> None:
    """One file alone, then the folder: what the first run did not touch is not forgotten."""
    write(FILES)
    now()
    write({"a.py": FILES["a.py"] + "\n"})
    assert now("policies/a.py").remembered == 0
    assert now().remembered == 5


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda data: data[: len(data) // 2],
    "no JSON": lambda data: data.replace(b":", b";", 1),
    "another version": lambda data: data.replace(b'"version":"', b'"version":"0'),
    "another value": lambda data: data.replace(b'["Plan",', b'["Nothing",'),
    "a place too few": lambda data: data.replace(b'"nodes":[', b'"nodes":[[],'),
    "a wrong kind": lambda data: data.replace(b'"keep":', b'"keeps":'),
    "nested": lambda _: b"[" * 100_000,
    "a list": lambda _: b"[]",
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_memory_is_none(write: Write, kept: Callable[[], Path], how: str) -> None:
    """Whatever stands in the file: the answer is that of a full run, and the next run remembers again."""
    write(FILES)
    now()
    spoilt = SPOILT[how](kept().read_bytes())
    assert spoilt != kept().read_bytes()
    kept().write_bytes(spoilt)
    loaded = now()
    assert loaded.remembered == 0
    assert seen(loaded) == seen(without_cache())
    assert now().remembered == 5


def test_a_memory_that_others_could_have_written_is_none(write: Write, kept: Callable[[], Path]) -> None:
    """A file or a folder that others may read or write, and a link, are not used."""
    write(FILES)
    now()
    file = kept()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    file.chmod(0o606)
    assert now().remembered == 0
    file.parent.chmod(0o777)
    assert now().remembered == 0
    file.parent.chmod(0o700)
    assert now().remembered == 5
    moved = file.rename(file.parent.parent / "elsewhere")
    file.symlink_to(moved)
    assert now().remembered == 0


def test_a_memory_of_another_user_is_none(write: Write, kept: Callable[[], Path]) -> None:
    """A file that another user owns is not used, however private it is. Only root can give a file away."""
    write(FILES)
    now()
    if os.geteuid() == 0:
        os.chown(kept(), 65534, 65534)
        assert now().remembered == 0
    else:
        with pytest.raises(PermissionError):
            os.chown(kept(), 65534, 65534)


def test_no_cache_folder_is_no_problem(write: Write, tmp_path: Path) -> None:
    """Where no cache folder can be made, everything runs and nothing is said."""
    write(FILES)
    (tmp_path / "cache").write_text("a file")
    assert [now().remembered, now().remembered] == [0, 0]
    assert not now().findings


def test_off_means_off(write: Write, tmp_path: Path) -> None:
    """With BACKSTAY_NO_CACHE nothing is read and nothing is written."""
    write(FILES)
    without_cache()
    assert not (tmp_path / "cache").exists()
    now()
    assert without_cache().remembered == 0


def test_whoever_demands_a_sandbox_gets_a_run(write: Write) -> None:
    """With a sandbox demanded, nothing comes out of the memory; the files run inside one, or a finding says no."""
    write(FILES)
    now()
    loaded = now(require_sandbox=True)
    assert loaded.remembered == 0
    walls = {"bubblewrap", "seccomp"} & set(loaded.layers)
    names = [finding.name for finding in loaded.findings]
    assert (walls and not names) or names == ["sandbox-missing"]


def test_two_at_once(write: Write) -> None:
    """Several processes that load the same folder at once all say the same, and leave a memory that can be read."""
    write(FILES)
    words = [sys.executable, "-c", "from pathlib import Path; from backstay.load import load; "]
    words[-1] += "print([policy.name for policy in load([Path('policies')]).policies])"
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate()[0] for process in running}
    assert said == {f"{[policy.name for policy in without_cache().policies]}\n"}
    assert now().remembered == 5
