"""Reads one template from its text to what was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from backstay.importer.cloudformation import embedded
from backstay.importer.cloudformation.evaluate import Evaluation
from backstay.importer.cloudformation.functions import FUNCTIONS
from backstay.importer.cloudformation.resources import PREFIX, Resource, listed, macros, made, referred
from backstay.importer.cloudformation.template import load
from backstay.importer.found import ANYWHERE, Reading, Scope, joined
from backstay.importer.problem import problem
from backstay_contract.findings import Span

DEEPEST: Final = 3


def read_template(
    path: str, data: bytes, arguments: Mapping[str, Any], scope: Scope = ANYWHERE, *, depth: int = 0
) -> Reading:
    """A template's reading; names of undecided values may still repeat. `depth`: of templates inside templates."""
    template, findings = load(path, data)
    if template is None:
        return Reading((), findings)
    evaluation = Evaluation(template, FUNCTIONS, arguments)
    macros(evaluation)
    readings = [_one(evaluation, resource, scope, depth) for resource in listed(evaluation)]
    readings.append(Reading(tuple(referred(evaluation, scope))))
    whole = joined(readings)
    findings = (*findings, *evaluation.findings, *whole.findings)
    if not whole.found and not findings:
        message = "this template declares no resource of AWS Backup"
        findings = (problem("nothing-to-import", message, Span(path, 1, 1, 1, 2)),)
    return Reading(whole.found, findings, whole.params)


def _one(evaluation: Evaluation, resource: Resource, scope: Scope, depth: int) -> Reading:
    if resource.kind.startswith(PREFIX):
        return Reading(made(evaluation, resource, scope))
    if resource.kind == "AWS::Organizations::Policy":
        return embedded.policy(evaluation, resource)
    if resource.kind == "AWS::CloudFormation::StackSet" and depth < DEEPEST:
        return embedded.stack_set(evaluation, resource, partial(_nested, depth=depth + 1))
    if resource.kind in ("AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"):
        return embedded.elsewhere(evaluation, resource)
    if resource.kind.startswith("Custom::") or resource.kind == "AWS::CloudFormation::CustomResource":
        return embedded.custom(evaluation, resource)
    return Reading()


def _nested(path: str, data: bytes, arguments: Mapping[str, Any], scope: Scope, *, depth: int) -> Reading:
    return read_template(path, data, arguments, scope, depth=depth)
