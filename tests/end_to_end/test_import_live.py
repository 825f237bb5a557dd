"""`import --live`: what an apply made in live accounts comes back as policies that compile to the same objects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backstay.cli.main import cli
from backstay_agent.read_build import read_build
from backstay_agent.wanted import Wanted
from backstay_contract.dump import Dump
from backstay_local.app import LocalAws

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "policies" / "reference"
STARTUP_SETUP = """
roles:
  - {name: backstay-agent, accounts: all, trust: "200000000001"}
  - {name: AWSBackupDefaultServiceRole, path: /service-role/, accounts: all, trust: backup.amazonaws.com}
keys:
  - {alias: alias/startup-backup, accounts: all, regions: [eu-west-1]}
"""


def run(*words: str | Path, code: int = 0) -> Result:
    """`backstay …`, which has to end in a way."""
    result = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    ended = result.return_value if result.exception is None else 2
    assert ended in (code, None if code == 0 else code), f"{ended}: {result.output}{result.stderr}{result.exception!r}"
    return result


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalAws]:
    """An empty embedded AWS, which the environment points at, and an empty folder to work in."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with LocalAws() as local, local.serve() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", local.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local.secret_key)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield local


def _apply(aws: LocalAws, name: str) -> Path:
    """Compile reference policies and apply them to accounts in which what they need is there; gives the org file."""
    org = REFERENCE / name / "org.yaml"
    seed = REFERENCE / name / "seed.yaml"
    setup = seed.read_text() if seed.exists() else STARTUP_SETUP
    aws.seed_texts([("org.yaml", org.read_text()), ("setup.yaml", setup)])
    run("compile", REFERENCE / name, "-o", "build")
    run("apply", "build", "--yes")
    return org


def _objects(wanted: Wanted) -> tuple[object, ...]:
    """What live accounts can tell of a place: vaults with all that belongs to them, and plans with selections."""
    return wanted.vaults, wanted.plans


@pytest.mark.parametrize("name", ["startup", "midsize"])
def test_what_was_applied_comes_back(name: str, aws: LocalAws) -> None:
    """Place by place, in normal form, the imported build has the objects of the one that was applied."""
    org = _apply(aws, name)
    told = run("import", "--live", "--org", org, "-o", "policies/live.py")
    assert "compiles" in told.stderr
    run("lint", "policies/live.py", "--org", org)
    run("compile", "policies/live.py", "--org", org, "-o", "again")
    applied, imported = read_build(Path("build")), read_build(Path("again"))
    accounts = sorted({*applied.index.accounts, *imported.index.accounts})
    regions = sorted({*applied.regions, *imported.regions})
    for account in accounts:
        for region in regions:
            one, other = applied.wanted(account, region), imported.wanted(account, region)
            assert _objects(one) == _objects(other), (account, region)
            assert one.opt_ins.items() <= other.opt_ins.items()
    assert applied.index.global_settings.items() <= imported.index.global_settings.items()
    nothing = run("plan", "again")
    assert "Nothing to do" in nothing.stdout


def test_accounts_that_cannot_be_read_are_named_and_the_rest_is_written(aws: LocalAws) -> None:
    """Exit 3, each account once on standard error, and the dump, if it is kept, says the same."""
    _apply(aws, "startup")
    aws.client("iam", "200000000010").delete_role(RoleName="backstay-agent")
    words = ("--regions", "eu-west-1", "-o", "live.py", "--keep-dump", "kept.json")
    told = run("import", "--live", *words, code=3)
    assert told.stderr.count("startup-app (200000000010): not read: AccessDenied") == 1
    assert "compiles" in told.stderr
    assert set(Dump.model_validate_json(Path("kept.json").read_bytes()).failed) == {"200000000010"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--live", "x.json"), "--live reads accounts, not files"),
        (("--live", "--from", "terraform"), "--from terraform does not fit"),
        ((), "name the files to import, or --live"),
        (("x.json", "--keep-dump", "y"), "--keep-dump belongs to --live"),
        (("x.json", "--regions", "eu-west-1"), "No such option"),
        (("--live", "--regions", "mars-1"), "there is no Region mars-1"),
    ],
)
def test_wrong_usage_is_told(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    """Options of live accounts belong to `--live`, files do not; the sentence says which."""
    result = CliRunner().invoke(cli, ["import", *words])
    assert result.exit_code == 2
    assert sentence in result.stderr
