"""The model: every default written out, every name an ARN, every slip a complaint with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay.dsl import (
    Access,
    Copy,
    Lock,
    Notify,
    Plan,
    Policy,
    Rule,
    Select,
    Settings,
    Target,
    Vault,
    Waiver,
    account,
    account_tag,
    cron,
    days,
    hours,
    ou,
    resource_type,
    root,
    tag,
)
from backstay.emit.document import shape as document
from backstay_contract.organization import Organization

v = Vault("v")
GOLD = tag("backup") == "gold"


def policy(*plans: Plan, **more: Any) -> Policy:
    """A policy for everybody."""
    return Policy("p", **{"attach": root(), "plans": list(plans), "vaults": [v], **more})


def test_defaults_are_written_out(model: Callable[..., Any], shape: Callable[..., Any]) -> None:
    """Omitted windows, schedule, role and a copy's retention are in the model as AWS would fill them in."""
    rule = Rule("r", into=v, keep=days(9), copies=[Copy(to=Vault("w"))])
    (plan,) = shape(model(policy(Plan("p", rules=[rule], select=[Select("s", where=GOLD)]))), "central").plans
    (made,) = plan.rules
    assert (made.start_window, made.completion_window) == (480, 10080)
    assert (made.schedule, made.timezone, made.scheduled) == ("cron(0 5 ? * * *)", "UTC", False)
    assert made.copies[0].lifecycle.delete_after == 9
    assert plan.selections[0].role_arn == "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"


def test_what_is_written_is_kept(model: Callable[..., Any], shape: Callable[..., Any]) -> None:
    """Windows, schedule, lifecycle, tags, roles and settings arrive as the author wrote them."""
    rule = Rule(
        "r",
        at=cron("0 1 ? * MON-FRI *", tz="Europe/Berlin"),
        into="by-name",
        keep=days(120),
        cold_after=days(30),
        archive=True,
        start_within=hours(2),
        complete_within=hours(12),
        tags={"b": "2", "a": "1"},
    )
    selects = [
        Select("s", where=GOLD, role="own/Role"),
        Select.everything(),
        Select("t", where=GOLD, role="arn:aws:iam::1:role/x"),
    ]
    found = shape(
        model(policy(Plan("p", rules=[rule], select=selects, role="Plan"), settings=Settings(opt_in={"RDS": False}))),
        "central",
    )
    (made,) = found.plans[0].rules
    assert (made.schedule, made.timezone, made.vault) == ("cron(0 1 ? * MON-FRI *)", "Europe/Berlin", "by-name")
    assert (made.start_window, made.completion_window, made.tags) == (120, 720, (("a", "1"), ("b", "2")))
    assert (made.lifecycle.cold_after, made.lifecycle.delete_after, made.lifecycle.archive) == (30, 120, True)
    assert [one.role_arn for one in found.plans[0].selections] == [
        "arn:aws:iam::$account:role/own/Role",
        "arn:aws:iam::$account:role/Plan",
        "arn:aws:iam::1:role/x",
    ]
    assert found.opt_in == (("RDS", False),)


def test_vaults(model: Callable[..., Any], shape: Callable[..., Any]) -> None:
    """Keys and topics become ARNs of the vault's own account and Region; full ARNs stay."""
    vaults = [
        Vault("a", key="alias/k", notify=Notify("topic", on=["COPY_JOB_FAILED"]), tags={"x": "y"}),
        Vault(
            "b", key="arn:aws:kms:eu-west-1:1:key/2", lock=Lock.compliance(max=days(9), grace=days(3), acknowledged="x")
        ),
    ]
    found = shape(model(policy(vaults=vaults)), "central")
    first, second = found.vaults
    assert first.key_arn == "arn:aws:kms:eu-central-1:$account:alias/k"
    assert first.notifications.topic_arn == "arn:aws:sns:eu-central-1:$account:topic"
    assert (second.key_arn, second.lock.mode, second.lock.grace) == ("arn:aws:kms:eu-west-1:1:key/2", "compliance", 3)
    assert (second.lock.minimum, second.lock.maximum, second.lock.acknowledged) == (None, 9, "x")


def test_access_documents(model: Callable[..., Any], shape: Callable[..., Any]) -> None:
    """Admissions name the organization and the accounts; the denial is the one that Audit Manager looks for."""
    access = (
        Access.allow_copies_from(organization=True, accounts=["pay-prod", "555555555555"])
        + Access.deny_deletes(except_=["arn:aws:iam::1:role/x", "break-glass"])
        + Access.deny_deletes()
    )
    written = {"Version": "2008-10-17", "Statement": []}
    vaults = [Vault("a", access=access), Vault("b", access=Access.document(written))]
    found = shape(model(policy(vaults=vaults)), "central")
    allow = {"Effect": "Allow", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": [
            "backup:DeleteRecoveryPoint",
            "backup:UpdateRecoveryPointLifecycle",
            "backup:PutBackupVaultAccessPolicy",
        ],
        "Resource": "*",
    }
    roles = ["arn:aws:iam::1:role/x", "arn:aws:iam::$account:role/break-glass"]
    assert found.vault("a").policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowCopiesFromOrganization",
                **allow,
                "Principal": "*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-acme0001"}},
            },
            {
                "Sid": "AllowCopiesFromAccounts",
                **allow,
                "Principal": {"AWS": ["arn:aws:iam::100000000010:root", "arn:aws:iam::555555555555:root"]},
            },
            {"Sid": "DenyManualDeletion", **deny, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": roles}}},
            {"Sid": "DenyManualDeletion2", **deny},
        ],
    }
    assert found.vault("b").policy == written


def test_organization_wide_things(model: Callable[..., Any]) -> None:
    """The global switch, waivers, accounts and policy names are the model's own."""
    waiver = Waiver("some-rule", on="p/gold", owner="me", reason="because", expires="2027-01-01")
    found = model(policy(settings=Settings(cross_account_copies=True), waivers=[waiver]))
    assert found.global_settings == (("isCrossAccountBackupEnabled", "true"),)
    assert [(one.rule, one.where.policy) for one in found.waivers] == [("some-rule", "p")]
    assert found.policies == ("p",)
    assert found.accounts["100000000010"].unit == "Workloads/Prod"
    assert (found.organization, found.management_account, found.partition) == ("o-acme0001", "100000000001", "aws")


def test_accounts_share_shapes(model: Callable[..., Any]) -> None:
    """Accounts that policies cannot tell apart are one shape in each Region; those that get nothing are in none."""
    found = model(Policy("p", attach=ou("Workloads"), vaults=[v], plans=[]))
    assert [(one.region, len(one.accounts), one.units) for one in found.shapes] == [
        ("eu-central-1", 3, ("Workloads/Dev", "Workloads/Prod")),
        ("eu-west-1", 3, ("Workloads/Dev", "Workloads/Prod")),
    ]


@pytest.mark.parametrize(
    ("policies", "name"),
    [
        ([policy(attach=ou("Workload"))], "unknown-unit"),
        ([policy(attach=account("pay-prd"))], "unknown-account"),
        ([policy(attach=~account("999999999999"))], "unknown-account"),
        ([policy(attach=account("twin"))], "ambiguous-account"),
        ([policy(regions=["eu-central-1", "eu-wset-1"])], "unknown-region"),
        ([policy(vaults=[Vault("x", account="nobody")])], "unknown-account"),
        ([policy(vaults=[Vault("x", access=Access.allow_copies_from(accounts=["nobody"]))])], "unknown-account"),
        ([policy(settings=Settings(opt_in={"RSD": True}))], "unknown-resource-type"),
        ([policy(Plan("g", select=[Select("s", where=resource_type("RSD"))]))], "unknown-resource-type"),
        ([policy(Plan("g", rules=[Rule("r")]))], "rule-without-vault"),
        ([policy(Plan("g", select=[Select("s")]))], "selection-without-condition"),
        ([policy(Plan("g", rules=[Rule("r", into=v, copies=[Copy(to="dr")])]))], "no-vault-arn"),
        ([policy(vaults=[Vault("x", key="k")])], "no-key-name"),
        ([policy(Plan("g", role="arn:aws:iam::$account:role/x"))], "placeholder-in-text"),
        ([policy(Plan("g", select=[Select("s", where=~(tag("a") == "$account"))]))], "placeholder-in-text"),
        (
            [policy(Plan("g", select=[Select("s", where=resource_type("RDS") & resource_type("S3"))]))],
            "selection-takes-nothing",
        ),
    ],
)
def test_errors(policies: list[Policy], name: str, run: Callable[..., Any], names: Callable[..., list[str]]) -> None:
    """What cannot be resolved is one error with its name, and there is no model."""
    assert names(*policies) == [name]
    assert run(*policies).model is None


def test_an_ambiguous_name_lists_both_ids(run: Callable[..., Any], only: Callable[..., Any]) -> None:
    """The author can choose the account that is meant."""
    message = only(run(policy(attach=account("twin"))).findings, "ambiguous-account").message
    assert message == "2 accounts are named `twin`: 100000000030, 100000000031"


@pytest.mark.parametrize(
    ("policies", "name"),
    [
        ([policy(attach=account_tag("env") == "none")], "attached-to-no-account"),
        ([policy(regions=["us-east-1"])], "attached-to-no-account"),
        ([policy(Plan("g", select=[Select("s", where=resource_type("Aurora"))]))], "shared-arn-form"),
        ([policy(Plan("g", select=[Select("s", where=GOLD & ~resource_type("Aurora"))]))], "shared-arn-form"),
    ],
)
def test_warnings(policies: list[Policy], name: str, run: Callable[..., Any], names: Callable[..., list[str]]) -> None:
    """What is probably not meant is a warning, and there is a model."""
    assert names(*policies) == [name]
    assert run(*policies).model is not None


def test_opt_outs_make_a_shared_arn_form_plain(names: Callable[..., list[str]]) -> None:
    """Aurora is only Aurora where DocumentDB and Neptune are opted out."""
    plan = Plan("g", select=[Select("s", where=resource_type("Aurora"))])
    out = Settings(opt_in={"DocumentDB": False, "Neptune": False})
    assert names(policy(plan, settings=out)) == []
    assert names(policy(plan, settings=Settings(opt_in={"DocumentDB": False}))) == ["shared-arn-form"]


def test_places_of_conditions(written: Callable[[str], Any]) -> None:
    """Each value of an AWS selection points at the comparison that it comes from."""
    result, at = written(
        "from backstay import Plan, Policy, Select, resource_type, root, tag\n"
        "where = resource_type('EBS') & (tag('backup') == 'gold') & ~tag('env').like('tmp*')\n"
        'p = Policy("p", attach=root(), plans=[Plan("gold", select=[Select("s", where=where)])])\n'
    )
    where = result.model.shapes[0].plans[0].selections[0].where
    texts = {name: at(span) for name, span in where.fields.items() if name.startswith("/")}
    assert texts == {
        "/Resources/0": "resource_type('EBS')",
        "/Conditions/StringEquals/0": "tag('backup') == 'gold'",
        "/Conditions/StringNotLike/0": "tag('env').like('tmp*')",
    }


TARGETS: list[Target] = [
    root(),
    ou("Workloads"),
    ou("Workloads/Prod") & ~account("web-prod"),
    account_tag("env") == "prod",
    account_tag("team") != "pay",
    account("pay-dev") | ou("Sandbox"),
]
PINS = st.sampled_from(
    [{}, {"account": "central"}, {"account": "central", "region": "eu-central-1"}, {"region": "eu-central-1"}]
)


@st.composite
def policies(draw: st.DrawFn) -> list[Policy]:
    """A few policies with things of their own, and one that extends the first."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        vault = Vault(f"v{number}", **draw(PINS))
        rule = Rule("r", into=vault, keep=days(number + 1), copies=[Copy(to=vault)])
        regions = draw(st.sampled_from([None, ["eu-central-1"]]))
        attach = root() if number == 0 else draw(st.sampled_from(TARGETS))
        plans = [Plan(f"g{number}", rules=[rule])]
        found.append(Policy(f"p{number}", attach=attach, plans=plans, vaults=[vault], regions=regions))
    below = [Plan("g0", rules=[Rule("r", keep=days(99))])]
    return [*found, Policy("over", attach=draw(st.sampled_from(TARGETS)), extends="p0", plans=below)]


def alone(organization: Organization, account: str) -> Organization:
    """The organization with one account, and the one that hosts vaults."""

    def thin(node: dict[str, Any]) -> dict[str, Any]:
        kept = [one for one in node["accounts"] if one["id"] in (account, "100000000002")]
        return {**node, "accounts": kept, "units": [thin(unit) for unit in node["units"]]}

    whole = organization.model_dump(mode="json")
    return Organization.model_validate({**whole, "root": thin(whole["root"])})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=policies())
def test_a_class_gets_what_each_of_its_accounts_gets_alone(
    written: list[Policy], run: Callable[..., Any], organization: Organization
) -> None:
    """Resolving once for each class of accounts gives every account exactly what resolving it alone gives."""
    together = run(*written)
    if together.model is None:
        return
    for account_id in together.model.accounts:
        if account_id == "100000000002":
            continue
        single = run(*_for_everybody(written, account_id, organization), over=alone(organization, account_id))
        assert single.model is not None, single.findings
        assert _documents(together.model, account_id) == _documents(single.model, account_id)


def _documents(model: Any, account_id: str) -> dict[str, Any]:
    shapes = [one for one in model.shapes if account_id in one.accounts]
    return {one.region: document(one).document() for one in shapes}


def _for_everybody(written: list[Policy], account_id: str, organization: Organization) -> list[Policy]:
    """The policies that hold for one account, attached to everybody, in the order of their levels."""
    from backstay.resolve import targets
    from backstay.resolve.tree import grow

    member = grow(organization).by_id[account_id]
    held = [one for one in written if one.attach is not None and targets.holds(one.attach, member)]
    return [
        Policy(one.name, attach=root(), plans=one.plans, vaults=one.vaults, regions=one.regions, extends=one.extends)
        for one in held
    ]
