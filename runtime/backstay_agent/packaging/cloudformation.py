"""The template for CloudFormation: the agent as a Lambda function on a schedule, in the management account. Pure.

Its role is made of the same table as every policy of the agent: what the calls of `run` ask for, and no more. Deployed
with `ApplyMode` report it has no right to write anything but its own state and its alerts.
"""

from __future__ import annotations

import json
from typing import Any

from backstay_agent.packaging.parameters import IMAGE, MEMBER_ROLE, folder, number, text
from backstay_agent.packaging.spelled import joined, named, spelled
from backstay_agent.permissions import policy

HANDLER = "backstay_agent.reconcile.aws_lambda.handler"
_ACCOUNT = "${AWS::AccountId}"
_ROUNDS, _AUDITS = ("drift", "jobs", "locks"), ("audit",)
_MODES = ["report", "reversible"]
_Json = dict[str, Any]


def template() -> str:
    """The template as JSON, which CloudFormation takes like YAML."""
    return json.dumps(document(), indent=2) + "\n"


def document() -> _Json:
    """The template."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Backstay watches over the organization's backups. For the management account.",
        "Parameters": _parameters(),
        "Conditions": {
            "Applies": {"Fn::Equals": [{"Ref": "ApplyMode"}, "reversible"]},
            "HasEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlertEmail"}, ""]}]},
        },
        "Resources": {**_telling(), **_function(), **_schedules(), **_alarms()},
        "Outputs": {
            "Topic": {"Description": "Where alerts and alarms go", "Value": {"Ref": "Alerts"}},
            "Role": {"Description": "What member accounts have to trust", "Value": {"Fn::GetAtt": ["Role", "Arn"]}},
            "Function": {"Description": "The function", "Value": {"Ref": "Function"}},
        },
    }


def _parameters() -> _Json:
    return {
        "ImageUri": IMAGE,
        "BuildBucket": text("The bucket that holds the build, and keeps the state", MinLength=3),
        "BuildPrefix": folder("The build's folder in the bucket", "build"),
        "StatePrefix": folder("The folder in the bucket for the state", "backstay-state"),
        "TrustedKeys": text("Public keys (PEM) one of which must have signed the build; any: none is demanded", "any"),
        "ApplyMode": text("Only report drift, or put right what can be taken back", "report", AllowedValues=_MODES),
        "MemberRole": MEMBER_ROLE,
        "RoundSchedule": text("How often drift, jobs and locks are looked at", "rate(15 minutes)"),
        "AuditSchedule": text("When everything is audited", "cron(0 5 * * ? *)"),
        "AlertEmail": text("Who gets the alerts by mail; nobody if empty", ""),
        "MemorySize": number("MiB of memory", 1024, MinValue=512, MaxValue=10240),
        "LogRetention": number("Days that logs are kept", 90, AllowedValues=[30, 60, 90, 180, 365, 731, 2557]),
    }


def _telling() -> _Json:
    return {
        "Alerts": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "Backstay"}},
        "AlertMail": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "HasEmail",
            "Properties": {"TopicArn": {"Ref": "Alerts"}, "Protocol": "email", "Endpoint": {"Ref": "AlertEmail"}},
        },
        "DeadLetters": {
            "Type": "AWS::SQS::Queue",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {"MessageRetentionPeriod": 1209600, "SqsManagedSseEnabled": True},
        },
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "LogGroupName": {"Fn::Sub": "/aws/lambda/${AWS::StackName}"},
                "RetentionInDays": {"Ref": "LogRetention"},
            },
        },
    }


def _function() -> _Json:
    prefix = {"Fn::Sub": "s3://${BuildBucket}/${BuildPrefix}"}
    variables = {
        "BACKSTAY_BUILD": prefix,
        "BACKSTAY_STATE": {"Fn::Sub": "s3://${BuildBucket}/${StatePrefix}"},
        "BACKSTAY_APPLY": {"Ref": "ApplyMode"},
        "BACKSTAY_TRUSTED_KEYS": {"Ref": "TrustedKeys"},
        "BACKSTAY_ROLE": {"Ref": "MemberRole"},
        "BACKSTAY_SNS_TOPIC": {"Ref": "Alerts"},
    }
    return {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _trust(),
                "Policies": [
                    named("watch", _watching()),
                    named("own", _own()),
                    {"Fn::If": ["Applies", named("apply", _applying()), {"Ref": "AWS::NoValue"}]},
                ],
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": {"Ref": "AWS::StackName"},
                "Description": "One round of backstay run",
                "PackageType": "Image",
                "Code": {"ImageUri": {"Ref": "ImageUri"}},
                "ImageConfig": {"EntryPoint": ["python", "-m", "awslambdaric"], "Command": [HANDLER]},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Timeout": 900,
                "MemorySize": {"Ref": "MemorySize"},
                "Environment": {"Variables": variables},
                "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}},
                "LoggingConfig": {"LogFormat": "Text", "LogGroup": {"Ref": "Logs"}},
            },
        },
        "Patience": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 1,
                "MaximumEventAgeInSeconds": 3600,
            },
        },
    }


def _schedules() -> _Json:
    def rule(name: str, parameter: str, tasks: tuple[str, ...], description: str) -> _Json:
        target = {"Id": "agent", "Arn": {"Fn::GetAtt": ["Function", "Arn"]}, "Input": json.dumps({"tasks": tasks})}
        may = {
            "FunctionName": {"Ref": "Function"},
            "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": [name, "Arn"]},
        }
        events = {"Description": description, "ScheduleExpression": {"Ref": parameter}, "Targets": [target]}
        return {
            name: {"Type": "AWS::Events::Rule", "Properties": events},
            f"{name}May": {"Type": "AWS::Lambda::Permission", "Properties": may},
        }

    rounds = rule("Rounds", "RoundSchedule", _ROUNDS, "Drift, jobs and locks")
    return rounds | rule("Audits", "AuditSchedule", _AUDITS, "The audit")


def _alarms() -> _Json:
    def alarm(description: str, namespace: str, metric: str, dimension: _Json, **more: Any) -> _Json:
        properties = {
            "AlarmDescription": description,
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [dimension],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "Alerts"}],
            "OKActions": [{"Ref": "Alerts"}],
        }
        return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**properties, **more}}

    function = {"Name": "FunctionName", "Value": {"Ref": "Function"}}
    queue = {"Name": "QueueName", "Value": {"Fn::GetAtt": ["DeadLetters", "QueueName"]}}
    silent = {
        "Period": 3600,
        "EvaluationPeriods": 2,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
    }
    return {
        "RoundFailed": alarm("A round of Backstay failed", "AWS/Lambda", "Errors", function),
        "RoundLost": alarm(
            "A round of Backstay was given up",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            queue,
            Statistic="Maximum",
        ),
        "NobodyWatches": alarm("Backstay has not run for two hours", "AWS/Lambda", "Invocations", function, **silent),
    }


def _trust() -> _Json:
    may = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [may]}


def _watching() -> _Json:
    """What the runner calls for the organization, and what watching asks for in the management account itself."""
    runner = policy("runner", "aws", _ACCOUNT, role="${MemberRole}", commands=("plan", "audit"))
    return joined(runner, policy("member", "aws", _ACCOUNT, commands=("run",)))


def _applying() -> _Json:
    """What putting right asks for on top of it, in the management account itself."""
    runner = policy("runner", "aws", _ACCOUNT, role="${MemberRole}", commands=("run-apply",))
    acting = [one for one in runner["Statement"] if "backup:UpdateGlobalSettings" in one["Action"]]
    return joined({"Statement": acting}, policy("member", "aws", _ACCOUNT, commands=("run-apply",)))


def _own() -> _Json:
    """The build, the state, the alerts, the logs and the dead letters, which no table of the agent knows."""
    bucket = "arn:aws:s3:::${BuildBucket}"

    def may(actions: list[str], resource: Any) -> _Json:
        return {"Effect": "Allow", "Action": actions, "Resource": resource}

    statements = [
        may(["s3:GetObject"], [f"{bucket}/${{BuildPrefix}}/*", f"{bucket}/${{StatePrefix}}/*"]),
        may(["s3:PutObject"], f"{bucket}/${{StatePrefix}}/*"),
    ]
    every = [spelled(one) for one in statements]
    every += [
        may(["sns:Publish"], {"Ref": "Alerts"}),
        may(["sqs:SendMessage"], {"Fn::GetAtt": ["DeadLetters", "Arn"]}),
        may(["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::GetAtt": ["Logs", "Arn"]}),
    ]
    return {"Version": "2012-10-17", "Statement": every}
