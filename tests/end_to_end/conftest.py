"""What a stranger has: a shell with the command in it, an organization of three accounts, and an AWS to try it on."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "backstay.cli.main")
Done = subprocess.CompletedProcess[str]

# Lets root be bound by rights on files, as everybody else is (PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and of
# CAP_DAC_READ_SEARCH, in force from the next program on); for anybody else it does nothing.
ORDINARY = """
import ctypes, os, sys
for capability in (1, 2):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""

SETUP = """
roles:
  - {name: backstay-agent, accounts: all, trust: "200000000001"}
  - {name: AWSBackupDefaultServiceRole, path: /service-role/, accounts: all, trust: backup.amazonaws.com}
keys:
  - {alias: alias/startup-backup, accounts: all, regions: [eu-west-1]}
"""


def _clean(home: Path) -> dict[str, str]:
    """An environment without anybody's AWS configuration, colours, terminal width or cache."""
    dropped = ("AWS_", "XDG_", "COLUMNS", "NO_COLOR", "PYTHON", "COVERAGE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    cache = str(home.with_name(f"{home.name}.cache"))
    return {**kept, "HOME": str(home), "XDG_CACHE_HOME": cache, "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass(frozen=True)
class Shell:
    """Runs `backstay …` in a folder. Whatever it is given, it never shows a traceback."""

    folder: Path
    environment: Mapping[str, str]

    def __call__(self, *words: str, ordinary: bool = False, **more: str) -> Done:
        """One command; `ordinary` without root's power over files, `more` into its environment."""
        before = (sys.executable, "-c", ORDINARY) if ordinary else ()
        done = subprocess.run(
            [*before, *COMMAND, *words],
            cwd=self.folder,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        assert "internal error" not in done.stderr, done.stderr
        return done

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """One command that is not waited for."""
        quiet = subprocess.DEVNULL
        environment = dict(self.environment)
        return subprocess.Popen([*COMMAND, *words], cwd=self.folder, env=environment, stdout=quiet, stderr=quiet)

    def files(self, name: str) -> dict[str, bytes]:
        """Every file below a folder."""
        top = self.folder / name
        return {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}


@dataclass(frozen=True)
class Cloud:
    """A running embedded AWS, and plain boto3 in any account of it."""

    environment: Mapping[str, str]
    _roles: dict[str, dict[str, str]] = field(default_factory=dict)

    def client(self, service: str, account: str = "200000000001") -> Any:
        """A client in an account: the management account by the caller's keys, others by assuming the agent's role."""
        keys = {
            "aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"],
        }
        place = {"endpoint_url": self.environment["AWS_ENDPOINT_URL"], "region_name": "eu-west-1"}
        if account != "200000000001" and account not in self._roles:
            role = f"arn:aws:iam::{account}:role/backstay-agent"
            sts = boto3.client("sts", **keys, **place)
            given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            self._roles[account] = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        return boto3.client(service, **self._roles.get(account, keys), **place)

    def state(self, account: str) -> dict[str, Any]:
        """What AWS Backup holds in an account: vaults with their locks, plans with their rules and selections."""
        backup = self.client("backup", account)
        plans = [
            (
                plan["BackupPlanName"],
                [
                    (rule["RuleName"], rule["Lifecycle"])
                    for rule in backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
                ],
                [
                    row["SelectionName"]
                    for row in backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
                ],
            )
            for plan in backup.list_backup_plans()["BackupPlansList"]
        ]
        vaults = [
            (vault["BackupVaultName"], vault["Locked"], vault.get("MinRetentionDays"), vault.get("MaxRetentionDays"))
            for vault in backup.list_backup_vaults()["BackupVaultList"]
        ]
        return {"vaults": sorted(vaults), "plans": sorted(plans)}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(tmp_path, _clean(tmp_path))


@pytest.fixture
def startup(shell: Shell) -> Shell:
    """A shell beside `policies/`, the reference policies of a start-up."""
    shutil.copytree(ROOT / "policies" / "reference" / "startup", shell.folder / "policies")
    return shell


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference policies of a start-up, compiled once."""
    folder = tmp_path_factory.mktemp("startup")
    shutil.copytree(ROOT / "policies" / "reference" / "startup", folder / "policies")
    done = Shell(folder, _clean(folder))("compile", "-o", "build")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def built(shell: Shell, _template: Path) -> Shell:
    """A shell beside `policies/` and `build/`, what the policies compile to."""
    shutil.copytree(_template, shell.folder, dirs_exist_ok=True)
    return shell


@contextmanager
def _running(folder: Path, seeds: Sequence[Path]) -> Iterator[Cloud]:
    environment, data = _clean(folder), str(folder / "aws")
    local = [*COMMAND, "local"]
    up = subprocess.run(
        [*local, "up", "--data", data], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert up.returncode == 0, up.stderr
    try:
        words = (shlex.split(line)[1] for line in up.stdout.splitlines() if line.startswith("export "))
        exported = dict(word.split("=", 1) for word in words)
        seed = [*local, "seed", "--data", data, *map(str, seeds)]
        done = subprocess.run(seed, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        yield Cloud({**environment, **exported})
    finally:
        subprocess.run([*local, "down", "--data", data], env=environment, capture_output=True, check=False)


@pytest.fixture
def rent(tmp_path: Path, startup: Shell) -> Iterator[Callable[[], tuple[Shell, Cloud]]]:
    """Start an embedded AWS for the organization file as it is then; gives a shell that speaks to it, and the cloud."""
    with ExitStack() as stack:

        def start() -> tuple[Shell, Cloud]:
            setup = tmp_path / "setup.yaml"
            setup.write_text(SETUP)
            cloud = stack.enter_context(_running(tmp_path, [tmp_path / "policies" / "org.yaml", setup]))
            return Shell(startup.folder, cloud.environment), cloud

        yield start


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of this machine."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path is not None, "Chromium is missing; `make chromium` installs it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def visit_file(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a file as a visitor with given settings; on leaving, nothing else was requested and nobody complained."""
    contexts, asked, requests, complaints = [], [], [], []

    def open_page(file: Path, **settings: Any) -> Page:
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        asked.append(file.as_uri())
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert requests == asked
    assert complaints == []
