"""Properties of AWS Backup's resources, as CloudFormation has them, as the bodies of AWS's operations.

Property names: the AWS::Backup pages of the CloudFormation template reference, and its resource provider schemas (read
2026-11). Terraform's provider `awscc` has the same properties in its own spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from backstay.importer.bodies import shapes
from backstay.importer.bodies.shapes import Shape
from backstay.importer.cloudformation.leaves import Sink, document, made_by, table
from backstay.importer.cloudformation.members import Spelling, Taker
from backstay.importer.cloudformation.placed import Placed
from backstay.importer.found import Kind, Unknown
from backstay_contract.findings import Span

SPELLING: Final[Mapping[str, str]] = {
    # CloudFormation → the request, where they differ
    "BackupPlanRule": "Rules",
    "TargetBackupVault": "TargetBackupVaultName",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A body that was made of a resource, and where it was written; `maybe` as in `Found`.

    What stands inside another resource has a place and `places` of its own.
    """

    kind: Kind
    body: Mapping[str, Any]
    span: Span
    maybe: Unknown | None = None
    place: Span | None = None
    places: Mapping[str, Span] | None = None


Maker = Callable[[Placed, Sink, Spelling], Iterator[Made]]


def spelling(name: str, _shape: Shape | None) -> str:
    """A property's name in requests."""
    return SPELLING.get(name, name)


def _flat(kind: Kind, shape: Shape, *, tags: str | None = None, inside: str | None = None) -> Maker:
    """A resource whose properties are the body: inside a member of the request, and its tags apart."""

    def make(properties: Placed, sink: Sink, spell: Spelling) -> Iterator[Made]:
        ignored = frozenset(
            name for name in properties.value if tags is not None and spell(name, None) in (tags, "Tags")
        )
        base = f"/{inside}" if inside is not None else ""
        body = Taker(sink, spell, ignored).structure(properties, shape, base)
        if body is None:
            return
        whole = {inside: body} if inside is not None else dict(body)
        if tags is not None:
            whole.update(_tags(properties, sink, spell, tags))
        yield Made(kind, whole, properties.span)

    return make


def _tags(properties: Placed, sink: Sink, spell: Spelling, member: str) -> dict[str, Any]:
    said = next((value for name, value in properties.value.items() if spell(name, None) in (member, "Tags")), None)
    made = table(said, sink, f"/{member}") if said is not None and said.value is not None else None
    return {member: made} if made else {}


def _selection(properties: Placed, sink: Sink, spell: Spelling) -> Iterator[Made]:
    body: dict[str, Any] = {}
    for name, member in properties.value.items():
        match spell(name, None):
            case "BackupPlanId":
                body["BackupPlanName"] = made_by("plan")(member, sink, "/BackupPlanName")
                sink.places["/BackupPlanName"] = member.span
            case "BackupSelection":
                body["BackupSelection"] = Taker(sink, spell).structure(
                    member, shapes.BACKUP_SELECTION, "/BackupSelection"
                )
    missing = [name for name in ("BackupPlanName", "BackupSelection") if body.get(name) is None]
    for name in missing:
        sink.complain("missing-member", f"a backup selection has no `{name}`", properties.span)
    if not missing:
        yield Made("selection", body, properties.span)


_PARTS: Final = ("LockConfiguration", "Notifications", "AccessPolicy", "MpaApprovalTeamArn")


def _vault(kind: Kind, shape: Shape) -> Maker:
    """A vault and what stands inside it: its lock, its notifications, its access policy."""

    def make(properties: Placed, sink: Sink, spell: Spelling) -> Iterator[Made]:
        parts = {spell(name, None): member for name, member in properties.value.items() if spell(name, None) in _PARTS}
        ignored = frozenset(name for name in properties.value if spell(name, None) in _PARTS)
        body = Taker(sink, spell, ignored).structure(properties, shape)
        if body is None:
            return
        yield Made(kind, body, properties.span)
        name = {"BackupVaultName": body["BackupVaultName"]} if "BackupVaultName" in body else {}
        if "MpaApprovalTeamArn" in parts:
            sink.complain(
                "not-imported", "multi-party approval of a vault is left out", parts["MpaApprovalTeamArn"].span
            )
        yield from _parts(parts, name, sink, spell)

    return make


def _parts(parts: Mapping[str, Placed], name: Mapping[str, Any], sink: Sink, spell: Spelling) -> Iterator[Made]:
    makers: tuple[tuple[Kind, Callable[[Placed, Sink], Any]], ...] = (
        ("lock", lambda said, own: Taker(own, spell).structure(said, shapes.LOCK)),
        ("notifications", lambda said, own: Taker(own, spell).structure(said, shapes.NOTIFICATIONS)),
        ("access", _policy),
    )
    for part, (kind, make) in zip(_PARTS, makers, strict=False):
        said = parts.get(part)
        if said is None:
            continue
        own = Sink(sink.what, findings=sink.findings, notes=sink.notes)
        made = make(said, own)
        if isinstance(made, dict):
            maybe = said.maybe if kind == "lock" else None
            yield Made(kind, {**name, **made}, said.span, maybe, said.key or said.span, own.places)


def _policy(said: Placed, sink: Sink) -> dict[str, Any] | None:
    made = document(said, sink, "/Policy")
    sink.places.update(_in_policy(said))
    return None if made is None else {"Policy": made}


def _in_policy(said: Placed) -> Iterator[tuple[str, Span]]:
    """The places of a policy document and of its statements."""
    yield "/Policy", said.span
    statements = said.get("Statement")
    if statements is not None:
        yield "/Policy/Statement", statements.span
        listed = statements.value if isinstance(statements.value, list) else ()
        yield from ((f"/Policy/Statement/{number}", one.span) for number, one in enumerate(listed))


def _restore_selection(properties: Placed, sink: Sink, spell: Spelling) -> Iterator[Made]:
    plan = next((m for name, m in properties.value.items() if spell(name, None) == "RestoreTestingPlanName"), None)
    body = Taker(sink, spell).structure(properties, shapes.RESTORE_TESTING_SELECTION, "/RestoreTestingSelection")
    if plan is None:
        sink.complain("missing-member", "a restore testing selection has no `RestoreTestingPlanName`", properties.span)
    elif body is not None:
        whole = {"RestoreTestingPlanName": plan.plain(), "RestoreTestingSelection": body}
        yield Made("restore_testing_selection", whole, properties.span)


# The suffix of the type, behind `AWS::Backup::` and `awscc_backup_` → what is made of its properties.
MAKERS: Final[Mapping[str, Maker]] = {
    "BackupPlan": _flat("plan", shapes.PLAN),
    "BackupSelection": _selection,
    "BackupVault": _vault("vault", shapes.VAULT),
    "LogicallyAirGappedBackupVault": _vault("air_gapped_vault", shapes.AIR_GAPPED_VAULT),
    "Framework": _flat("framework", shapes.FRAMEWORK),
    "ReportPlan": _flat("report_plan", shapes.REPORT_PLAN),
    "RestoreTestingPlan": _flat(
        "restore_testing_plan", shapes.RESTORE_TESTING_PLAN, tags="Tags", inside="RestoreTestingPlan"
    ),
    "RestoreTestingSelection": _restore_selection,
    "TieringConfiguration": _flat(
        "tiering", shapes.TIERING, tags="TieringConfigurationTags", inside="TieringConfiguration"
    ),
    "LegalHold": _flat("legal_hold", shapes.LEGAL_HOLD),
}
