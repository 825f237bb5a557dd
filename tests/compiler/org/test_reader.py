"""The organization file: what it may say, and what is said of it, at its place."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backstay.org import OrgFile, beside, read, unreadable

GOOD = """\
id: o-acme0001
management_account: "100000000001"
backup_account: "100000000002"
regions: [eu-central-1, eu-west-1]
root:
  accounts:
    - {id: "100000000001", name: acme-management}
    - {id: 100000000002, name: backup-central}
  units:
    - name: Workloads
      units:
        - name: Prod
          accounts:
            - {id: "100000000010", name: payments-prod, tags: {env: prod, legacy: no}, regions: [eu-central-1]}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _read(text: str | bytes, name: str = "org.yaml") -> OrgFile:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(Path(name))


def _lines(found: OrgFile) -> list[str]:
    """Findings as one reads them in a log."""
    return [
        f"{f.code} {f.severity} {f.span}-{f.span.end_column if f.span else ''} {f.message}"
        + (f" | {f.help}" if f.help else "")
        for f in found.findings
    ]


def test_a_good_file_is_an_organization() -> None:
    """Ids without quotes and tags such as `no` mean what one reads; every value has its place."""
    found = _read(GOOD)
    assert found.findings == ()
    assert found.organization is not None
    places = {account.name: "/".join(units) for units, account in found.organization.places()}
    assert places == {"acme-management": "", "backup-central": "", "payments-prod": "Workloads/Prod"}
    prod = next(account for _, account in found.organization.places() if account.name == "payments-prod")
    assert prod.tags == {"env": "prod", "legacy": "no"}
    path = ("root", "units", 0, "units", 0, "accounts", 0, "tags", "env")
    assert str(found.spans[path]) == "org.yaml:14:69"


def test_json_says_the_same_as_yaml() -> None:
    """The two spellings give one organization."""
    data = yaml.load(GOOD, yaml.BaseLoader)
    as_json = _read(json.dumps(data), "org.json")
    assert as_json.findings == ()
    assert as_json.organization == _read(GOOD).organization


BROKEN: list[tuple[str, str]] = [
    ("list not closed", "id: [a\nb: c\n"),
    ("tab", "root:\n\taccounts: []\n"),
    ("empty", ""),
    ("a list", "- a\n"),
    ("an object of Python", "id: !!python/name:os.system x\n"),
    ("control characters", "id: \x01\n"),
    ("misspelt member", GOOD.replace("backup_account", "backup_acount")),
    ("misspelt member of an account", GOOD.replace("tags:", "tag:")),
    ("no name", GOOD.replace(", name: backup-central", "")),
    ("bad id", GOOD.replace('"100000000010"', '"1000-0000-0010"')),
    ("bad organization", GOOD.replace("o-acme0001", "acme")),
    ("no Regions", GOOD.replace("[eu-central-1, eu-west-1]", "[]")),
    ("account twice", GOOD.replace("100000000010", "100000000002")),
    ("unit twice", GOOD + "    - name: Workloads\n"),
    ("misspelt Region", GOOD.replace("eu-west-1", "eu-wset-1")),
    ("a Region of tomorrow", GOOD.replace("eu-west-1", "eu-west-9")),
    (
        "management account elsewhere",
        GOOD.replace('t: "100000000001"', 't: "100000000009"'),
    ),
    ("name twice", GOOD.replace("backup-central", "acme-management")),
    ("member twice", GOOD + "id: o-other001\n"),
    ("two partitions", GOOD.replace("eu-west-1]", "cn-north-1]")),
    ("a path for a name", GOOD.replace("name: Prod", "name: Prod/EU")),
    ("multi-byte", GOOD.replace("{id: 100000000002, name: backup-central}", "{name: Zürich 日, id: x}")),
]


def _golden() -> dict[str, list[str]]:
    """The sentences for each broken file, as `complaints.txt` beside this test holds them for reviews."""
    parts = (Path(__file__).parent / "complaints.txt").read_text("utf-8").split("## ")[1:]
    return {lines[0]: lines[1:] for part in parts if (lines := part.strip().split("\n"))}


@pytest.mark.parametrize(("name", "text"), BROKEN, ids=[row[0] for row in BROKEN])
def test_what_is_wrong_is_said_at_its_place(name: str, text: str) -> None:
    """The exact sentences with their places; only warnings leave an organization to work with."""
    found = _read(text)
    assert _lines(found) == _golden()[name]
    assert (found.organization is None) == any(map(unreadable, found.findings))


def test_json_complaints_have_places_too() -> None:
    """A small JSON file's places are found when there is something to say."""
    found = _read('{"id": "o-acme0001",\n "regions": [,]}', "org.json")
    assert _lines(found) == [
        "ORG101 error org.json:2:14-15 this is no JSON: unexpected character, expected a JSON value"
    ]
    data = yaml.load(GOOD.replace("eu-west-1", "eu-wset-1"), yaml.BaseLoader)
    (line,) = _lines(_read(json.dumps(data, indent=1), "org.json"))
    assert line == "ORG107 error org.json:7:3-14 there is no Region `eu-wset-1` | did you mean `eu-west-1`?"


@pytest.mark.parametrize(
    "data",
    [
        b"id: \xff\n",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"{" * 100_000,
        b"a: &a [*a]\n",
        b"- " * 100_000,
        b"\x00",
        b"--- 1\n--- 2\n",
    ],
)
@pytest.mark.parametrize("name", ["org.yaml", "org.json"])
def test_rubbish_is_a_finding(data: bytes, name: str) -> None:
    """Not UTF-8, too deep, an alias of itself, several documents: unreadable, never an exception."""
    found = _read(data, name)
    assert found.organization is None
    assert found.findings
    assert all(map(unreadable, found.findings))


def test_a_laughing_file_is_cut_short() -> None:
    """Aliases of aliases that would fill the memory are given up early."""
    lines = [
        "a0: &a0 [x, x, x, x, x, x, x, x, x]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)),
    ]
    before = time.monotonic()
    found = _read("\n".join(lines))
    assert found.organization is None
    assert time.monotonic() - before < 2


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_what_is_no_file_is_a_finding(kind: str) -> None:
    """A missing file and a folder are named as what they are."""
    path = Path("org.yaml")
    if kind == "folder":
        path.mkdir()
    (finding,) = read(path).findings
    assert finding.message in ("there is no such file", "this is a folder, not an organization file")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda v: (
            st.lists(v, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "root", "units", "accounts", "name", "regions", "tags"]), v, max_size=4
            )
        ),
    )
)
def test_any_json_is_read_without_an_exception(value: Any) -> None:
    """Whatever shape a file has, the answer is an organization or findings, each with a place."""
    found = _read(json.dumps(value), "org.json")
    assert (found.organization is None) == bool([f for f in found.findings if f.severity == "error"])
    assert all(finding.span is not None for finding in found.findings)


def test_ten_thousand_accounts_are_read_at_once() -> None:
    """A large organization as JSON takes a fraction of a second."""
    accounts = [{"id": f"{n:012d}", "name": f"a{n}", "tags": {"env": "prod", "team": "x"}} for n in range(10_000)]
    data = {
        "id": "o-acme0001",
        "management_account": f"{0:012d}",
        "regions": ["eu-central-1"],
        "root": {"accounts": accounts},
    }
    Path("org.json").write_text(json.dumps(data))
    before = time.process_time()
    found = read(Path("org.json"))
    assert found.organization is not None
    assert time.process_time() - before < 1.0


def test_the_file_beside_is_found() -> None:
    """In the folder, or in the nearest one above it up to the working directory; YAML before JSON."""
    assert beside([Path("policies")]) is None
    Path("policies/team").mkdir(parents=True)
    Path("policies/team/a.py").touch()
    assert beside([Path("policies")]) is None
    Path("org.json").touch()
    found = beside([Path("policies/team/a.py")])
    assert found is not None
    assert found.resolve() == Path("org.json").resolve()
    Path("policies/org.json").touch()
    Path("policies/org.yaml").touch()
    assert beside([Path("policies")]) == Path("policies/org.yaml")
    near = beside([Path("policies/team")])
    assert near is not None
    assert near.resolve() == Path("policies/org.yaml").resolve()


def test_folders_far_above_are_not_searched(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Outside the working directory only the folder and the next one above count."""
    base = tmp_path_factory.mktemp("elsewhere")
    (base / "one/two").mkdir(parents=True)
    (base / "org.yaml").touch()
    assert beside([base / "one"]) == base / "org.yaml"
    assert beside([base / "one/two"]) is None
