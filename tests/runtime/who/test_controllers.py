"""Who else manages a vault or a plan, by tags and names; and what the plan says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backstay_agent.controllers import NAMES, TAGS, controller_of
from backstay_agent.explain import explain, markdown
from backstay_agent.observed import OWNER_TAG, Ends
from backstay_agent.origins import Origins
from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, Scope

PLACE = ("100000000010", "eu-central-1")
OURS = "o-acme0001"
STACK = "aws:cloudformation:stack-name"
SET = "StackSet-backup-base-0f1e2d3c-1111-2222-3333-444455556666"
PRODUCT = "arn:aws:servicecatalog:eu-central-1:100000000010:stack/backups/pp-abc"


@pytest.mark.parametrize(
    ("tags", "names", "told"),
    [
        ({STACK: "backup-base"}, (), "CloudFormation stack backup-base"),
        ({"aws:cloudformation:stack-id": "arn:aws:cloudformation:x:1:stack/base/1"}, (), "CloudFormation stack base"),
        ({STACK: SET}, (), f"a CloudFormation stack set (stack {SET})"),
        (
            {STACK: "SC-1-pp-abc", "aws:servicecatalog:provisionedProductArn": PRODUCT},
            (),
            "the Service Catalog product backups",
        ),
        ({"Terraform": "true"}, (), "Terraform"),
        ({"terraform": "false"}, (), None),
        ({"ManagedBy": "terraform"}, (), "Terraform"),
        ({"managed-by": "Terraform Cloud"}, (), "Terraform"),
        ({"managed_by": "opentofu"}, (), "OpenTofu"),
        ({"managed-by": "pulumi"}, (), "Pulumi"),
        ({"created-by": "aws-cdk"}, (), "AWS CDK"),
        ({"ManagedBy": "platform-team"}, (), None),
        ({"ManagedBy": "true"}, (), None),
        ({"Accelerator": "AWSAccelerator"}, (), "the Landing Zone Accelerator"),
        ({"crossplane-kind": "vault.backup.aws.upbound.io"}, (), "Crossplane"),
        ({"services.k8s.aws/namespace": "default"}, (), "an AWS controller for Kubernetes"),
        ({OWNER_TAG: "o-other"}, (), "Backstay of organization o-other"),
        ({OWNER_TAG: OURS, "team": "platform"}, ("primary",), None),
        ({}, ("gold", "orgs/1111"), "a backup policy of AWS Organizations"),
        ({}, ("aws/efs/automatic-backup-vault",), "AWS itself (automatic backups of EFS)"),
        ({}, ("aws-controltower-daily-backup-plan",), "AWS Control Tower"),
        ({}, ("my-orgs/1",), None),
    ],
)
def test_a_controller_is_known_by_its_marks(tags: dict[str, str], names: tuple[str, ...], told: str | None) -> None:
    """The clearest sign is told; what is no sign accuses nobody."""
    found = controller_of(tags, names, OURS, {})
    assert (found.name if found else None) == told


def test_what_the_policy_itself_wants_is_no_sign() -> None:
    """A tag that the build sets is the build's, whatever it says; another value of it is not."""
    assert controller_of({"ManagedBy": "terraform"}, (), OURS, {"ManagedBy": "terraform"}) is None
    assert controller_of({"ManagedBy": "terraform"}, (), OURS, {"ManagedBy": "backstay"}) is not None


def test_every_row_says_where_it_is_from() -> None:
    """Source and date stand with each sign, and a remedy."""
    for row in (*TAGS, *NAMES):
        assert row.source.endswith("2026-11-29")
        assert row.release


def applied(builds: Any, model: Any) -> Any:
    """What AWS holds after the tests' build was applied to an empty account."""
    build = builds.make()
    return model.apply(model.empty(build), decide(build, model.empty(build)).actions)


def decide(build: Any, observed: Any, **scope: Any) -> ChangePlan:
    """The plan for a build, given what was observed."""
    return plan_changes(build, observed, Scope(folder="build", **scope))


def tagged(observed: Any, tags: dict[str, str], *, ours: bool, days: int = 35) -> Any:
    """The same, with other tags on vault and plan; `days`: how long the plan keeps."""
    place = observed.places[PLACE]
    own = {OWNER_TAG: OURS} if ours else {}
    vaults = {name: replace(vault, tags={"team": "platform"} | own | tags) for name, vault in place.vaults.items()}
    rules = [{**rule, "Lifecycle": {"DeleteAfterDays": days}} for rule in place.plans[0].body["Rules"]]
    body = {**place.plans[0].body, "Rules": rules}
    plans = tuple(replace(plan, body=body, tags={"team": "platform"} | own | tags) for plan in place.plans)
    if not ours:
        vaults = {name: replace(vault, lock=None) for name, vault in vaults.items()}
    return replace(observed, places={PLACE: replace(place, vaults=vaults, plans=plans)})


def test_a_conflict_names_the_stack(builds: Any, model: Any) -> None:
    """What is in the way is told with whoever manages it, and what to do there first."""
    observed = tagged(applied(builds, model), {STACK: "backup-base"}, ours=False, days=7)
    plan = decide(builds.make(), observed)
    told = "CloudFormation stack backup-base manages it: it will change it back; remove it there first"
    assert [(it.kind, told in it.reason) for it in plan.conflicts] == [("vault", True), ("plan", True)]


def test_an_adoption_names_the_stack(builds: Any, model: Any) -> None:
    """Whoever takes something over is told, in the same line, that its stack will change it back."""
    observed = tagged(applied(builds, model), {STACK: "backup-base"}, ours=False)
    plan = decide(builds.make(), observed, adopt=True)
    reasons = [action.reason for action in plan.actions if action.kind == "tag-resource"]
    assert len(reasons) == 2
    assert all("taken over" in reason and "stack backup-base manages it" in reason for reason in reasons)


def test_what_is_ours_and_somebody_elses_is_warned_about(builds: Any, model: Any) -> None:
    """It flaps: text and Markdown say so, harmlessly, even when there is nothing to do."""
    observed = tagged(applied(builds, model), {STACK: "base<b>\x1b[31m"}, ours=True)
    plan = decide(builds.make(), observed)
    assert (plan.actions, [it.kind for it in plan.contested]) == ((), ["vault", "plan"])
    text = explain(plan, Origins())
    assert "! contested vault primary in payments-prod (100000000010), eu-central-1: CloudFormation stack base" in text
    assert "\x1b" not in text
    comment = markdown.render(plan, Origins())
    assert "### Managed by others, too" in comment
    assert "<b>" not in comment


def test_a_plan_of_organizations_of_the_same_name_is_told(builds: Any, model: Any) -> None:
    """What a backup policy and the build both make would be backed up twice."""
    observed = applied(builds, model)
    place = observed.places[PLACE]
    readiness = replace(place.readiness, of_services={"gold": "orgs/1"})
    plan = decide(builds.make(), replace(observed, places={PLACE: replace(place, readiness=readiness)}))
    [told] = plan.contested
    assert (told.name, told.controller) == ("gold", "a backup policy of AWS Organizations")
    assert "backed up twice" in told.reason


def moved(shape: dict[str, Any]) -> None:
    """The vault `primary` is called `main` from now on, and a second rule forgot it."""
    shape["plans"][0]["BackupPlan"]["Rules"][0]["TargetBackupVaultName"] = "main"
    old = "arn:aws:backup:eu-central-1:100000000010:backup-vault:primary"
    shape["plans"][0]["BackupPlan"]["Rules"][0]["CopyActions"] = [{"DestinationBackupVaultArn": old}]
    for noun in ("vaults", "vault_locks", "vault_access_policies", "vault_notifications"):
        shape[noun][0]["BackupVaultName"] = "main"
    shape["moved"] = [{"kind": "vault", "name": "main", "before": "primary"}]


def test_a_moved_vault_tells_what_it_strands(builds: Any, model: Any) -> None:
    """How many recovery points stay, until when, the lock that stays, and the plans that still write there."""
    build, observed = builds.make(moved), applied(builds, model)
    place = observed.places[PLACE]
    ends = Ends(model.now, 2, whole=True)
    vault = replace(place.vaults["primary"], empty=False, points=41, ends=ends)
    observed = replace(observed, places={PLACE: replace(place, vaults={"primary": vault})})
    text = explain(decide(build, observed), Origins())
    held = (
        "it holds 41 recovery points (the last expires on 2026-11-22, 2 never expire), its lock (governance, 7 to 400"
    )
    assert held in text
    assert "still written into by gold in payments-prod (100000000010), eu-central-1" in text


def test_a_changed_key_tells_what_a_new_vault_would_not_have(builds: Any, model: Any) -> None:
    """The conflict itself stays the same from day to day; how many points there are stands beside it."""

    def keyed(shape: dict[str, Any]) -> None:
        shape["vaults"][0]["EncryptionKeyArn"] = "arn:aws:kms:eu-central-1:100000000010:key/2"

    observed = applied(builds, model)
    place = observed.places[PLACE]
    vault = replace(place.vaults["primary"], key_arn="arn:aws:kms:eu-central-1:100000000010:key/1", points=1)
    key = {"arn:aws:kms:eu-central-1:100000000010:key/2": "arn:aws:kms:eu-central-1:100000000010:key/2"}
    observed = replace(observed, places={PLACE: replace(place, vaults={"primary": vault}, keys=key)})
    plan = decide(builds.make(keyed), observed)
    [conflict] = plan.conflicts
    assert "recovery point" not in conflict.reason
    left = "a vault in its place leaves behind 1 recovery point, its lock (governance, 7 to 400 days)"
    assert left in explain(plan, Origins())
