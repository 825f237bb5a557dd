"""`backstay effective`: the Organizations backup policy that an account ends up with, and why."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay.cli.day import day
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay_aws.effective import Effective, Invalid, Refused
    from backstay_aws.effective.case import Case


@click.command("effective", short_help="Merge Organizations backup policies.")
@click.option(
    "--tree", "file", required=True, type=click.Path(path_type=Path), help="The policies from the root to an account."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--now", type=day, metavar="DATE", help="The day to judge schedules on; default: this moment.")
@click.option("--trace", is_flag=True, help="Tell for every value which policies set it; with JSON, add `trace`.")
def effective(file: Path, form: str, now: datetime.date | None, trace: bool) -> None:
    """Give the effective backup policy that Organizations makes of the policies attached from the root to an account.

    FILE is JSON: {"tree": [{"kind": "ROOT", "target": "r-1", "policies": [{"id": "p-1", "document": {...}}]}, ...]}.
    Exits with 1 if there is no effective policy: a policy is refused, or the merge is invalid.
    """
    from backstay_aws.effective import Effective, evaluate

    source = _read(file)
    case = _case(str(file), source)
    answer = evaluate(case.levels, now=_moment(now), before=case.before)
    if form == "json":
        click.echo(json.dumps(_json(answer, trace), indent=2))
    else:
        from backstay.cli.effective_text import Page

        click.echo(Page(str(file), source, case).text(answer, everything=trace), nl=False)
    raise SystemExit(0 if isinstance(answer, Effective) else 1)


def _moment(now: datetime.date | None) -> datetime.datetime:
    if now is None:
        return datetime.datetime.now(datetime.UTC)
    return datetime.datetime.combine(now, datetime.time(), datetime.UTC)


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnusableError(f"cannot read {file}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UnusableError(f"cannot read {file}: it is not UTF-8 (byte {error.start})") from None


def _case(path: str, source: str) -> Case:
    from backstay_aws.effective.case import CaseError, read_case

    try:
        return read_case(source)
    except CaseError as error:
        from backstay.cli.effective_text import complaint

        click.echo(complaint(path, source, error), nl=False, err=True)
        raise SystemExit(2) from None


def _json(answer: Effective | Refused | Invalid, trace: bool) -> dict[str, Any]:
    """The answer as the cases write what they expect: `effective`, or `error` with its stage."""
    from backstay_aws.effective import Effective, Refused

    if isinstance(answer, Refused):
        return {"error": {"stage": "admission", "policy": answer.policy, "code": answer.code}}
    told: dict[str, Any] = {"effective": answer.document} if isinstance(answer, Effective) else _invalid(answer)
    return told | ({"trace": _trace(answer)} if trace else {})


def _invalid(answer: Invalid) -> dict[str, Any]:
    errors = [{"code": one.code, "path": one.path, "message": one.message} for one in answer.errors]
    more = {"contributing": list(answer.contributing), "published": answer.published}
    return {"error": {"stage": "effective", "errors": errors, **more}}


def _trace(answer: Effective | Invalid) -> dict[str, Any]:
    """Every leaf's value with what was said about it, and what did not count, as plain data."""
    from dataclasses import asdict

    return {
        "leaves": [asdict(leaf) for leaf in answer.trace.leaves],
        "ignored": [asdict(one) for one in answer.trace.ignored],
    }
