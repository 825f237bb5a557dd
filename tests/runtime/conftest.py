"""What the tests of the agent share: builds made by hand, and an embedded AWS with an organization in it."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from click.testing import CliRunner, Result
from tests.runtime.described import described
from tests.runtime.every import MAY_COPY, REGION, every_noun, every_noun_changed
from tests.runtime.held import plans, vaults

from backstay_agent import simulate
from backstay_agent.aws import Aws, Endpoint
from backstay_agent.observed import Observed, Place
from backstay_agent.wanted import Build, Wanted, build_of
from backstay_contract.build import BuildIndex, Shape
from backstay_contract.canonical import digest, pretty
from backstay_contract.plan import Action
from backstay_local.app import LocalAws
from backstay_local.backup.options import Settings

MANAGEMENT, CENTRAL, PAYMENTS, RISK = "100000000001", "100000000002", "100000000010", "100000000011"
NAMES = {MANAGEMENT: "acme-management", CENTRAL: "backup-central", PAYMENTS: "payments-prod", RISK: "risk-prod"}
ORGANIZATION = "o-acme0001"

ORG_FILE = f"""
id: {ORGANIZATION}
management_account: "{MANAGEMENT}"
backup_account: "{CENTRAL}"
regions: [{REGION}]
root:
  accounts:
    - {{id: "{MANAGEMENT}", name: acme-management}}
    - {{id: "{CENTRAL}", name: backup-central}}
  units:
    - name: Workloads
      units:
        - name: Prod
          accounts:
            - {{id: "{PAYMENTS}", name: payments-prod, tags: {{env: prod}}}}
            - {{id: "{RISK}", name: risk-prod}}
"""

SETUP = f"""
roles:
  - name: backstay-agent
    path: /
    accounts: all
    trust:
      Version: "2012-10-17"
      Statement:
        - {{Effect: Allow, Principal: {{AWS: "arn:aws:iam::{MANAGEMENT}:root"}}, Action: "sts:AssumeRole"}}
  - name: AWSBackupDefaultServiceRole
    path: /service-role/
    accounts: all
    trust:
      Version: "2012-10-17"
      Statement:
        - {{Effect: Allow, Principal: {{Service: backup.amazonaws.com}}, Action: "sts:AssumeRole"}}
topics:
  - {{name: alarms, accounts: all, regions: [{REGION}]}}


"""

SHAPE: dict[str, Any] = {
    "region": REGION,
    "plans": [
        {
            "BackupPlan": {
                "BackupPlanName": "gold",
                "Rules": [
                    {
                        "RuleName": "daily",
                        "TargetBackupVaultName": "primary",
                        "ScheduleExpression": "cron(0 3 ? * * *)",
                        "Lifecycle": {"DeleteAfterDays": 35},
                    }
                ],
            },
            "BackupPlanTags": {"team": "platform"},
        }
    ],
    "selections": [
        {
            "BackupPlanName": "gold",
            "BackupSelection": {
                "SelectionName": "tier-gold",
                "IamRoleArn": "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole",
                "Resources": ["*"],
                "Conditions": {"StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "gold"}]},
            },
        }
    ],
    "vaults": [{"BackupVaultName": "primary", "BackupVaultTags": {"team": "platform"}}],
    "vault_locks": [{"BackupVaultName": "primary", "MinRetentionDays": 7, "MaxRetentionDays": 400}],
    "vault_access_policies": [
        {"BackupVaultName": "primary", "Policy": {"Version": "2012-10-17", "Statement": [MAY_COPY]}}
    ],
    "vault_notifications": [
        {
            "BackupVaultName": "primary",
            "SNSTopicArn": f"arn:aws:sns:{REGION}:$account:alarms",
            "BackupVaultEvents": ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"],
        }
    ],
}
Change = Callable[[dict[str, Any]], None]


def _document(change: Change | None) -> dict[str, Any]:
    body = copy.deepcopy(SHAPE)
    if change is not None:
        change(body)
    return Shape.model_validate(body).document()


def _index(accounts: Mapping[str, Mapping[str, str]], settings: Mapping[str, str]) -> BuildIndex:
    return BuildIndex.model_validate(
        {
            "organization": {"id": ORGANIZATION, "management_account": MANAGEMENT, "backup_account": CENTRAL},
            "policies": ["acme-baseline"],
            "global_settings": dict(settings),
            "accounts": {
                account: {
                    "name": NAMES.get(account, f"account-{account}"),
                    "unit": "Workloads/Prod",
                    "regions": regions,
                }
                for account, regions in accounts.items()
            },
        }
    )


@dataclass(frozen=True)
class Builds:
    """Makes builds: every account gets the same shape in the one Region, changed as a function says."""

    def make(
        self,
        change: Change | None = None,
        accounts: tuple[str, ...] = (PAYMENTS,),
        settings: Mapping[str, str] | None = None,
    ) -> Build:
        """A build in memory."""
        document = _document(change)
        shape = {REGION: digest(document)}
        return build_of(_index(dict.fromkeys(accounts, shape), settings or {}), [document])

    def write(
        self,
        folder: Path,
        change: Change | None = None,
        accounts: tuple[str, ...] = (PAYMENTS, RISK),
        settings: Mapping[str, str] | None = None,
    ) -> Path:
        """A build in a folder."""
        document = _document(change)
        name = digest(document)
        (folder / "shapes").mkdir(parents=True, exist_ok=True)
        (folder / "shapes" / f"{name}.json").write_bytes(pretty(document))
        index = _index({account: {REGION: name} for account in accounts}, settings or {})
        (folder / "index.json").write_bytes(pretty(index.model_dump(mode="json")))
        return folder

    def beside(self, folder: Path, *policies: Mapping[str, Any], rest: Mapping[str, Any] | None = None) -> Path:
        """Backup policies beside a build in a folder; `rest`: what its one shape is besides (none: just that)."""
        (shape,) = (folder / "shapes").iterdir()
        index = json.loads((folder / "index.json").read_bytes())
        own = {"format": 1, "organization": ORGANIZATION}
        kept = {"description": "", "characters": 0, "plans": ["gold"], "tags": {"backstay:owner": ORGANIZATION}}
        documents = folder / "organizations" / "policies"
        documents.mkdir(parents=True)
        rows = []
        for one in policies:
            (documents / f"{one['name']}.json").write_text(one["content"])
            row = {**kept, **one, "document": f"policies/{one['name']}.json"}
            rows.append({name: value for name, value in row.items() if name != "content"})
        limits = {"attachments": 10, "characters": 10000, "policies": 1000}
        attachments = {**own, "limits": limits, "policies": rows, "attachments": []}
        (folder / "organizations" / "attachments.json").write_bytes(pretty(attachments))
        accounts = [{"accounts": sorted(index["accounts"]), "regions": {REGION: "x"}}]
        places = {"x": {"region": REGION, "rest": rest or json.loads(shape.read_bytes())}}
        needed = {"management_account": MANAGEMENT, "global_settings": {}, "accounts": accounts, "places": places}
        (folder / "prerequisites.json").write_bytes(pretty({**own, **needed}))
        return folder


@pytest.fixture(scope="session")
def every() -> Change:
    """Puts one thing of every kind into a shape."""
    return every_noun


@pytest.fixture(scope="session")
def every_changed() -> Change:
    """Puts one thing of every kind into a shape, each a little different."""
    return every_noun_changed


@pytest.fixture(scope="session")
def builds() -> Builds:
    """The maker of builds."""
    return Builds()


@dataclass(frozen=True)
class Cloud:
    """An embedded AWS that answers over HTTP, with the tests' organization in it."""

    local: LocalAws
    url: str

    def client(self, service: str, account: str = PAYMENTS, region: str = REGION) -> Any:
        """A plain boto3 client that acts as the root of an account, in-process."""
        return self.local.client(service, account, region)

    def aws(self, **changes: Any) -> Aws:
        """The agent's way to it, with the management account's own credentials."""
        keys = (self.local.access_key, self.local.secret_key)
        return Aws(Endpoint(**{"url": self.url, "region": REGION, "keys": keys, **changes}))

    def state(self, account: str = PAYMENTS, region: str = REGION) -> dict[str, Any]:
        """Everything that backup holds in a place, without ids and times: to compare and to count."""
        backup = self.client("backup", account, region)
        return {"vaults": vaults(backup), "plans": plans(backup)}

    def parts(self, account: str = PAYMENTS, region: str = REGION) -> dict[str, Any]:
        """Everything else, without ids and times."""
        return described(*(self.client(service, account, region) for service in ("backup", "kms", "iam")))


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An embedded AWS with the organization and the agent's roles; the environment points at it."""
    with _serving(monkeypatch, Settings()) as made:
        yield made


@pytest.fixture
def strict_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The same, but AWS Backup does only what some policy allows: the roles there have none yet."""
    with _serving(monkeypatch, Settings(iam="enforce")) as made:
        yield made


@pytest.fixture
def clouds(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[Cloud]]:
    """As many fresh clouds as one asks for, one after another: `with clouds() as cloud: …`."""
    return lambda: _serving(monkeypatch, Settings())


@contextmanager
def _serving(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Cloud]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with LocalAws(settings=settings) as local:
        local.seed_texts([("org.yaml", ORG_FILE), ("setup.yaml", SETUP)])
        with local.serve() as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", local.access_key)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local.secret_key)
            monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
            monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
            yield Cloud(local, url)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command of the agent in an empty working directory: `run("plan", "build", "--check")`."""
    monkeypatch.chdir(tmp_path)

    def invoke(name: str, *arguments: str | Path, **options: Any) -> Result:
        command = getattr(import_module(f"backstay_agent.cli.{name}"), name)
        result = CliRunner().invoke(command, [str(argument) for argument in arguments], **options)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[set[str]]]:
    """Records what is called over HTTP while it lasts, as `service:Operation`: `with recorded() as calls: …`."""

    @contextmanager
    def record() -> Iterator[set[str]]:
        calls: set[str] = set()
        perform: Any = BaseClient._make_api_call

        def noted(client: Any, operation: str, members: Any) -> Any:
            if client.meta.endpoint_url == os.environ.get("AWS_ENDPOINT_URL"):
                calls.add(f"{client.meta.service_model.service_name}:{operation}")
            return perform(client, operation, members)

        with monkeypatch.context() as during:
            during.setattr(BaseClient, "_make_api_call", noted)
            yield calls

    return record


@pytest.fixture
def alias(cloud: Cloud) -> Callable[..., str]:
    """Makes a KMS key with an alias in an account and gives the key's ARN."""

    def make(account: str, name: str) -> str:
        kms = cloud.client("kms", account)
        arn: str = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName=name, TargetKeyId=arn)
        return arn

    return make


NOW = datetime(2026, 11, 22, 10, 51, tzinfo=UTC)


@dataclass(frozen=True)
class Model:
    """AWS as a value: what an action does to what the planner sees. The planner's and the order's oracle."""

    now: datetime = NOW

    def empty(self, build: Build) -> Observed:
        """An organization in which there is nothing yet, but everything that is needed."""
        places = {
            (account, region): self.place(build.wanted(account, region))
            for account, known in build.index.accounts.items()
            for region in known.regions
        }
        return Observed(self.now, places, dict.fromkeys(build.index.global_settings, "false") or None)

    def place(self, wanted: Wanted) -> Place:
        """One place with nothing of ours."""
        return Place(
            wanted.account,
            wanted.region,
            opt_ins=dict.fromkeys(wanted.opt_ins, False),
            management=dict.fromkeys(wanted.management, True),
            keys={reference: f"arn:aws:kms:x:{wanted.account}:key/1" for reference, _ in wanted.key_references()},
            roles={arn: "yes" for arn, _ in wanted.roles()},
            topics={arn: "yes" for arn, _ in wanted.topics()},
        )

    def perform(self, observed: Observed, action: Action) -> Observed:
        """AWS after an action."""
        return simulate.perform(observed, action)

    def apply(self, observed: Observed, actions: Iterable[Action]) -> Observed:
        """AWS after several actions."""
        return simulate.perform_all(observed, actions)


@pytest.fixture(scope="session")
def model() -> Model:
    """AWS as a value."""
    return Model()
