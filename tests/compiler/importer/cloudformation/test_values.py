"""CloudFormation's functions and references, each on one value of a template."""

from __future__ import annotations

from typing import Any

import pytest

from backstay.importer import cloudformation
from backstay.importer.found import Unknown

TEMPLATE = """
Parameters:
  Name: {Type: String, Default: gold}
  Open: {Type: String}
  Days: {Type: Number, Default: 35}
  List: {Type: CommaDelimitedList, Default: "a, b"}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a/path}
Mappings:
  Places:
    eu-west-1: {Short: euw1, Same: one}
    eu-central-1: {Short: euc1, Same: one}
Conditions:
  Yes: !Equals [!Ref Name, gold]
  No: !Not [!Condition Yes]
  Either: !Or [!Condition No, !Condition Yes]
  Both: !And [!Condition No, !Equals [!Ref Open, x]]
  Perhaps: !Equals [!Ref Open, x]
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: !Sub "${Name}-vault"}
  Key: {Type: "AWS::KMS::Key", Properties: {}}
  Alias: {Type: "AWS::KMS::Alias", Properties: {AliasName: alias/backup, TargetKeyId: !Ref Key}}
  Topic: {Type: "AWS::SNS::Topic", Properties: {TopicName: alarms}}
  Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: reports}}
  Role: {Type: "AWS::IAM::Role", Properties: {RoleName: Backups, Path: /ops/}}
  Nameless: {Type: "AWS::IAM::Role", Properties: {}}
  Tested:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: tested
      EncryptionKeyArn: VALUE
"""

KNOWN = [
    ("!Ref Name", "gold"),
    ("{Ref: Name}", "gold"),
    ("!Ref Vault", "gold-vault"),
    ("!Ref AWS::AccountId", "$account"),
    ("!Ref AWS::Partition", "aws"),
    ('!Sub "${Name}/${!Name}/${AWS::URLSuffix}"', "gold/${Name}/amazonaws.com"),
    ('!Sub ["${x}-${Name}", {x: !Ref Days}]', "35-gold"),
    ('{"Fn::Sub": "${Vault}"}', "gold-vault"),
    ('!Join ["-", [a, !Ref Name, !Ref Days]]', "a-gold-35"),
    ('!Join ["", !Ref List]', "ab"),
    ("!Select [1, !Ref List]", "b"),
    ('!Select ["0", !Split ["/", x/y]]', "x"),
    ("!FindInMap [Places, eu-west-1, Short]", "euw1"),
    ("!FindInMap [Places, !Ref AWS::Region, Same]", "one"),
    ("!FindInMap [Places, nowhere, Short, {DefaultValue: other}]", "other"),
    ("!If [Yes, a, b]", "a"),
    ("!If [No, a, b]", "b"),
    ("!If [Either, a, b]", "a"),
    ("!If [Both, a, b]", "b"),
    ("!If [Perhaps, same, same]", "same"),
    ("!Base64 ab", "YWI="),
    ("{'Fn::Length': !Ref List}", "2"),
    ("{'Fn::ToJsonString': {a: [1]}}", '{"a":[1]}'),
    ("!GetAtt Vault.BackupVaultArn", "arn:aws:backup:$region:$account:backup-vault:gold-vault"),
    ("!GetAtt Key.Arn", "arn:aws:kms:$region:$account:alias/backup"),
    ("!GetAtt [Topic, TopicArn]", "arn:aws:sns:$region:$account:alarms"),
    ("!Ref Topic", "arn:aws:sns:$region:$account:alarms"),
    ("!GetAtt Bucket.Arn", "arn:aws:s3:::reports"),
    ("!GetAtt Role.Arn", "arn:aws:iam::$account:role/ops/Backups"),
    ("!Ref Role", "Backups"),
]

OPEN = [
    ("!Ref Open", "${Open}", "open"),
    ('!Sub "${Open}"', "${Open}", "open"),
    ('!Sub "${Open}-vault"', "${Open}-vault", "open_vault"),
    ('!Join ["-", [!Ref Open, a]]', "!Join [-, [${Open}, a]]", "join_open_a"),
    ("!Ref Stored", "${Stored}", "stored"),
    ("!Ref AWS::StackName", "${AWS::StackName}", "stack_name"),
    ("!If [Perhaps, a, b]", "!If [Perhaps, a, b]", "if_perhaps"),
    ("!FindInMap [Places, !Ref AWS::Region, Short]", "!FindInMap [Places, ${AWS::Region}, Short]", "places_short"),
    ("!ImportValue shared-key", "!ImportValue shared-key", "shared_key"),
    ("!Select [7, !Ref List]", "!Select [7, ${List}]", "select_7_list"),
    ('!Split [",", !Ref Open]', "!Split [,, ${Open}]", "split_open"),
    ("!Cidr [10.0.0.0/16, 2]", "!Cidr [10.0.0.0/16, 2]", "cidr_10_0_0_0_16_2"),
    ("!GetAtt Nameless.Arn", "${Nameless.Arn}", "nameless_arn"),
    ("!GetAtt Vault.Other", "${Vault.Other}", "vault_other"),
    ("'{{resolve:ssm:/key}}'", "{{resolve:ssm:/key}}", "resolve_ssm_key"),
    ("{'Fn::Transform': {Name: Macro}}", "!Transform !Name Macro", "transform_name_macro"),
]


def value(text: str) -> Any:
    """What a value comes to, as the key of a vault."""
    reading = cloudformation.read("t.yaml", TEMPLATE.replace("VALUE", text).encode())
    assert [one for one in reading.findings if one.severity == "error"] == []
    return next(one.body["EncryptionKeyArn"] for one in reading.found if one.name == "tested")


@pytest.mark.parametrize(("text", "wanted"), KNOWN, ids=[text for text, _ in KNOWN])
def test_what_can_be_worked_out_is(text: str, wanted: str) -> None:
    """A function of known values is its result, in the short and the long form."""
    assert value(text) == wanted


@pytest.mark.parametrize(("text", "expression", "name"), OPEN, ids=[text for text, _, _ in OPEN])
def test_what_only_the_deployment_knows_stays_open(text: str, expression: str, name: str) -> None:
    """An undecided value says what the source has, why it is open, and has a readable name."""
    found = value(text)
    assert isinstance(found, Unknown)
    assert (found.expression, found.name) == (expression, name)
    assert found.why


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!Ref Nothing", "the template has neither a parameter nor a resource `Nothing`"),
        ("!GetAtt Nothing.Arn", "the template has no resource `Nothing`"),
        ("!If [Nothing, a, b]", "the template has no condition `Nothing`"),
        ("!Nope a", "the tag `!Nope` means nothing here"),
    ],
)
def test_a_reference_to_nothing_is_said_at_its_place(text: str, message: str) -> None:
    """What a template refers to and does not have is complained of where it stands."""
    source = TEMPLATE.replace("VALUE", text)
    line = next(number for number, one in enumerate(source.split("\n"), 1) if text in one)
    findings = cloudformation.read("t.yaml", source.encode()).findings
    assert [(one.message, one.span and one.span.line) for one in findings if one.severity == "error"] == [
        (message, line)
    ]
