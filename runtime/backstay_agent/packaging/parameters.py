"""Parameters of our CloudFormation templates, and those that every one of them has. Pure."""

from __future__ import annotations

from typing import Any

_Json = dict[str, Any]
_FOLDER = "[^/].*[^/]|[^/]"


def text(description: str, default: str | None = None, **more: Any) -> _Json:
    """A parameter that is a text; one without a default has to be given."""
    return {"Type": "String", "Description": description, **({} if default is None else {"Default": default}), **more}


def number(description: str, default: int, **more: Any) -> _Json:
    """A parameter that is a number."""
    return {"Type": "Number", "Description": description, "Default": default, **more}


def folder(description: str, default: str) -> _Json:
    """A folder of a bucket, without slashes around it."""
    return text(description, default, AllowedPattern=_FOLDER)


IMAGE = text("The image in Amazon ECR (Containerfile, target agent)", MinLength=1)
MEMBER_ROLE = text(
    "Path and name of the role that is taken in member accounts", "backstay-agent", AllowedPattern="[^/].*"
)
