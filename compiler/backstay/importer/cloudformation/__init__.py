"""Reads CloudFormation templates: JSON and YAML, functions as far as they can be worked out without deploying."""

from __future__ import annotations

import re

from backstay.importer.cloudformation.reader import read_template
from backstay.importer.cloudformation.undecided import settle
from backstay.importer.found import Reading
from backstay_contract.findings import in_order

_SUFFIXES = (".yaml", ".yml", ".json", ".template", ".cfn", ".txt")
_SIGNS = re.compile(rb"AWSTemplateFormatVersion|AWS::Serverless-|[\"']?Type[\"']?\s*:\s*[\"']?AWS::[A-Za-z0-9]+::")


def recognises(path: str, data: bytes) -> bool:
    """Whether a file looks like a CloudFormation template."""
    return path.lower().endswith(_SUFFIXES) and b"Resources" in data and _SIGNS.search(data) is not None


def read(path: str, data: bytes) -> Reading:
    """A template's resources of AWS Backup as AWS bodies. Never raises for what is in the file."""
    reading = read_template(path, data, {})
    found, params = settle(reading.found)
    return Reading(found, tuple(in_order(reading.findings)), params)
