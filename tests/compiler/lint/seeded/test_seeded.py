"""Seeded mistakes: each is a clean file with one small change, and found by its rule at its line.

The tables in `tables/` say what is changed.
"""

from __future__ import annotations

import datetime
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from backstay import org, survey
from backstay.lint.registry import chosen
from backstay.lint.run import run
from backstay.load import load
from backstay.resolve import resolve
from backstay_contract.findings import Finding

HERE = Path(__file__).parent
NOW = datetime.date(2026, 11, 22)
FORMS = ("policies", "cloudformation", "terraform", "organizations", "plan")


@dataclass(frozen=True)
class Mistake:
    """A row of a table. `twin`: the clean file, below the form's folder; what stands in `edits` is replaced in it.

    `at`: a text of the line on which the rule must stand, in the twin or in `file`. `beside`: rules that rightly speak
    too.
    """

    form: str
    twin: str
    rule: str
    edits: Sequence[Sequence[str]]
    at: str = ""
    file: str = ""
    beside: Sequence[str] = field(default=())

    def __str__(self) -> str:
        return f"{self.form}/{self.twin}-{self.rule}"

    @property
    def text(self) -> str:
        """The twin with the mistake in it."""
        text = (HERE / self.form / self.twin).read_text("utf-8")
        for old, new in self.edits:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {self.twin}"
            text = text.replace(old, new)
        return text

    @property
    def line(self) -> int:
        """The line on which the rule must stand."""
        text = (HERE / self.form / self.file).read_text("utf-8") if self.file else self.text
        assert text.count(self.at) == 1, f"{self.at!r} stands {text.count(self.at)} times"
        return text[: text.index(self.at)].count("\n") + 1

    @property
    def expected(self) -> str:
        """The name of the file in which the rule must stand."""
        return Path(self.file or self.twin).name


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((HERE / "tables" / f"{name}.yaml").read_text("utf-8"))
    return rows


def _mistake(form: str, row: Mapping[str, Any]) -> Mistake:
    imported = [["from backstay import ", f"from backstay import {row['import']}, "]] if "import" in row else []
    at = row.get("at") or row["to"].split("\n")[0]
    edits = [[row["from"], row["to"]], *imported]
    beside = row.get("with", ())
    return Mistake(form, row["twin"], row["rule"], edits, at, row.get("file", ""), beside)


def _undecided(row: Mapping[str, Any]) -> Mistake:
    form, _, twin = row["twin"].partition("/")
    return Mistake(form, twin, row["rule"], row["edits"])


MISTAKES = [_mistake(form, row) for form in FORMS for row in _rows(form)]
UNDECIDED = [_undecided(row) for row in _rows("undecidable")]
TWINS = sorted({Mistake(one.form, one.twin, "", ()) for one in MISTAKES}, key=str)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Mistake, Sequence[Finding]]:
    """What lint says of every mistake, and of every twin."""
    every = [*TWINS, *UNDECIDED, *MISTAKES]
    folder = tmp_path_factory.mktemp("seeded")
    policies = [one for one in every if one.form == "policies"]
    others = [one for one in every if one.form != "policies"]
    told = {id(one): survey.survey([_written(one, folder / str(n))], now=NOW).findings for n, one in enumerate(others)}
    told |= dict(zip(map(id, policies), _linted(policies, folder), strict=True))
    return _Found(told)


class _Found(dict[int, Sequence[Finding]]):
    """Findings by mistake; two rows may be alike in all that makes them equal."""

    def __getitem__(self, mistake: Any) -> Sequence[Finding]:
        return super().__getitem__(id(mistake))


def _written(one: Mistake, folder: Path) -> Path:
    """The twin with the mistake as a file, or its whole folder with that file; the path to lint."""
    source = HERE / one.form / one.twin
    if "/" in one.twin:
        shutil.copytree(source.parent, folder)
        (folder / source.name).write_text(one.text, "utf-8")
        return folder
    folder.mkdir()
    path = folder / source.name
    path.write_text(one.text, "utf-8")
    return path


def _linted(policies: Sequence[Mistake], folder: Path) -> list[Sequence[Finding]]:
    """Policies are loaded together, since each load is a process, and judged one by one, as `pipeline.check` does."""
    paths = [folder / f"policy_{number}.py" for number in range(len(policies))]
    for path, one in zip(paths, policies, strict=True):
        path.write_text(one.text, "utf-8")
    loaded = load(paths)
    organization = org.read(HERE / "policies" / "org.yaml").organization
    assert organization is not None
    told: list[Sequence[Finding]] = []
    for path, one in zip(paths, policies, strict=True):
        alone = replace(
            loaded,
            policies=tuple(it for it in loaded.policies if it.span and Path(it.span.path).name == path.name),
            sources=type(loaded.sources)(it for it in loaded.sources.values() if Path(it.path).name == path.name),
            findings=tuple(it for it in loaded.findings if it.span and Path(it.span.path).name == path.name),
        )
        resolved = resolve(alone, organization)
        findings = [*alone.findings, *resolved.findings]
        if resolved.model is not None:
            findings += run(resolved.model, alone, now=NOW).findings
        named = [replace(it, span=replace(it.span, path=one.twin) if it.span else None) for it in findings]
        told.append(named)
    return told


def _grave(findings: Sequence[Finding]) -> set[str]:
    return {one.name for one in findings if one.severity != "advice"}


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_mistake(mistake: Mistake, found: Mapping[Mistake, Sequence[Finding]]) -> None:
    """A mistake is found by its rule, at its line, with the rule's code, and nothing false is said beside it."""
    findings = found[mistake]
    places = {
        (Path(one.span.path).name, one.span.line)
        for one in findings
        if one.name == mistake.rule and one.span is not None
    }
    assert (mistake.expected, mistake.line) in places, [str(one) for one in findings]
    assert {one.code for one in findings if one.name == mistake.rule} == {chosen([mistake.rule], [])[0].CODE}
    assert _grave(findings) - {mistake.rule} == set(mistake.beside)


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_clean_twin(twin: Mistake, found: Mapping[Mistake, Sequence[Finding]]) -> None:
    """A file without a mistake gets no error and no warning."""
    assert not _grave(found[twin])


@pytest.mark.parametrize("mistake", UNDECIDED, ids=str)
def test_undecidable(mistake: Mistake, found: Mapping[Mistake, Sequence[Finding]]) -> None:
    """What hangs by a value that the file does not give is not spoken of."""
    assert not _grave(found[mistake])
    assert mistake.rule not in {one.name for one in found[mistake]}


def test_spread() -> None:
    """There are mistakes enough, in every form, over all families."""
    forms = Counter(one.form for one in MISTAKES)
    families = Counter(chosen([one.rule], [])[0].CODE[:3] for one in MISTAKES)
    assert len(MISTAKES) >= 80
    assert min(forms[form] for form in FORMS) >= 12
    assert all(families[family] >= 5 for family in ("SCH", "LIF", "PIT", "SEL", "VLT", "GAP", "CPY", "AUD"))
    assert len(UNDECIDED) >= 12
