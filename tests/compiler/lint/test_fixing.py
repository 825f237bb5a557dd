"""`--fix`: a diff first, then somebody's word, then the files; and what did not help is taken back."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from backstay import pipeline
from backstay.cli import fixing
from backstay.lint.fix import Edit, Fix

HEAD = "from backstay import Plan, Policy, Rule, Select, Vault, cron, daily, days, ou, tag\n\n"
TEXT = HEAD + (
    'vault = Vault("main", key="alias/backup")\n'
    'policy = Policy("p", attach=ou("Workloads"), vaults=[vault], plans=[Plan("gold",\n'
    '    rules=[Rule("weekly", at=cron("0 3 ? * 6 *"), into=vault, keep=days(365))],\n'
    '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
)
FIXED = TEXT.replace("6 *", "FRI *").replace("days(365)", "years(1)").replace("ou, tag", "ou, tag, years")
DIFF = [
    "--- policies/acme.py",
    "+++ policies/acme.py",
    "-from backstay import Plan, Policy, Rule, Select, Vault, cron, daily, days, ou, tag",
    "+from backstay import Plan, Policy, Rule, Select, Vault, cron, daily, days, ou, tag, years",
    '-    rules=[Rule("weekly", at=cron("0 3 ? * 6 *"), into=vault, keep=days(365))],',
    '+    rules=[Rule("weekly", at=cron("0 3 ? * FRI *"), into=vault, keep=years(1))],',
]
Folder = Callable[..., Path]


class Seen:
    """What the command saw."""

    def __init__(self, checked: pipeline.Checked) -> None:
        self.findings, self.fixes, self.sources = checked.findings, checked.fixes, checked.loaded.sources


def fix(
    *paths: str,
    yes: bool = False,
    apart: bool = False,
    answer: str | None = None,
    change: Callable[[pipeline.Checked], pipeline.Checked] = lambda checked: checked,
) -> Result:
    """Fix the policies as `backstay lint --fix` does; the names that remain come last on standard output."""
    given: Sequence[Path] = [Path(path) for path in paths or ("policies",)]
    check = partial(pipeline.check, given, None, now=datetime.date(2026, 11, 22))

    @click.command()
    def command() -> None:
        seen = fixing.fixing(lambda: Seen(change(check())), given, yes=yes, apart=apart)
        click.echo(" ".join(sorted({finding.name for finding in seen.findings})))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixing, "_at_terminal", lambda: answer is not None)
        return CliRunner().invoke(command, input=answer, catch_exceptions=False)


def test_without_a_terminal_nothing_is_written(folder: Folder) -> None:
    """The diff goes to standard output, the file stays, and the way to write it is told."""
    path = folder(acme=TEXT) / "acme.py"
    result = fix()
    assert [line for line in result.stdout.splitlines() if line[:1] in ("+", "-")] == DIFF
    assert "numeric-weekday" in result.stdout.splitlines()[-1]
    assert "`backstay lint --fix --yes` writes this" in result.stderr
    assert "policies/acme.py:5:30: write `FRI` for `6` (numeric-weekday)" in result.stderr
    assert path.read_text("utf-8") == TEXT


def test_yes_writes_and_looks_again(folder: Folder) -> None:
    """With `--yes` the file is written, and the second look no longer finds what was fixed."""
    path = folder(acme=TEXT) / "acme.py"
    result = fix(yes=True)
    assert path.read_text("utf-8") == FIXED
    assert not {"numeric-weekday", "years-of-365-days"} & set(result.stdout.splitlines()[-1].split())
    assert "fixed 2 findings in 1 file" in result.stderr
    again = fix(yes=True)
    assert "nothing here can be fixed by itself" in again.stderr
    assert path.read_text("utf-8") == FIXED


@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("n\n", False), ("", False)])
def test_at_a_terminal_somebody_is_asked(folder: Folder, answer: str, written: bool) -> None:
    """Only a yes writes."""
    path = folder(acme=TEXT) / "acme.py"
    result = fix(answer=answer)
    assert "Write this file?" in result.stderr
    assert (path.read_text("utf-8") == FIXED) is written


def test_machines_get_the_diff_apart(folder: Folder) -> None:
    """Where the result is for a machine, standard output holds the result alone."""
    folder(acme=TEXT)
    result = fix(apart=True)
    assert len(result.stdout.splitlines()) == 1
    assert "--- policies/acme.py" in result.stderr


def test_line_ends_and_byte_order_mark_stay(folder: Folder) -> None:
    """What is not fixed stays byte for byte."""
    path = folder() / "acme.py"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()[:-2])
    fix(yes=True)
    assert path.read_bytes() == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()[:-2]


def test_the_diff_tells_a_missing_line_end(folder: Folder) -> None:
    """A file that does not end with a line end gets the remark that `patch` needs."""
    folder(acme=f"{TEXT}last = cron('0 3 ? * 6 *')"[:-1] + ")").joinpath("acme.py")
    assert "No newline at end of file" not in fix().stdout.splitlines()[-1]
    folder_text = TEXT.rstrip("\n")
    Path("policies/acme.py").write_text(folder_text, "utf-8")
    assert "\\ No newline at end of file" in fix().stdout


def test_files_outside_the_paths_stay(folder: Folder, tmp_path: Path) -> None:
    """A file that is only imported is not written; nor is one that a link inside leads to."""
    shared = 'from backstay import Rule, Vault, cron, days\n\nvault = Vault("main", key="alias/backup")\n'
    shared += 'weekly = Rule("weekly", at=cron("0 3 ? * 6 *"), into=vault, keep=days(35))\n'
    text = "from backstay import Plan, Policy, Select, ou, tag\nfrom shared import vault, weekly\n\n"
    text += 'policy = Policy("p", attach=ou("Workloads"), vaults=[vault], plans=[Plan("gold", rules=[weekly],\n'
    text += '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
    policies = folder(acme=text, shared=shared)
    result = fix("policies/acme.py", yes=True)
    assert "numeric-weekday" in result.stdout
    assert (policies / "shared.py").read_text("utf-8") == shared
    fix(yes=True)
    assert '"0 3 ? * FRI *"' in (policies / "shared.py").read_text("utf-8")


def spoil(text: str) -> Callable[[pipeline.Checked], pipeline.Checked]:
    """Make the fix of the weekday write something else."""

    def change(checked: pipeline.Checked) -> pipeline.Checked:
        fixes = {
            key: Fix(fix.does, (Edit(fix.edits[0].span, text),))
            for key, fix in checked.fixes.items()
            if "`6`" in fix.does
        }
        return replace(checked, fixes=fixes)

    return change


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"', "the fixes bring `syntax-error`"),
        ("5", "`numeric-weekday` stays all the same"),
        ("FUN", "the fixes bring `refused-cron`"),
    ],
)
def test_what_does_not_help_is_taken_back(folder: Folder, text: str, why: str) -> None:
    """A file that no longer loads, keeps its finding, or has a new one is as it was, and the reason is told."""
    path = folder(acme=TEXT) / "acme.py"
    result = fix(yes=True, change=spoil(text))
    assert f"policies/acme.py is as it was: {why}" in result.stderr
    assert path.read_text("utf-8") == TEXT
    assert "numeric-weekday" in result.stdout.splitlines()[-1]


def test_only_the_spoilt_file_is_taken_back(folder: Folder) -> None:
    """Files whose fixes helped stay written."""
    policies = folder(acme=TEXT, other=TEXT.replace('"p"', '"q"').replace("gold", "silver").replace("main", "side"))

    def change(checked: pipeline.Checked) -> pipeline.Checked:
        spoilt = spoil("5")(checked).fixes
        return replace(
            checked, fixes={k: spoilt.get(k, f) if "acme" in str(k[1]) else f for k, f in checked.fixes.items()}
        )

    result = fix(yes=True, change=change)
    assert (policies / "acme.py").read_text("utf-8") == TEXT
    assert '"0 3 ? * FRI *"' in (policies / "other.py").read_text("utf-8")
    assert "fixed 2 findings in 1 file" in result.stderr


def test_a_crash_leaves_the_files_as_they_were(folder: Folder) -> None:
    """Whoever interrupts the second look finds the files as before."""
    path = folder(acme=TEXT) / "acme.py"
    looks = iter([False, True])

    def change(checked: pipeline.Checked) -> pipeline.Checked:
        if next(looks):
            raise KeyboardInterrupt
        return checked

    fix(yes=True, change=change)
    assert path.read_text("utf-8") == TEXT
