"""`AWS::Organizations::Policy`: a policy of any type, attached to what `TargetIds` names.

Source: CloudFormation template reference, page of this type, read 2026-11.
"""

from __future__ import annotations

from typing import Any

from .kind import Kind, Made, Place, Properties, mapped, text_of

_SERVICE = "organizations"


def _create(place: Place, given: Properties) -> Made:
    summary: dict[str, Any] = place.call(
        _SERVICE,
        "CreatePolicy",
        Name=given.get("Name"),
        Type=given.get("Type"),
        Description=given.get("Description", ""),
        Content=text_of(given.get("Content")),
        Tags=given.get("Tags"),
    )["Policy"]["PolicySummary"]
    managed = str(bool(summary.get("AwsManaged"))).lower()
    return Made(summary["Id"], {"Id": summary["Id"], "Arn": summary["Arn"], "AwsManaged": managed})


def _attach(place: Place, made: Made, given: Properties) -> None:
    _hang(place, made.id, {}, given)


def _hang(place: Place, policy: str, old: Properties, new: Properties) -> None:
    """Attach a policy to the targets that it shall have, and to no others."""
    before, after = (list(one.get("TargetIds") or []) for one in (old, new))
    for target in before:
        if target not in after:
            place.call(_SERVICE, "DetachPolicy", PolicyId=policy, TargetId=target)
    for target in after:
        if target not in before:
            place.call(_SERVICE, "AttachPolicy", PolicyId=policy, TargetId=target)


def _change(place: Place, made: Made, old: Properties, new: Properties) -> Made:
    if any(old.get(name) != new.get(name) for name in ("Name", "Description", "Content")):
        place.call(
            _SERVICE,
            "UpdatePolicy",
            PolicyId=made.id,
            Name=new.get("Name"),
            Description=new.get("Description", ""),
            Content=text_of(new.get("Content")),
        )
    _hang(place, made.id, old, new)
    before, after = mapped(old.get("Tags")), mapped(new.get("Tags"))
    if gone := sorted(before.keys() - after.keys()):
        place.call(_SERVICE, "UntagResource", ResourceId=made.id, TagKeys=gone)
    if after and after != before:
        place.call(_SERVICE, "TagResource", ResourceId=made.id, Tags=new["Tags"])
    return made


def _delete(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    """Delete a policy, which may hang nowhere then: it is taken off its targets, whoever attached it."""
    for target in place.call(_SERVICE, "ListTargetsForPolicy", PolicyId=made.id)["Targets"]:
        place.call(_SERVICE, "DetachPolicy", PolicyId=made.id, TargetId=target["TargetId"])
    place.call(_SERVICE, "DeletePolicy", PolicyId=made.id)


KINDS = {
    "AWS::Organizations::Policy": Kind(
        properties=frozenset({"Content", "Description", "Name", "Tags", "TargetIds", "Type"}),
        create=_create,
        settle=_attach,
        change=_change,
        delete=_delete,
        fixed=frozenset({"Type"}),
        tags=("Tags", True),
    ),
}
"""What there is of each type."""
