"""Which files are policies, what their imports mean, and what is said of files that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backstay.load.loaded import Loaded, unreadable
from backstay.load.loader import load

Loader = Callable[..., Loaded]

POLICY = 'from backstay import Policy, root\n{0} = Policy("{0}", attach=root())\n'


def _names(loaded: Loaded) -> list[str]:
    return [policy.name for policy in loaded.policies]


def _told(loaded: Loaded) -> list[tuple[str, str]]:
    return [(finding.name, str(finding.span)) for finding in loaded.findings]


def test_a_folder_is_read_recursively_and_in_order(load_files: Loader, folder: Path) -> None:
    """Files in the order of their paths; hidden folders, caches and other files are passed over."""
    names = ["b.py", "a.py", "teams/z.py", "teams/deep/c.py"]
    files = {name: POLICY.format(Path(name).stem) for name in names}
    extra = {".git/x.py": "import os", "__pycache__/y.py": "import os", "org.yaml": "", "README.md": "import os"}
    loaded = load_files({**files, **extra})
    assert loaded.findings == ()
    assert _names(loaded) == ["a", "b", "z", "c"]
    assert loaded.files == ("a.py", "b.py", "teams/z.py", "teams/deep/c.py")
    assert loaded.root == Path()
    assert set(loaded.sources) == set(loaded.files)


def test_tests_of_policies_are_no_policies(load_files: Loader) -> None:
    """Place and name both say so: `tests/test_….py` and `tests/conftest.py`, and nothing else, is left alone."""
    left_alone = dict.fromkeys(["tests/test_a.py", "tests/conftest.py", "teams/tests/test_b.py"], "import os")
    policies = ["test_accounts.py", "tests/other.py", "tests/deep/test_c.py"]
    loaded = load_files({**left_alone, **{name: POLICY.format(Path(name).stem) for name in policies}})
    assert loaded.findings == ()
    assert sorted(_names(loaded)) == ["other", "test_accounts", "test_c"]


def test_a_folder_below_with_its_own_organization_is_another_world(load_files: Loader) -> None:
    """Not into a folder below that has an organization file of its own."""
    loaded = load_files({"a.py": POLICY.format("a"), "other/org.json": "{}", "other/b.py": POLICY.format("b")})
    assert _names(loaded) == ["a"]


def test_a_policy_counts_once_imported_or_not(load_files: Loader) -> None:
    """Policies are told apart by identity: an imported one, or one with two names, counts once."""
    files = {"a.py": "from .b import b\nagain = b\n", "b.py": POLICY.format("b") + "two = [b]\n"}
    assert _names(load_files(files)) == ["b"]
    loaded = load_files(files, "a.py")
    assert _names(loaded) == ["b"]
    assert loaded.files == ("a.py", "b.py")


def test_equal_policies_in_two_places_are_two(load_files: Loader) -> None:
    """Whether equal declarations are one thing is the resolver's ruling; the loader loses none."""
    loaded = load_files({"a.py": POLICY.format("x"), "b.py": POLICY.format("x")})
    assert [policy.span.path for policy in loaded.policies if policy.span] == ["a.py", "b.py"]


def test_policies_in_a_list_count(load_files: Loader) -> None:
    """A list or dictionary that has a name at the top level holds policies too."""
    text = 'from backstay import Policy, ou\nall_of_them = {"x": [Policy(n, attach=ou(n)) for n in ["a", "b"]]}\n'
    assert _names(load_files({"a.py": text})) == ["a", "b"]


def test_a_policy_that_is_lost_is_told(load_files: Loader) -> None:
    """A loop that overwrites its policy would otherwise lose protection silently. A warning: all else is read."""
    text = 'from backstay import Policy, ou\nfor n in ["a", "b"]:\n    p = Policy(n, attach=ou(n))\n'
    loaded = load_files({"a.py": text})
    assert _told(loaded) == [("policy-not-kept", "a.py:3:9")]
    assert [unreadable(finding) for finding in loaded.findings] == [False]
    assert _names(loaded) == ["b"]


@pytest.mark.parametrize(
    "line",
    [
        "from .vaults import v",
        "from vaults import v",
        "from .vaults import v as w",
        "from .sub import v",
        "from .sub.deep import v",
    ],
)
def test_siblings_are_imported(load_files: Loader, line: str) -> None:
    """Relative or plain, as a file or as a package beside."""
    vault = 'from backstay import Vault\nv = Vault("v")\n'
    files = {"vaults.py": vault, "sub/__init__.py": vault, "sub/deep.py": vault}
    loaded = load_files({"a.py": f"{line}\n" + POLICY.format("a"), **files}, "a.py")
    assert loaded.findings == ()
    assert _names(loaded) == ["a"]


def test_a_file_above_is_imported_if_the_organization_is_there(load_files: Loader) -> None:
    """Imports reach up to the folder of the organization file, and no further."""
    files = {"org.yaml": "", "shared.py": POLICY.format("s"), "team/a.py": "from ..shared import s\n"}
    assert _names(load_files(files, "team")) == ["s"]
    Path("org.yaml").unlink()
    assert _told(load_files({}, "team")) == [("unreadable-file", "shared.py:1:1")]


def test_unknown_imports_name_the_nearest(load_files: Loader) -> None:
    """A mistyped file or name is told at its place with what was probably meant."""
    loaded = load_files(
        {"a.py": "from .vault import v\n", "vaults.py": "v = 1\n", "b.py": "from .vaults import w, vv\n"}
    )
    assert _told(loaded) == [("unknown-import", "a.py:1:1"), ("unknown-import", "b.py:1:21")]
    assert [finding.help for finding in loaded.findings] == ["did you mean `vaults`?", None]


def test_names_of_pythons_own_do_not_come_with_an_import(load_files: Loader) -> None:
    """What a sibling hands out is what it defines, not its `__builtins__`."""
    loaded = load_files({"a.py": "from .b import __builtins__\n", "b.py": "v = 1\n"})
    assert _told(loaded)[0] == ("forbidden-syntax", "a.py:1:16")


def test_a_ring_of_imports_is_told_once_with_all_its_places(load_files: Loader) -> None:
    """A cycle names its files in order and points at each import; other files are read all the same."""
    files = {
        "a.py": "from .b import x\n",
        "b.py": "y = 1\nfrom .c import x\n",
        "c.py": "from .a import x\n",
        "d.py": POLICY.format("d"),
        "e.py": "from .e import e\n",
    }
    loaded = load_files(files)
    assert _told(loaded) == [("import-cycle", "a.py:1:1"), ("import-cycle", "e.py:1:1")]
    ring = loaded.findings[0]
    assert ring.message == "these files import one another: a.py → b.py → c.py → a.py"
    assert [str(label.span) for label in ring.others] == ["b.py:2:1", "c.py:1:1"]
    assert _names(loaded) == ["d"]


def test_one_broken_file_does_not_hide_the_others(load_files: Loader) -> None:
    """Complaints are collected over all files; files that import a broken one are not blamed for it."""
    files = {"a.py": "x = (", "b.py": "from .a import x\n", "c.py": "y = 1 / 0\n", "d.py": POLICY.format("d")}
    loaded = load_files(files)
    assert _told(loaded) == [("syntax-error", "a.py:1:5"), ("program-error", "c.py:1:5")]
    assert _names(loaded) == ["d"]


def test_files_that_cannot_be_read_are_findings(load_files: Loader, folder: Path) -> None:
    """Not UTF-8, a link that leads nowhere, a pipe, a folder named like a file: said, never raised or waited for."""
    os.mkfifo(folder / "pipe.py")
    (folder / "gone.py").symlink_to("nowhere.py")
    loaded = load_files({"latin.py": "x = 1\ny = 'ä'\n".encode("latin-1"), "folder.py/a.py": POLICY.format("a")})
    assert _told(loaded) == [
        ("unreadable-file", "gone.py:1:1"),
        ("unreadable-file", "latin.py:2:1"),
        ("unreadable-file", "pipe.py:1:1"),
    ]
    assert all(map(unreadable, loaded.findings))
    assert _names(loaded) == ["a"]


def test_links_do_not_lead_out(load_files: Loader, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A link to a file elsewhere is not read: its lines would stand in complaints for all to see."""
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.py"
    secret.write_text("token = 'abc' 'def' (")
    (folder / "a.py").symlink_to(secret)
    loaded = load_files({})
    assert [finding.message for finding in loaded.findings] == ["the file lies outside the folder of the policies"]
    assert loaded.files == ()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("nothing", "unreadable-file"),
        ("notes.txt", "unreadable-file"),
        ("empty", "no-policies"),
        ("only.py", "no-policies"),
    ],
)
def test_paths_without_policies_are_told(load_files: Loader, folder: Path, path: str, name: str) -> None:
    """A missing path, a file of another kind, an empty folder, a file without policies."""
    (folder / "empty").mkdir()
    loaded = load_files({"notes.txt": "", "only.py": "x = 1\n"}, path)
    assert [finding.name for finding in loaded.findings] == [name]


def test_a_mark_at_the_beginning_and_odd_line_ends_are_fine(load_files: Loader) -> None:
    """Files from Windows: a byte order mark, carriage returns; places are right all the same."""
    text = "\ufefffrom backstay import Policy, root\r\np = Policy('p', attach=root())\r\nx = y\r\n"
    assert _told(load_files({"a.py": text})) == [("program-error", "a.py:3:5")]


def test_several_paths_load_together(load_files: Loader, folder: Path) -> None:
    """A file given twice, by itself and by its folder, is one file."""
    load_files({"one/a.py": POLICY.format("a"), "two/b.py": POLICY.format("b")})
    loaded = load([Path("one"), Path("two"), Path("one/a.py")])
    assert _names(loaded) == ["a", "b"]
    assert loaded.root.resolve() == folder


def test_the_same_files_give_the_same_policies(load_files: Loader) -> None:
    """Same input, same result: nothing of a run stays behind in the next."""
    files = {"a.py": "from .b import b\n" + POLICY.format("a"), "b.py": POLICY.format("b")}
    one, two = load_files(files), load_files(files)
    assert one.policies == two.policies
    assert [policy.span for policy in one.policies] == [policy.span for policy in two.policies]
