"""The template for CloudFormation: the audit of a large organization as a state machine. Pure.

For the management account. One function reads, many at a time: a Distributed Map gives it batches of the list of
shards that lies in the bucket. The roles are made of the table of all policies of the agent, and of what the machine
itself does (Step Functions developer guide, "IAM policies for using Distributed Map states", read 2026-11-29).
"""

from __future__ import annotations

import json
from typing import Any

from backstay_agent.packaging.parameters import IMAGE, MEMBER_ROLE, folder, number, text
from backstay_agent.packaging.spelled import joined, named, spelled
from backstay_agent.permissions import policy

HANDLER = "backstay_agent.reconcile.audit_lambda.handler"
_ACCOUNT = "${AWS::AccountId}"
_PASSING = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
"""Errors of Lambda itself that pass (Step Functions developer guide, "Handling errors", read 2026-11-29)."""
_Json = dict[str, Any]


def template() -> str:
    """The template as JSON, which CloudFormation takes like YAML."""
    return json.dumps(document(), indent=2) + "\n"


def document() -> _Json:
    """The template."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Backstay audits a large organization. For the management account.",
        "Parameters": _parameters(),
        "Conditions": {"HasSchedule": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Schedule"}, ""]}]}},
        "Resources": {**_function(), **_machine(), **_schedule()},
        "Outputs": {
            "StateMachine": {"Description": "Start it for an audit; it needs no input", "Value": {"Ref": "Machine"}},
            "Role": {"Description": "What member accounts have to trust", "Value": {"Fn::GetAtt": ["Role", "Arn"]}},
        },
    }


def definition() -> _Json:
    """The state machine, in Amazon States Language; names in `${}` are substituted."""
    return {
        "Comment": "List the shards, read batches of them side by side, judge what was read",
        "StartAt": "List",
        "States": {
            "List": _step({"step": "list", "run.$": "$$.Execution.Name"}, Next="Read"),
            "Read": {
                "Type": "Map",
                "Label": "Shards",
                "ItemReader": {
                    "Resource": "arn:${Partition}:states:::s3:getObject",
                    "ReaderConfig": {"InputType": "JSON"},
                    "Parameters": {"Bucket.$": "$.bucket", "Key.$": "$.key"},
                },
                "ItemBatcher": {"MaxItemsPerBatchPath": "$.batch", "BatchInput": {"run.$": "$.run"}},
                "MaxConcurrencyPath": "$.concurrency",
                "ToleratedFailurePercentagePath": "$.tolerated",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "Batch",
                    "States": {"Batch": _step({"step": "read", "BatchInput.$": "$.BatchInput", "Items.$": "$.Items"})},
                },
                "ResultWriter": {
                    "Resource": "arn:${Partition}:states:::s3:putObject",
                    "Parameters": {"Bucket.$": "$.bucket", "Prefix.$": "$.results"},
                },
                "ResultPath": "$.map",
                "Next": "Judge",
            },
            "Judge": _step({"step": "judge", "run.$": "$.run"}),
        },
    }


def _step(payload: _Json, **following: str) -> _Json:
    again = {"IntervalSeconds": 5, "MaxAttempts": 4, "BackoffRate": 2, "JitterStrategy": "FULL"}
    return {
        "Type": "Task",
        "Resource": "${Invoke}",
        "Parameters": {"FunctionName": "${Function}", "Payload": payload},
        "OutputPath": "$.Payload",
        "Retry": [
            {"ErrorEquals": list(_PASSING), **again},
            {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 30, "MaxAttempts": 1, "BackoffRate": 2},
        ],
        **(following or {"End": True}),
    }


def _parameters() -> _Json:
    return {
        "ImageUri": IMAGE,
        "BuildBucket": text("The bucket that holds the build, and keeps shards and results", MinLength=3),
        "BuildPrefix": folder("The build's folder in the bucket", "build"),
        "StorePrefix": folder("The folder in the bucket for shards and results", "audit"),
        "MemberRole": MEMBER_ROLE,
        "Schedule": text("When it runs by itself; never if empty", "cron(0 4 * * ? *)"),
        "BatchSize": number("Shards (an account in a Region) in a batch", 20, MinValue=1, MaxValue=200),
        "Concurrency": number("Batches read at a time", 50, MinValue=1, MaxValue=1000),
        "Tolerated": number(
            "Percent of batches that may fail; their shards are unknown", 100, MinValue=0, MaxValue=100
        ),
        "MemorySize": number("MiB of memory", 1024, MinValue=512, MaxValue=10240),
        "LogRetention": {
            **number("Days that logs are kept", 90, MinValue=1, MaxValue=3653),
            "AllowedValues": [30, 60, 90, 180, 365, 731, 2557],
        },
    }


def _function() -> _Json:
    variables = {
        "BACKSTAY_BUILD": {"Fn::Sub": "s3://${BuildBucket}/${BuildPrefix}"},
        "BACKSTAY_STORE": {"Fn::Sub": "s3://${BuildBucket}/${StorePrefix}"},
        "BACKSTAY_ROLE": {"Ref": "MemberRole"},
        "BACKSTAY_BATCH": {"Ref": "BatchSize"},
        "BACKSTAY_CONCURRENCY": {"Ref": "Concurrency"},
        "BACKSTAY_TOLERATED": {"Ref": "Tolerated"},
    }
    return {
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "LogGroupName": {"Fn::Sub": "/aws/lambda/${AWS::StackName}"},
                "RetentionInDays": {"Ref": "LogRetention"},
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _trust("lambda"),
                "Policies": [named("read", _reading()), named("own", _own())],
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": {"Ref": "AWS::StackName"},
                "Description": "One step of an audit",
                "PackageType": "Image",
                "Code": {"ImageUri": {"Ref": "ImageUri"}},
                "ImageConfig": {"EntryPoint": ["python", "-m", "awslambdaric"], "Command": [HANDLER]},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Timeout": 900,
                "MemorySize": {"Ref": "MemorySize"},
                "Environment": {"Variables": variables},
                "LoggingConfig": {"LogFormat": "Text", "LogGroup": {"Ref": "Logs"}},
            },
        },
    }


def _machine() -> _Json:
    substituted = {
        "Function": {"Fn::GetAtt": ["Function", "Arn"]},
        "Partition": {"Ref": "AWS::Partition"},
        "Invoke": {"Fn::Sub": "arn:${AWS::Partition}:states:::lambda:invoke"},
    }
    return {
        "MachineRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _trust("states"),
                "Policies": [named("steps", _stepping())],
            },
        },
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "StateMachineName": {"Ref": "AWS::StackName"},
                "RoleArn": {"Fn::GetAtt": ["MachineRole", "Arn"]},
                "Definition": definition(),
                "DefinitionSubstitutions": substituted,
            },
        },
    }


def _schedule() -> _Json:
    target = {
        "Id": "audit",
        "Arn": {"Ref": "Machine"},
        "RoleArn": {"Fn::GetAtt": ["ScheduleRole", "Arn"]},
        "Input": "{}",
    }
    start = {"Effect": "Allow", "Action": ["states:StartExecution"], "Resource": {"Ref": "Machine"}}
    return {
        "ScheduleRole": {
            "Type": "AWS::IAM::Role",
            "Condition": "HasSchedule",
            "Properties": {
                "AssumeRolePolicyDocument": _trust("events"),
                "Policies": [named("start", {"Version": "2012-10-17", "Statement": [start]})],
            },
        },
        "Audits": {
            "Type": "AWS::Events::Rule",
            "Condition": "HasSchedule",
            "Properties": {
                "Description": "The audit",
                "ScheduleExpression": {"Ref": "Schedule"},
                "Targets": [target],
            },
        },
    }


def _trust(service: str) -> _Json:
    may = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [may]}


def _reading() -> _Json:
    """What the audit calls for the organization, and what reading asks for in the management account itself."""
    runner = policy("runner", "aws", _ACCOUNT, role="${MemberRole}", commands=("audit",))
    return joined(runner, policy("member-read", "aws", _ACCOUNT, commands=("audit",)))


_BUCKET = "arn:aws:s3:::${BuildBucket}"
_RUNS = f"{_BUCKET}/${{StorePrefix}}/runs/*"


def _may(actions: list[str], resource: Any, **more: Any) -> _Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def _own() -> _Json:
    """The build, shards and results, and the logs, which no table of the agent knows."""
    listed = {"StringLike": {"s3:prefix": ["${StorePrefix}/*"]}}
    statements = [
        _may(["s3:GetObject"], [f"{_BUCKET}/${{BuildPrefix}}/*", f"{_BUCKET}/${{StorePrefix}}/*"]),
        _may(["s3:PutObject"], f"{_BUCKET}/${{StorePrefix}}/*"),
        _may(["s3:DeleteObject"], f"{_BUCKET}/${{StorePrefix}}/tables/*"),
        _may(["s3:ListBucket"], _BUCKET, Condition=listed),
    ]
    logs = _may(["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::GetAtt": ["Logs", "Arn"]})
    return {"Version": "2012-10-17", "Statement": [*map(spelled, statements), logs]}


def _stepping() -> _Json:
    """What the state machine does by itself: call the function, read the list, start the map's runs, write its results.

    Its own ARN is spelled out, since it cannot be asked for before the role is there.
    """
    here = "${AWS::Region}:${AWS::AccountId}"
    machine = f"arn:aws:states:{here}:stateMachine:${{AWS::StackName}}"
    runs = f"arn:aws:states:{here}:execution:${{AWS::StackName}}/*"
    function = {"Fn::GetAtt": ["Function", "Arn"]}
    statements = [
        _may(["s3:GetObject", "s3:PutObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"], _RUNS),
        _may(["states:StartExecution"], machine),
        _may(["states:DescribeExecution", "states:StopExecution"], runs),
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [_may(["lambda:InvokeFunction"], function), *map(spelled, statements)],
    }
