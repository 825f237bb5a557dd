"""The language server's parts by themselves: whose policies a file is of, the copy that is read, what is inserted."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from backstay.editor.allow import allow
from backstay.editor.desk import Desk
from backstay.editor.scope import Scope, is_policy, scope_of
from backstay.editor.shadow import Shadow
from backstay.editor.study import study
from backstay.editor.words import meaning, word_at
from backstay.lint.fix import applied
from backstay.source import SourceFile
from backstay_contract.findings import Finding, Span

POLICY = "from backstay import Policy\n"


@pytest.mark.parametrize(
    ("files", "document", "policies", "root"),
    [
        (("org.yaml", "policies/a.py"), "policies/a.py", "policies", "."),
        (("org.yaml", "policies/a.py", "setup.py"), "policies/team/b.py", "policies", "."),
        (("bank/org.json", "bank/a.py"), "bank/a.py", "bank", "bank"),
        (("bank/org.json", "bank/a.py"), "bank/shared/b.py", "bank", "bank"),
        (("policies/a.py",), "policies/team/b.py", "policies", "policies"),
        (("a.py",), "deep/b.py", "deep/b.py", "deep"),
        (("org.yaml", "policies/a.py"), "org.yaml", "policies", "."),
        (("org.yaml", "tool/a.txt"), "org.yaml", None, None),
        (("org.yaml", "policies/a.py"), "README.md", None, None),
    ],
)
def test_scopes(tmp_path: Path, files: tuple[str, ...], document: str, policies: str | None, root: str | None) -> None:
    """A file belongs to the policies that `backstay lint` would be given for it."""
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n" if name == "setup.py" else POLICY, "utf-8")
    wanted = None if policies is None or root is None else Scope(tmp_path / policies, (tmp_path / root))
    assert scope_of(tmp_path / document, [tmp_path]) == wanted


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (POLICY, True),
        ("from backstay import (\n    Policy,\n    days,\n)\n", True),
        ("import os\nfrom backstay import days\nx = (\n", True),
        ("from backstay import pipeline, org\n", False),
        ("import backstay\n", False),
        ("", False),
    ],
)
def test_policies_by_their_import(text: str, is_one: bool) -> None:
    """A policy is known by the words that it imports, also while it cannot be parsed."""
    assert is_policy(text) is is_one


def test_tests_of_policies_are_left_alone(tmp_path: Path) -> None:
    """A test imports words of the language, and is no policy by its place and name; a policy beside it is one."""
    (tmp_path / "org.yaml").write_text("id: x\n")
    desk = Desk(tmp_path / "above", [tmp_path])
    for name, is_one in (("tests/test_a.py", False), ("tests/a.py", True), ("test_a.py", True)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(POLICY)
        assert (desk.put(path.as_uri(), path, POLICY, 1) is not None) is is_one


def shadow(tmp_path: Path, **files: str) -> Shadow:
    """A shadow of policies with an organization file beside them."""
    house = tmp_path / "house"
    for name, text in {"org.yaml": "id: x\n", **files}.items():
        place = house / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    (tmp_path / "above").mkdir()
    return Shadow.of(Scope(house / "policies", house), tmp_path / "above")


def held(one: Shadow) -> dict[str, str]:
    """What a shadow holds."""
    files = sorted(path for path in one.folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(one.folder).as_posix(): path.read_text("utf-8") for path in files}


def test_a_shadow_follows_the_editor(tmp_path: Path) -> None:
    """Unsaved texts stand in for their files, new ones beside them; what is closed or removed goes back or away."""
    one = shadow(tmp_path, **{"policies__a.py": "a", "policies__b.py": "b", "other__c.py": "c"})
    a, new = one.scope.policies / "a.py", one.scope.policies / "new.py"
    one.keep({a: "typed", new: "new"})
    saved = {"org.yaml": "id: x\n", "policies/b.py": "b"}
    assert held(one) == {**saved, "policies/a.py": "typed", "policies/new.py": "new"}
    (one.scope.policies / "b.py").unlink()
    one.keep({})
    assert held(one) == {"org.yaml": "id: x\n", "policies/a.py": "a"}


def test_a_shadow_holds_what_is_imported(tmp_path: Path) -> None:
    """Files that policies import from beside their folder are there, however far, and nothing from outside the root."""
    texts = {
        "policies__a.py": "from ..shared.x import y\nfrom ....outside import z\n",
        "shared__x.py": "from .far import z\n",
        "shared__far.py": "z = 1\n",
    }
    one = shadow(tmp_path, **texts)
    (tmp_path / "outside.py").write_text("z = 1\n", "utf-8")
    one.keep({})
    assert set(held(one)) == {"org.yaml", "policies/a.py", "shared/x.py", "shared/far.py"}


def test_a_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an organization file and a folder `policies`, what lies beside a policy is not looked at."""
    (tmp_path / "tool.py").write_text("import os\n", "utf-8")
    path = tmp_path / "policy.py"
    path.write_text("from backstay import days\nkeep = days(-1)\n", "utf-8")
    scope = scope_of(path, [tmp_path])
    assert scope is not None
    (tmp_path / "above").mkdir()
    monkeypatch.chdir(tmp_path)
    seen = study(Shadow.of(scope, tmp_path / "above"), {}, datetime.date(2026, 11, 22))
    assert list(seen.files) == [path]
    assert [finding.name for finding in seen.findings[path]] == ["policy-error"]


def test_links_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a link outside leads to is not read: it is told as `backstay lint` tells it."""
    one = shadow(tmp_path, **{"policies__a.py": POLICY})
    (tmp_path / "secret.py").write_text("password = 1\n", "utf-8")
    (one.scope.policies / "link.py").symlink_to(tmp_path / "secret.py")
    monkeypatch.chdir(tmp_path)  # so that the test leaves the working directory as it was
    seen = study(one, {}, datetime.date(2026, 11, 22))
    (wrong,) = [found for path, found in seen.findings.items() if path.name == "link.py"]
    assert [finding.name for finding in wrong] == ["unreadable-file"]
    assert "password" not in str(held(one))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("rule = 1\n", "rule = 1  # backstay: allow kept-forever — \n"),
        ("rule = 1  # note\n", "# backstay: allow kept-forever — \nrule = 1  # note\n"),
        (
            "rule = 1  # backstay: allow vault-on-aws-key — old\n",
            "rule = 1  # backstay: allow vault-on-aws-key, kept-forever — old\n",
        ),
        ('rule = """\n"""\n', '# backstay: allow kept-forever — \nrule = """\n"""\n'),
        ("rule = \\\n  1\n", "# backstay: allow kept-forever — \nrule = \\\n  1\n"),
        ("rule = 1  # backstay: what\n", "# backstay: allow kept-forever — \nrule = 1  # backstay: what\n"),
    ],
)
def test_the_comment_that_allows(text: str, after: str | None) -> None:
    """It stands where the linter hears it, and where it can stand at all."""
    finding = Finding("LIF003", "kept-forever", "warning", "kept for ever", Span("p.py", 1, 1, 1, 5))
    edit = allow(SourceFile("p.py", text), finding)
    assert (None if edit is None else applied(text, [edit])) == after


def test_no_comment_inside_a_text() -> None:
    """Where a comment would be part of a text, none is offered; nor for findings that no comment silences."""
    inside = Finding("LIF003", "kept-forever", "warning", "kept for ever", Span("p.py", 2, 1, 2, 5))
    assert allow(SourceFile("p.py", 'x = """\nrule\n"""\n'), inside) is None
    unread = Finding("LOD001", "syntax-error", "error", "wrong", Span("p.py", 1, 1, 1, 5))
    assert allow(SourceFile("p.py", "x = 1\n"), unread) is None


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("x = Plan(a)", 5, "Plan"),
        ("x = Plan(a)", 9, "Plan"),
        ("x = Plan(a)", 2, None),
        ("x = Lock.governance(a)", 6, "Lock"),
        ("x = Lock.governance(a)", 12, "Lock.governance"),
        ("x = P(a)  # Plan", 14, None),
        ("x = P(a)", 5, "Plan"),
    ],
)
def test_words(line: str, column: int, word: str | None) -> None:
    """Words are found at their letters, by whatever name they were imported, and not in comments."""
    file = SourceFile("p.py", f"from backstay import Lock, Plan as P\n{line}\n")
    assert word_at(file, 2, column) == word


def test_every_word_has_a_meaning() -> None:
    """Each word of the language is described."""
    from backstay.dsl import VOCABULARY

    assert not [word for word in VOCABULARY if "\n\n" not in (meaning(word) or "")]
    assert meaning("Lock._place") is None
    assert meaning("os") is None
