"""Makes and changes stack sets, and follows their operations to the end."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.bootstrap.read_sets import SetReader
from backstay_contract.bootstrap import CreateStackSet, DeployStackSet, UpdateStackSet

# One account's failure is never another's, and IAM bears all at once.
_PREFERENCES = {"FailureTolerancePercentage": 100, "MaxConcurrentPercentage": 100}
_GOING_ON = frozenset({"QUEUED", "RUNNING", "STOPPING"})
_PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0)
"""Seconds between looks at an operation; the last one again and again."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class SetWorker:
    """Works on the stack sets of the organization; raises AwsProblem."""

    aws: Aws
    management: str
    sleep: Callable[[float], None] = time.sleep

    @property
    def _sets(self) -> SetReader:
        return SetReader(self.aws, managing=self.aws.caller() == self.management)

    def create(self, step: CreateStackSet) -> None:
        """Make a stack set with no stacks yet; one that came to be meanwhile is as good."""
        try:
            self._sets.call(
                "CreateStackSet", **_body(step), PermissionModel="SERVICE_MANAGED", ClientRequestToken=step.id
            )
        except AwsProblem as problem:
            if problem.code != "NameAlreadyExistsException":
                raise

    def update(self, step: UpdateStackSet) -> dict[str, str]:
        """Bring a stack set and its stacks up to date; the accounts that failed, with the reason."""
        return self._operate(step.stack_set, "UpdateStackSet", **_body(step))

    def deploy(self, step: DeployStackSet) -> dict[str, str]:
        """Put stacks into units; the accounts that failed, with the reason."""
        targets = {"OrganizationalUnitIds": list(step.units)}
        regions = [step.region]
        members = {"StackSetName": step.stack_set, "DeploymentTargets": targets, "Regions": regions}
        return self._operate(step.stack_set, "CreateStackInstances", **members)

    def _operate(self, name: str, operation: str, **members: Any) -> dict[str, str]:
        """Begin an operation when no other is under way, and follow it."""
        for attempt in count(1):
            self._wait_for_others(name)
            own = str(uuid.uuid4())
            try:
                self._sets.call(operation, **members, OperationId=own, OperationPreferences=_PREFERENCES)
            except AwsProblem as problem:
                if problem.code == "OperationInProgressException" and attempt < _TRIES:
                    continue
                if problem.code != "OperationIdAlreadyExistsException":
                    raise
            return self._follow(name, own)
        raise AssertionError("counting never ends")

    def _wait_for_others(self, name: str) -> None:
        for row in self._sets.pages("ListStackSetOperations", StackSetName=name):
            if row["Status"] in _GOING_ON:
                self._follow(name, row["OperationId"])

    def _follow(self, name: str, operation: str) -> dict[str, str]:
        asked = {"StackSetName": name, "OperationId": operation}
        pauses = iter(_PAUSES)
        while self._sets.call("DescribeStackSetOperation", **asked)["StackSetOperation"]["Status"] in _GOING_ON:
            self.sleep(next(pauses, _PAUSES[-1]))
        rows = self._sets.pages("ListStackSetOperationResults", **asked)
        return {
            row["Account"]: row.get("StatusReason") or row["Status"] for row in rows if row["Status"] != "SUCCEEDED"
        }


def _body(step: CreateStackSet | UpdateStackSet) -> Mapping[str, Any]:
    """What a stack set is told."""
    return {
        "StackSetName": step.stack_set,
        "TemplateBody": json.dumps(step.template, separators=(",", ":")),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": step.parameters[key]} for key in sorted(step.parameters)
        ],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
    }
