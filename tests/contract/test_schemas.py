"""The committed JSON Schemas say what the models say."""

import jsonschema
import pytest

from backstay_contract import schema
from backstay_contract.build import BuildIndex, Shape
from backstay_contract.plan import ChangePlan, CreatePlan, Scope


def test_committed_schemas_are_in_step() -> None:
    """Whoever changes a model and forgets `make schemas` is told here."""
    assert schema.drift() == []


@pytest.mark.parametrize("name", sorted(schema.artifacts()))
def test_every_schema_is_a_schema(name: str) -> None:
    """Each file is valid JSON Schema 2020-12 with an identifier of its own."""
    document = schema.load(name)
    jsonschema.Draft202012Validator.check_schema(document)
    assert document["$id"] == f"urn:backstay:{name}:1"


def test_a_shape_passes_its_schema_and_keeps_aws_names() -> None:
    """What the compiler writes is what the agent's schema admits, in AWS's spelling."""
    shape = Shape.model_validate(
        {
            "region": "eu-west-1",
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
                    }
                }
            ],
            "vault_notifications": [
                {
                    "BackupVaultName": "primary",
                    "SNSTopicArn": "arn:aws:sns:eu-west-1:$account:alarms",
                    "BackupVaultEvents": ["BACKUP_JOB_COMPLETED"],
                }
            ],
        }
    )
    document = shape.document()
    jsonschema.validate(document, schema.load("build-shape"))
    rule = document["plans"][0]["BackupPlan"]["Rules"][0]
    assert rule["StartWindowMinutes"] == 480
    assert rule["Lifecycle"] == {"DeleteAfterDays": 35}
    assert document["vault_notifications"][0]["SNSTopicArn"].endswith(":alarms")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": 2}, ["format"]),
        ({"accounts": {"1": {"name": "a", "unit": "", "regions": []}}}, ["accounts", "1", "regions"]),
    ],
)
def test_a_wrong_index_is_refused_at_its_place(change: dict[str, object], place: list[str]) -> None:
    """A reader can say where an index is wrong, and a format from the future is not taken for ours."""
    index = BuildIndex.model_validate(
        {"organization": {"id": "o-acme0001", "management_account": "100000000001"}, "policies": [], "accounts": {}}
    )
    document = {**index.model_dump(mode="json"), **change}
    errors = list(jsonschema.Draft202012Validator(schema.load("build-index")).iter_errors(document))
    assert [list(error.absolute_path) for error in errors] == [place]


def test_a_plan_is_read_back_as_the_same_actions() -> None:
    """plan.json survives the way to disk and back, each action in its own class."""
    action = CreatePlan(
        id="create-plan-1",
        account="100000000010",
        region="eu-west-1",
        name="gold",
        reason="policy acme wants it",
        after={"BackupPlanName": "gold"},
        tags={},
        token="t",
    )
    plan = ChangePlan(
        id="p",
        build="b",
        observed="o",
        at="2026-11-22T00:00:00Z",
        organization="o-acme0001",
        scope=Scope(folder="build"),
        accounts=1,
        actions=(action,),
    )
    again = ChangePlan.model_validate_json(plan.model_dump_json())
    assert again == plan
    assert isinstance(again.actions[0], CreatePlan)
    jsonschema.validate(plan.model_dump(mode="json"), schema.load("plan"))
