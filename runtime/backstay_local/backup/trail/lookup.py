"""CloudTrail's LookupEvents for AWS Backup: the log and the derived events, newest first, a page at a time."""

from __future__ import annotations

import base64
import heapq
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import orjson

from backstay_local.backup import tokens
from backstay_local.backup.state import Facts, State
from backstay_local.backup.trail.derived import Happened, Source, Span, newest
from backstay_local.backup.trail.families import SOURCES
from backstay_local.backup.trail.rows import Entry
from backstay_local.backup.trail.trail import KEPT, reads
from backstay_local.wire.call import AwsError
from backstay_local.wire.model import Shape, operations

SERVICE = "backup.amazonaws.com"
_PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KINDS = {
    "backup-vault": "AWS::Backup::BackupVault",
    "backup-plan": "AWS::Backup::BackupPlan",
    "recovery-point": "AWS::Backup::RecoveryPoint",
}
_NAMES = {
    "BackupVaultName": "AWS::Backup::BackupVault",
    "BackupPlanId": "AWS::Backup::BackupPlan",
    "RecoveryPointArn": "AWS::Backup::RecoveryPoint",
    "ResourceArn": None,
    "SourceBackupVaultName": "AWS::Backup::BackupVault",
    "DestinationBackupVaultArn": "AWS::Backup::BackupVault",
    "FrameworkName": "AWS::Backup::Framework",
    "ReportPlanName": "AWS::Backup::ReportPlan",
    "RestoreTestingPlanName": "AWS::Backup::RestoreTestingPlan",
    "LegalHoldId": "AWS::Backup::LegalHold",
}
_KEYS = frozenset(
    {"EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId"}
)

Place = tuple[int, int, str]
"""Where an event stands: negative microseconds, the number of its source, its subject."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, where and when."""

    account: str
    region: str
    now: datetime


def events(state: State, asking: Asking, params: Mapping[str, Any]) -> Facts:
    """One page of events, in the shape of LookupEvents. Only AWS Backup's: other services leave nothing here."""
    attribute = _attribute(params)
    size = params.get("MaxResults", _PAGE)
    if not 1 <= size <= _PAGE:
        raise AwsError("InvalidMaxResultsException", f"MaxResults must be within 1 and {_PAGE}.")
    if params.get("EventCategory") not in (None, "insight"):
        raise AwsError("InvalidEventCategoryException", "The event category is not valid.")
    span = _span(params, asking)
    if params.get("EventCategory") or span is None:
        return {"Events": []}
    question = tokens.digest_of({key: value for key, value in params.items() if key not in ("NextToken", "MaxResults")})
    after = _after(params.get("NextToken"), question)
    found = _matching(state, asking, _until(span, after), after, attribute)
    page = list(islice(found, size + 1))
    answer: Facts = {"Events": [event for _, event in page[:size]]}
    if len(page) > size:
        answer["NextToken"] = _token(page[size - 1][0], question)
    return answer


def _attribute(params: Mapping[str, Any]) -> tuple[str, str] | None:
    given = params.get("LookupAttributes") or []
    if len(given) > 1:
        raise AwsError("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
    for one in given:
        if one.get("AttributeKey") not in _KEYS or "AttributeValue" not in one:
            raise AwsError("InvalidLookupAttributesException", f"{one} is not a lookup attribute.")
        return str(one["AttributeKey"]), str(one["AttributeValue"])
    return None


def _span(params: Mapping[str, Any], asking: Asking) -> Span | None:
    """The time that is asked for, as far as it is remembered; None when nothing of it is."""
    start, end = (
        datetime.fromtimestamp(params[name], UTC) if name in params else default
        for name, default in (("StartTime", asking.now - KEPT), ("EndTime", asking.now))
    )
    if start > end:
        raise AwsError("InvalidTimeRangeException", "The start time is after the end time.")
    start = max(start, asking.now - KEPT)
    return Span(asking.account, asking.region, start, min(end, asking.now)) if start <= end else None


def _until(span: Span, after: Place | None) -> Span:
    if after is None:
        return span
    return Span(span.account, span.region, span.start, min(span.end, _EPOCH - after[0] * _MICROSECOND))


def _matching(
    state: State, asking: Asking, span: Span, after: Place | None, attribute: tuple[str, str] | None
) -> Iterator[tuple[Place, Facts]]:
    wanted = attribute[1] if attribute is not None and attribute[0] == "EventName" else None
    streams = [_calls(state, span)]
    streams += [
        _service(state, span, asking, number, source)
        for number, source in enumerate(SOURCES, start=1)
        if wanted is None or wanted in source.names
    ]
    for place, event in heapq.merge(*streams, key=lambda pair: pair[0]):
        if (after is None or place > after) and (attribute is None or _holds(event, *attribute)):
            yield place, event


def _calls(state: State, span: Span) -> Iterator[tuple[Place, Facts]]:
    mine = "account = ? AND region = ?"
    for entry in newest(state.trail.table, "at", "id", span, mine, span.account, span.region):
        yield _place(entry.at, 0, entry.id), _of_entry(entry)


def _service(state: State, span: Span, asking: Asking, number: int, source: Source) -> Iterator[tuple[Place, Facts]]:
    for one in source.events(state, span):
        yield _place(one.at, number, one.subject), _of_service(one, asking.account, asking.region)


def _of_entry(entry: Entry) -> Facts:
    if entry.principal is None:
        happened = Happened(entry.at, entry.id, entry.name, entry.response or {}, tuple(entry.resources))
        return _of_service(happened, entry.account, entry.region)
    who, username = _identity(entry.principal, entry.account)
    read_only, model = reads(entry.name), operations("backup")[entry.name]
    record = {
        "eventVersion": "1.10",
        "userIdentity": who,
        "eventTime": _stamp(entry.at),
        "eventSource": SERVICE,
        "eventName": entry.name,
        "awsRegion": entry.region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": entry.agent,
        **({"errorCode": entry.error, "errorMessage": entry.message} if entry.error else {}),
        "requestParameters": _lowered(model.input_shape, entry.request) or None,
        "responseElements": _lowered(model.output_shape, entry.response) or None,
        "requestID": entry.id,
        "eventID": _event_id(entry.id),
        "readOnly": read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": entry.account,
        "eventCategory": "Management",
    }
    named = [
        {"ResourceType": kind or _kind(value), "ResourceName": value}
        for name, kind in _NAMES.items()
        if isinstance(value := (entry.request or {}).get(name) or (entry.response or {}).get(name), str)
    ]
    return _event(record, entry.at, username, read_only, named)


def _of_service(one: Happened, account: str, region: str) -> Facts:
    record = {
        "eventVersion": "1.10",
        "userIdentity": {"accountId": account, "invokedBy": SERVICE},
        "eventTime": _stamp(one.at),
        "eventSource": SERVICE,
        "eventName": one.name,
        "awsRegion": region,
        "sourceIPAddress": SERVICE,
        "userAgent": SERVICE,
        "requestParameters": None,
        "responseElements": None,
        "eventID": _event_id(f"{one.name}/{one.subject}/{one.at.isoformat()}"),
        "readOnly": False,
        "eventType": "AwsServiceEvent",
        "managementEvent": True,
        "recipientAccountId": account,
        "serviceEventDetails": {name: value for name, value in one.details.items() if value is not None},
        "eventCategory": "Management",
    }
    named = [{"ResourceType": _kind(name), "ResourceName": name} for name in one.resources if name]
    return _event(record, one.at, None, False, named)


def _event(record: Facts, at: datetime, username: str | None, read_only: bool, resources: list[Facts]) -> Facts:
    facts: Facts = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(read_only).lower(),
        "EventTime": int(at.timestamp()),
        "EventSource": SERVICE,
        "Username": username,
        "Resources": [{name: value for name, value in one.items() if value} for one in resources],
        "CloudTrailEvent": orjson.dumps(record, default=str).decode(),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _holds(event: Facts, key: str, value: str) -> bool:
    if key in ("ResourceType", "ResourceName"):
        return any(one.get(key) == value for one in event["Resources"])
    return bool(event.get(key) == value)


def _identity(principal: str, account: str) -> tuple[Facts, str]:
    """Who called, in CloudTrail's words, and the user name that one looks up."""
    resource = principal.split(":", 5)[-1]
    kind, _, name = resource.partition("/")
    common = {"arn": principal, "accountId": account}
    if kind == "assumed-role":
        role, _, session = name.partition("/")
        partition = principal.split(":", 2)[1]
        issuer = {"type": "Role", "arn": f"arn:{partition}:iam::{account}:role/{role}", "accountId": account}
        context = {"sessionIssuer": issuer | {"userName": role}}
        return {"type": "AssumedRole", **common, "sessionContext": context}, session
    if kind == "user":
        last = name.rsplit("/", 1)[-1]
        return {"type": "IAMUser", **common, "userName": last}, last
    return {"type": "Root", "principalId": account, **common}, "root"


def _lowered(shape: Shape, value: Any) -> Any:
    """A request or an answer as CloudTrail spells it: members with a small first letter, keys of maps as they are."""
    kind = shape.type_name if shape is not None else ""
    match kind, value:
        case "structure", Mapping():
            return {name[:1].lower() + name[1:]: _lowered(shape.members.get(name), one) for name, one in value.items()}
        case "list", list():
            return [_lowered(shape.member, one) for one in value]
    return value


def _kind(name: str) -> str | None:
    """The type of a resource by its ARN, so far as it is one of AWS Backup's."""
    parts = name.split(":", 6)
    return _KINDS.get(parts[5].partition("/")[0]) if len(parts) > 5 and parts[2] == "backup" else None


def _event_id(text: str) -> str:
    return str(uuid.uuid3(uuid.NAMESPACE_OID, text))


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(at: datetime, number: int, subject: str) -> Place:
    return -((at - _EPOCH) // _MICROSECOND), number, subject


def _token(place: Place, question: str) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([question, *place])).decode()


def _after(token: str | None, question: str) -> Place | None:
    if token is None:
        return None
    try:
        asked, at, number, subject = orjson.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise AwsError("InvalidNextTokenException", "The token is invalid.") from None
    if asked != question:
        raise AwsError("InvalidNextTokenException", "The token belongs to another request.")
    return int(at), int(number), str(subject)
