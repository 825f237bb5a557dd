"""An audit as an AWS Lambda function: the steps of the state machine that `packaging.state_machine` prints.

`{"step": "list", "run": …}` writes the list of shards, `{"step": "read", "BatchInput": {"run": …}, "Items": […]}` reads
some of them, `{"step": "judge", "run": …}` puts the controls to what was read. They raise when they cannot be done, so
that the state machine tries again, or goes on without the batch and names what is missing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from backstay_agent.audit import report, results
from backstay_agent.audit.batch import Shard
from backstay_agent.audit.compare import compare
from backstay_agent.audit.evidence.write import pieces
from backstay_agent.audit.keep_tables import FOLDER, keep_tables
from backstay_agent.audit.locations import InS3, Local, Store
from backstay_agent.audit.result import Result, judge
from backstay_agent.audit.steps import SHARDS, StepError, folder_of, list_shards, put_together, read_listed
from backstay_agent.audit.tables.database import MissingDuckDBError
from backstay_agent.aws import Aws
from backstay_agent.aws.s3_folder import SCHEME, folder
from backstay_agent.controls import parameters, registry
from backstay_agent.reconcile.aws_lambda import build_of, endpoint_of
from backstay_agent.wanted import Build


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """One step, as the event says and the variables BACKSTAY_… of the environment.

    Raises StepError, LocationError, BuildError, RoundError or UnreachableError.
    """
    told = os.environ
    aws = Aws(endpoint_of(told))
    aws.caller()
    build, location = build_of(aws, told), _location(aws, told)
    match event.get("step"):
        case "list":
            return _list(build, aws, location, _run(event), told)
        case "read":
            shards = [_shard(item) for item in event.get("Items", ())]
            whole = read_listed(build, aws, location, _run(event.get("BatchInput", {})), shards)
            return {"read": len(shards), "whole": whole}
        case "judge":
            return _judge(build, aws, location, _run(event))
        case other:
            raise StepError(f"the event's step is list, read or judge, not {other!r}")


def _list(build: Build, aws: Aws, location: Store, run: str, told: Mapping[str, str]) -> dict[str, Any]:
    """The list, and what the state machine needs to know of it."""
    listed: dict[str, Any] = {
        "run": run,
        "shards": list_shards(build, aws, location, run),
        "batch": _number(told, "BACKSTAY_BATCH", 20),
        "concurrency": _number(told, "BACKSTAY_CONCURRENCY", 50),
        "tolerated": _number(told, "BACKSTAY_TOLERATED", 100),
    }
    if isinstance(location, InS3):
        above = f"{location.folder.prefix}/{folder_of(run)}"
        listed |= {"bucket": location.folder.bucket, "key": f"{above}/{SHARDS}", "results": f"{above}/map"}
    return listed


def _judge(build: Build, aws: Aws, location: Store, run: str) -> dict[str, Any]:
    """Every control, put to what was read; the result is kept beside those of before."""
    controls = registry.controls()
    facts = put_together(build, aws, location, run)
    result = judge(facts, controls, parameters.read([one.name for one in controls], ()))
    earlier = results.before(location, result.report)
    result = replace(result, since=compare(earlier, result.report) if earlier else None)
    page = report.render(result.report, facts, parameters=result.parameters, build="BUILD")
    kept = results.keep(location, result.report, page, b"".join(pieces(result, build)))
    tables = _tables(result, location)
    summary = result.report.summary
    partly = bool(facts.unread) or any(place.unread for place in facts.places)
    return {
        "run": run,
        "code": 3 if partly else 1 if summary.non_compliant else 0,
        "compliant": summary.compliant,
        "non_compliant": summary.non_compliant,
        "unknown": summary.unknown,
        "raw": kept.raw,
        "report": kept.page,
        "evidence": kept.evidence,
        "tables": tables,
    }


def _tables(result: Result, location: Store) -> str | None:
    """Where facts and findings are kept as tables; None where the function was packed without DuckDB."""
    try:
        keep_tables(result.facts, result.report, location)
    except MissingDuckDBError:
        return None
    return f"{location}/{FOLDER}"


def _run(event: Mapping[str, Any]) -> str:
    run = event.get("run")
    if not isinstance(run, str):
        raise StepError("the event names no run")
    return run


def _shard(item: Any) -> Shard:
    match item:
        case {"account": str(account), "region": str(region)}:
            return Shard(account, region)
        case _:
            raise StepError(f"{item!r} is no shard: it needs account and region")


def _number(told: Mapping[str, str], variable: str, otherwise: int) -> int:
    text = told.get(variable) or str(otherwise)
    if not text.isdecimal():
        raise StepError(f"{variable} is a number, not {text!r}")
    return int(text)


def _location(aws: Aws, told: Mapping[str, str]) -> Store:
    """Where shards and results lie."""
    where = told.get("BACKSTAY_STORE") or str(Path(tempfile.gettempdir()) / "backstay-audit")
    if not where.startswith(SCHEME):
        return Local(Path(where))
    try:
        return InS3(folder(aws, where))
    except ValueError as error:
        raise StepError(f"BACKSTAY_STORE: {error}") from error
