"""The organization file: read, and written as a person would, one account a line and nothing that is understood."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from backstay_contract.organization import Account, Organization, Root, Unit

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*")
# Words that YAML 1.1 readers take for something else than text.
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


class OrgFileError(Exception):
    """A file that is no organization file; the message says why."""


def read(path: Path) -> Organization:
    """The organization of a file, YAML or JSON; raises OrgFileError."""
    import yaml
    from pydantic import ValidationError

    try:
        return Organization.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise OrgFileError(f"{path} cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OrgFileError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise OrgFileError(f"{path} is no organization file: {place or 'the document'}: {first['msg']}") from error


def write(organization: Organization) -> str:
    """The text of the file."""
    return "\n".join(_lines(organization)) + "\n"


def _lines(organization: Organization) -> Iterator[str]:
    yield f"id: {_text(organization.id)}"
    yield f"management_account: {_text(organization.management_account)}"
    if organization.backup_account:
        yield f"backup_account: {_text(organization.backup_account)}"
    yield f"regions: {_list(organization.regions)}"
    if not organization.root.accounts and not organization.root.units:
        yield "root: {}"
        return
    yield "root:"
    yield from _part(organization.root, "  ")


def _part(part: Root | Unit, indent: str) -> Iterator[str]:
    if part.accounts:
        yield f"{indent}accounts:"
        yield from (f"{indent}  - {_account(account)}" for account in part.accounts)
    if part.units:
        yield f"{indent}units:"
        for unit in part.units:
            yield f"{indent}  - name: {_text(unit.name)}"
            yield from _part(unit, f"{indent}    ")


def _account(account: Account) -> str:
    members = [f"id: {_text(account.id)}", f"name: {_text(account.name)}"]
    if account.tags:
        members.append(f"tags: {_map(account.tags)}")
    if account.regions is not None:
        members.append(f"regions: {_list(account.regions)}")
    return f"{{{', '.join(members)}}}"


def _map(tags: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{_text(key)}: {_text(value)}' for key, value in sorted(tags.items()))}}}"


def _list(items: Sequence[str]) -> str:
    return f"[{', '.join(_text(item) for item in items)}]"


def _text(text: str) -> str:
    """A string that every YAML reader takes for this string: plain where that is safe, else in JSON's quotes.

    What does not print is spelt as YAML spells it: JSON's pairs of surrogates mean nothing there.
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)
