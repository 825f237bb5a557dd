"""Managed keys and roles: there wherever they are needed, with the rights that the policy needs and no others."""

from __future__ import annotations

from typing import Any

import pytest

from backstay.dsl import (
    Access,
    AirGappedVault,
    Copy,
    Key,
    Plan,
    Policy,
    RestoreTest,
    Role,
    Rule,
    Scan,
    Select,
    Settings,
    Vault,
    account,
    days,
    ou,
    resource_type,
    root,
    tag,
    weekly,
)

KEY = Key("alias/k", manage=True)
ROLE = Role("backup/Own", manage=True)
PROD = ou("Workloads/Prod")
GOLD = Select("s", where=tag("a") == "b")
OWN = "arn:aws:iam::$account:role/backup/Own"
AWS_POLICY = "arn:aws:iam::aws:policy/"


def statements(key: Any) -> dict[str, Any]:
    """The statements of a key's policy by their Sid."""
    found = {one["Sid"]: one for one in key.policy["Statement"]}
    assert len(found) == len(key.policy["Statement"])
    return found


def policies(role: Any) -> list[str]:
    """AWS's policies of a role, without what all have in common."""
    assert all(one.startswith(AWS_POLICY) for one in role.managed)
    return [
        one.removeprefix(AWS_POLICY).removeprefix("service-role/AWSBackup").removeprefix("AWSBackup")
        for one in role.managed
    ]


def test_a_key_stands_where_a_vault_with_it_stands(model: Any) -> None:
    """One alias, one key in each account and Region of its vaults; a vault names it as if it had been there before."""
    far = Vault("far", key=KEY, account="central", region="eu-west-1")
    vaults = [Vault("a", key=KEY), Vault("b", key=KEY), Vault("c", key="alias/other"), far]
    found = model(Policy("p", attach=PROD, vaults=vaults, regions=["eu-central-1"]))
    keys = {(one.region, one.accounts): [key.alias for key in one.keys] for one in found.shapes}
    assert keys == {
        ("eu-central-1", ("100000000010", "100000000011")): ["alias/k"],
        ("eu-west-1", ("100000000002",)): ["alias/k"],
    }
    vault = found.shapes[0].vault("a")
    assert vault.key_arn == "arn:aws:kms:eu-central-1:$account:alias/k"


def test_the_account_administers_a_key_and_makes_vaults(model: Any) -> None:
    """Administration is no use; whoever makes a vault uses the key through AWS Backup only."""
    (shape,) = model(
        Policy("p", attach=account("pay-prod"), vaults=[Vault("a", key=KEY)], regions=["eu-west-1"])
    ).shapes
    (key,) = shape.keys
    found = statements(key)
    assert sorted(found) == ["AdministeredByTheAccount", "VaultsMadeByTheAccount"]
    admin = found["AdministeredByTheAccount"]
    assert admin["Principal"] == {"AWS": "arn:aws:iam::$account:root"}
    assert "kms:Put*" in admin["Action"]
    assert not {"kms:*", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"} & set(admin["Action"])
    via = {"StringEquals": {"kms:ViaService": "backup.eu-west-1.amazonaws.com"}}
    assert found["VaultsMadeByTheAccount"]["Condition"] == via


def test_roles_that_write_into_a_vault_use_its_key(model: Any, shape: Any) -> None:
    """Roles of plans that back up or copy into it, from whatever Region, and of restore tests; not of other plans."""
    near, far = Vault("near", key=KEY), Vault("far", key=KEY, region="eu-west-1")
    other = Vault("other")

    def plan(name: str, into: Vault, *copies: Vault) -> Plan:
        rule = Rule("r", into=into, keep=days(9), copies=[Copy(to=one) for one in copies])
        return Plan(name, rules=[rule], select=[GOLD], role=name)

    test = RestoreTest("t", at=weekly("sun", "06:00"), types=["RDS"], role="Tester")
    found = model(
        Policy(
            "p",
            attach=PROD,
            regions=["eu-central-1"],
            plans=[plan("Into", near), plan("Across", other, far), plan("None", other)],
            vaults=[near, far, other],
            restore_tests=[test],
        )
    )
    users = {}
    for region in ("eu-central-1", "eu-west-1"):
        statement = statements(shape(found, "pay-prod", region).keys[0])["UsedByBackupRoles"]
        condition = statement["Condition"]
        users[region] = [arn.rpartition("/")[2] for arn in condition["ArnEquals"]["aws:PrincipalArn"]]
        assert condition["StringEquals"]["kms:CallerAccount"] == "$account"
        assert f"ec2.{region}.amazonaws.com" in condition["StringEquals"]["kms:ViaService"]
    assert users == {"eu-central-1": ["Into", "Tester"], "eu-west-1": ["Across"]}
    grant = statements(shape(found, "pay-prod").keys[0])["GrantedByBackupRoles"]
    assert grant["Action"] == ["kms:CreateGrant"]
    assert grant["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_who_may_copy_into_a_vault_may_use_its_key(model: Any, shape: Any) -> None:
    """The organization by its id, accounts by theirs; grants for AWS only. Where copies go, may read the source's."""
    access = Access.allow_copies_from(organization=True, accounts=["pay-dev", "555555555555"])
    dr = Vault("dr", key=Key("alias/dr", manage=True), account="central", region="eu-west-1", access=access)
    source = Vault("source", key=KEY)
    plan = Plan("p", rules=[Rule("r", into=source, keep=days(9), copies=[Copy(to=dr)])], select=[GOLD])
    found = model(Policy("p", attach=PROD, plans=[plan], vaults=[source, dr]))
    (key,) = shape(found, "central", "eu-west-1").keys
    said = statements(key)
    service = "arn:aws:iam::$account:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
    assert said["UsedByBackupRoles"]["Condition"]["ArnEquals"] == {"aws:PrincipalArn": [service]}
    organization = {"StringEquals": {"aws:PrincipalOrgID": ["o-acme0001"]}}
    assert said["UsedForCopiesByTheOrganization"]["Condition"] == organization
    for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert said["GrantedForCopiesByTheOrganization"]["Condition"] == {**organization, **for_aws}
    roots = ["arn:aws:iam::100000000020:root", "arn:aws:iam::555555555555:root"]
    assert said["UsedForCopiesByAccounts"]["Principal"] == {"AWS": roots}
    assert said["GrantedForCopiesByAccounts"]["Condition"] == for_aws
    (own,) = shape(found, "pay-prod").keys
    assert statements(own)["UsedForCopiesByAccounts"]["Principal"] == {"AWS": ["arn:aws:iam::100000000002:root"]}


def test_an_air_gapped_vault_has_keys_as_well(model: Any, shape: Any) -> None:
    """Rules that go straight into it use its key."""
    bunker = AirGappedVault("b", min=days(7), max=days(99), key=KEY)
    plan = Plan("p", rules=[Rule("r", into="v", keep=days(9), into_air_gapped=bunker)], select=[GOLD], role=ROLE)
    found = model(Policy("p", attach=root(), plans=[plan], vaults=[bunker]))
    said = statements(shape(found, "central").keys[0])["UsedByBackupRoles"]
    assert said["Condition"]["ArnEquals"] == {"aws:PrincipalArn": [OWN]}


def test_roles_stand_once_in_an_account(model: Any) -> None:
    """In the first Region of the account that a policy reaches, whatever other Regions have to say of the role."""
    plan = Plan("p", rules=[Rule("r", into=Vault("v"))], select=[GOLD], role=ROLE)
    far = Plan("q", rules=[Rule("r", into=Vault("v"), index=["EBS"])], select=[GOLD], role=ROLE)
    found = model(
        Policy("p", attach=root(), plans=[plan], vaults=[Vault("v")]),
        Policy("q", attach=PROD, plans=[far], regions=["eu-west-1"]),
        Policy("r", attach=ou("Sandbox"), settings=Settings(opt_in={"RDS": True})),
    )
    standing = [(one.region, account_, role) for one in found.shapes for account_ in one.accounts for role in one.roles]
    assert sorted((region, account_) for region, account_, _ in standing) == [
        ("eu-central-1", account_) for account_ in sorted(found.accounts)
    ]
    of = {account_: role for _, account_, role in standing}
    assert (of["100000000010"].name, of["100000000010"].path) == ("Own", "/backup/")
    indexing = "ServiceRolePolicyForIndexing"
    assert {account_ for account_, role in of.items() if indexing in policies(role)} == {"100000000010", "100000000011"}


EBS = Select("s", where=resource_type("EBS"))


@pytest.mark.parametrize(
    ("plan", "wanted"),
    [
        ({"select": [EBS]}, ["ForBackup"]),
        ({"select": [EBS, Select("t", where=tag("a") == "b")]}, ["S3Backup", "ForBackup"]),
        ({"select": [Select("s", where=resource_type("S3"))]}, ["S3Backup", "ForBackup"]),
        ({"select": [EBS], "scan": Scan(types=["EBS"], role="x")}, ["ForScans", "ForBackup"]),
        ({"select": [EBS], "rules": [Rule("r", into="v", index=["EBS"])]}, ["ForIndexing", "ForBackup"]),
    ],
)
def test_a_role_has_the_policies_that_it_needs(plan: dict[str, Any], wanted: list[str], model: Any, shape: Any) -> None:
    """Of AWS's policies for its backup roles those that rules and selections need."""
    plan = {"rules": [Rule("r", into="v", keep=days(9))], **plan}
    (role,) = shape(model(Policy("p", attach=root(), plans=[Plan("p", role=ROLE, **plan)])), "central").roles
    names = [name.removeprefix("ServiceRolePolicy").replace("ForS3", "S3") for name in policies(role)]
    assert names == wanted
    (statement,) = role.trust["Statement"]
    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}


def test_scanners_and_testers(model: Any, shape: Any) -> None:
    """A scanner is assumed by GuardDuty, a restore test's role restores; one role for all may do all."""
    scanner = Role("Scanner", manage=True)
    plan = Plan("p", rules=[Rule("r", into="v")], select=[EBS], scan=Scan(types=["EBS"], role=scanner))
    tests = [RestoreTest("t", at=weekly("sun", "06:00"), types=["S3"], role=ROLE)]
    found = model(Policy("p", attach=root(), plans=[plan], restore_tests=tests))
    own, scans = shape(found, "central").roles
    assert policies(own) == ["ServiceRolePolicyForS3Restore", "ServiceRolePolicyForRestores"]
    assert policies(scans) == ["GuardDutyRolePolicyForScans"]
    (statement,) = scans.trust["Statement"]
    assert statement["Principal"] == {"Service": "malware-protection.guardduty.amazonaws.com"}
    assert (scans.name, scans.path) == ("Scanner", "/")


def test_no_role_for_a_test_that_is_left_out(model: Any) -> None:
    """Where none of a restore test's vaults stands, its role is not made either."""
    dr = Vault("dr", account="central", region="eu-west-1")
    test = RestoreTest("t", at=weekly("sun", "06:00"), vaults=[dr], types=["RDS"], role=ROLE)
    found = model(Policy("p", attach=PROD | account("central"), vaults=[dr, Vault("v")], restore_tests=[test]))
    standing = [(one.region, one.accounts) for one in found.shapes if one.roles]
    assert standing == [("eu-central-1", ("100000000002",))]


@pytest.mark.parametrize(
    "policy",
    [
        Policy("p", attach=root(), vaults=[Vault("a", key=KEY), Vault("b", key=Key("alias/k"))]),
        Policy(
            "p",
            attach=root(),
            plans=[Plan("p", select=[GOLD], role=ROLE), Plan("q", select=[GOLD], role=Role("backup/Own"))],
        ),
        Policy(
            "p",
            attach=root(),
            plans=[Plan("p", select=[GOLD], role=ROLE), Plan("q", select=[GOLD], role=Role("Own", manage=True))],
        ),
    ],
)
def test_managed_and_not(policy: Policy, names: Any) -> None:
    """One alias, or one role's name, is managed for an account or it is not; an ARN is of a role that is there."""
    assert names(policy) == ["managed-or-not"]


def test_named_keys_and_roles_are_not_made(model: Any) -> None:
    """`Key` and `Role` without `manage` only name what must be there."""
    plan = Plan("p", rules=[Rule("r", into="v")], select=[GOLD], role=Role("a/B"))
    found = model(Policy("p", attach=root(), plans=[plan], vaults=[Vault("v", key=Key("alias/k"))]))
    assert not any(one.keys or one.roles for one in found.shapes)
    assert found.shapes[0].plans[0].selections[0].role_arn == "arn:aws:iam::$account:role/a/B"
    assert found.shapes[0].vaults[0].key_arn == "arn:aws:kms:eu-central-1:$account:alias/k"
