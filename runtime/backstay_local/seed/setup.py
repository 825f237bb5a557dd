"""A set-up (roles, keys, topics, buckets in many accounts at once) read into frozen values. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .problem import SeedError

PARTS = frozenset({"roles", "keys", "topics", "buckets"})
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Where:
    """Accounts (None: all of the organization) and Regions (None: the one that is asked from)."""

    accounts: tuple[str, ...] | None = None
    regions: tuple[str, ...] = ("us-east-1",)


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role: who may take it, and policies by ARN (managed) or as documents (inline)."""

    name: str
    path: str
    trust: Document
    where: Where
    policies: tuple[str | Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A key (by alias), topic or bucket, with its policy if it has one of its own."""

    name: str
    where: Where
    policy: Document | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """What shall exist. In documents, `$account`, `$region`, `$management` and `$partition` stand for what they say."""

    roles: tuple[Role, ...] = ()
    keys: tuple[Named, ...] = ()
    topics: tuple[Named, ...] = ()
    buckets: tuple[Named, ...] = ()


def read(document: Mapping[str, Any], file: str) -> Setup:
    """The set-up in a parsed document; `SeedError` with the place of the first fault."""
    unknown = sorted(set(document) - PARTS)
    if unknown:
        raise SeedError(file, unknown[0], f"is unknown; a set-up has {', '.join(sorted(PARTS))}")
    return Setup(
        tuple(_role(item, file, place) for item, place in _rows(document, "roles", file)),
        tuple(_named(item, "alias", file, place) for item, place in _rows(document, "keys", file)),
        tuple(_named(item, "name", file, place) for item, place in _rows(document, "topics", file)),
        tuple(_named(item, "name", file, place) for item, place in _rows(document, "buckets", file)),
    )


def fill(value: Any, names: Mapping[str, str]) -> Any:
    """A document with `$account` and its like filled in."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace(f"${{{name}}}", text).replace(f"${name}", text)
        return value
    if isinstance(value, Mapping):
        return {fill(key, names): fill(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, names) for item in value]
    return value


def _rows(document: Mapping[str, Any], part: str, file: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    rows = document.get(part) or []
    if not isinstance(rows, list):
        raise SeedError(file, part, "must be a list")
    for index, row in enumerate(rows):
        place = f"{part}[{index}]"
        if not isinstance(row, Mapping):
            raise SeedError(file, place, "must be an object")
        yield row, place


def _role(item: Mapping[str, Any], file: str, place: str) -> Role:
    policies = item.get("policies") or []
    if not isinstance(policies, list) or not all(isinstance(one, str | Mapping) for one in policies):
        raise SeedError(file, f"{place}.policies", "must list ARNs and policy documents")
    path = str(item.get("path") or "/")
    if not (path.startswith("/") and path.endswith("/")):
        raise SeedError(file, f"{place}.path", f"{path!r} must begin and end with a slash")
    name = _text(item, "name", file, place)
    return Role(
        name, path, _trust(item.get("trust"), file, f"{place}.trust"), _where(item, file, place), tuple(policies)
    )


def _named(item: Mapping[str, Any], key: str, file: str, place: str) -> Named:
    policy = item.get("policy")
    if policy is not None and not isinstance(policy, Mapping):
        raise SeedError(file, f"{place}.policy", "must be a policy document")
    return Named(_text(item, key, file, place), _where(item, file, place), policy)


def _trust(value: Any, file: str, place: str) -> Document:
    """A trust policy as a document, or in short: a service, an account or a principal's ARN, or a list of those."""
    if isinstance(value, Mapping) and "Statement" in value:
        return value
    short = [value] if isinstance(value, str) else value
    if not isinstance(short, list) or not short or not all(isinstance(one, str) for one in short):
        raise SeedError(file, place, "must be a policy document, or services, accounts and ARNs that may take the role")
    statements = [{"Effect": "Allow", "Principal": _principal(one), "Action": "sts:AssumeRole"} for one in short]
    return {"Version": "2012-10-17", "Statement": statements}


def _principal(text: str) -> Mapping[str, str]:
    if text.endswith(".amazonaws.com"):
        return {"Service": text}
    if text.startswith("arn:") or text == "*":
        return {"AWS": text}
    return {"AWS": f"arn:$partition:iam::{text}:root"}


def _where(item: Mapping[str, Any], file: str, place: str) -> Where:
    accounts = item.get("accounts", item.get("account", "all"))
    regions = item.get("regions", item.get("region", ["us-east-1"]))
    if isinstance(accounts, str):
        accounts = None if accounts == "all" else [accounts]
    if isinstance(regions, str):
        regions = [regions]
    for name, value in (("accounts", accounts), ("regions", regions)):
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise SeedError(file, f"{place}.{name}", "must list texts (account ids in quotes), or be `all`")
    return Where(None if accounts is None else tuple(accounts), tuple(regions or ()))


def _text(item: Mapping[str, Any], key: str, file: str, place: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value:
        raise SeedError(file, f"{place}.{key}", "is missing or no text")
    return value
