"""Small backup policies, trees of them, and what accounts end up with before and after they were imported."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from backstay import pipeline
from backstay.emit import organizations
from backstay_aws.effective import Attached, Effective, Invalid, Level, evaluate

Policies = Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
"""Documents, each with its targets, in the order of attachment."""
Plans = Mapping[str, Any]

ACCOUNT, REGION = "100000000010", "eu-central-1"
LOCKED = {"@@operators_allowed_for_child_policies": ["@@none"]}
ROLE = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"
ORGANIZATION = {
    "id": "o-acme0001",
    "management_account": "100000000001",
    "regions": [REGION, "us-east-1"],
    "root": {
        "accounts": [{"id": "100000000001", "name": "management"}],
        "units": [
            {
                "name": "Workloads",
                "accounts": [{"id": "100000000003", "name": "shared"}],
                "units": [
                    {
                        "name": "Prod",
                        "accounts": [{"id": ACCOUNT, "name": "payments"}, {"id": "100000000011", "name": "orders"}],
                    }
                ],
            },
            {"name": "Sandbox", "accounts": [{"id": "100000000020", "name": "sand"}]},
        ],
    },
}
UNITS = {
    ACCOUNT: ("Workloads", "Workloads/Prod"),
    "100000000011": ("Workloads", "Workloads/Prod"),
    "100000000003": ("Workloads",),
    "100000000020": ("Sandbox",),
}


def leaf(value: Any, **more: Any) -> dict[str, Any]:
    """A value with its operator."""
    return {"@@assign": value, **more}


def rule(keep: str = "35", **more: Any) -> dict[str, Any]:
    """A rule of a policy."""
    return {
        "schedule_expression": leaf("cron(0 3 ? * * *)"),
        "target_backup_vault_name": leaf("main"),
        "lifecycle": {"delete_after_days": leaf(keep)},
        **more,
    }


def selection(key: str = "backup", *values: str) -> dict[str, Any]:
    """A selection by tag."""
    chosen = {"iam_role_arn": leaf(ROLE), "tag_key": leaf(key), "tag_value": leaf(list(values) or ["gold"])}
    return {"tags": {"gold": chosen}}


def plan(**more: Any) -> dict[str, Any]:
    """A plan with one rule and one selection."""
    return {"regions": leaf([REGION]), "rules": {"nightly": rule()}, "selections": selection(), **more}


def policy(**more: Any) -> dict[str, Any]:
    """A policy with one plan, `daily`."""
    return {"plans": {"daily": plan(**more)}}


def change(**parts: Any) -> dict[str, Any]:
    """A policy below that says of the plan `daily` only this."""
    return {"plans": {"daily": parts}}


def tree(folder: Path, policies: Policies, *, organization: bool = True) -> Path:
    """A folder as `backstay org pull --policies` leaves it."""
    (folder / "policies").mkdir(parents=True)
    if organization:
        (folder / "org.json").write_text(json.dumps(ORGANIZATION))
    listed = []
    for number, (document, targets) in enumerate(policies):
        (folder / f"policies/p{number}.json").write_text(json.dumps(document, indent=1))
        listed.append({"name": f"p{number}", "document": f"policies/p{number}.json", "targets": targets})
    (folder / "attachments.json").write_text(json.dumps({"format": 1, "policies": listed}))
    return folder


def before(policies: Policies) -> Mapping[str, Plans | None]:
    """What each account ends up with; None where Organizations puts nothing into effect."""
    attached = [(Attached(f"p{number}", one), targets) for number, (one, targets) in enumerate(policies)]
    return _accounts(attached)


def after(source: str, folder: Path) -> Mapping[str, Plans | None]:
    """What each account ends up with after what the Organizations target writes for a policy file."""
    folder.mkdir(exist_ok=True)
    (folder / "policy.py").write_text(source, "utf-8")
    (folder / "org.json").write_text(json.dumps(ORGANIZATION))
    checked = pipeline.check([folder / "policy.py"], folder / "org.json", now=datetime.date(2026, 11, 1))
    assert checked.model is not None, checked.findings
    files = dict(organizations.emit(checked.model))
    listed = json.loads(files["organizations/attachments.json"])["policies"]
    texts = {one["name"]: files[f"organizations/{one['document']}"].decode() for one in listed}
    return _accounts([(Attached(one["name"], text=texts[one["name"]]), one["targets"]) for one in listed])


def _accounts(attached: Sequence[tuple[Attached, Mapping[str, Any]]]) -> Mapping[str, Plans | None]:
    def at(node: str, member: str) -> tuple[Attached, ...]:
        return tuple(one for one, targets in attached if node in (targets.get(member) or ()))

    root = Level("ROOT", "root", tuple(one for one, targets in attached if targets.get("root")))
    found: dict[str, Plans | None] = {}
    for account, units in UNITS.items():
        between = [Level("OU", unit, at(unit, "units")) for unit in units]
        answer = evaluate([root, *between, Level("ACCOUNT", account, at(account, "accounts"))])
        assert isinstance(answer, Effective | Invalid), answer
        found[account] = normal(answer.document) if isinstance(answer, Effective) else None
    return found


# What Organizations does not ask for and AWS Backup takes → what the compiler writes.
RULE_DEFAULTS = {
    "schedule_expression": "cron(0 5 ? * * *)",
    "start_backup_window_minutes": "480",
    "complete_backup_window_minutes": "10080",
}
OFF = ("enable_continuous_backup", "opt_in_to_archive_for_supported_resources")


def normal(document: Mapping[str, Any]) -> Plans:
    """Effective plans with AWS's defaults written out; lists as sets, conditions by what they say, not by labels."""
    plans: dict[str, Any] = _plain(document.get("plans", {}))
    for one in plans.values():
        for name, said in one["rules"].items():
            one["rules"][name] = {**RULE_DEFAULTS, **said}
            for copy in said.get("copy_actions", {}).values():
                kept = {k: v for k, v in said.get("lifecycle", {}).items() if k == "delete_after_days"}
                lifecycle = {**kept, **copy.get("lifecycle", {})}
                copy |= {"lifecycle": lifecycle} if lifecycle else {}
        for chosen in one["selections"].get("resources", {}).values():
            chosen["conditions"] = dict(_conditions(chosen.get("conditions", {})))
    return plans


def _plain(value: Any) -> Any:
    """Without what says nothing: what is off anyway, and empty parts. A copy that does not say is kept as its rule."""
    if isinstance(value, Mapping):
        made = {name: _plain(member) for name, member in value.items() if not (name in OFF and member == "false")}
        return {name: member for name, member in made.items() if member not in ({}, [])}
    return sorted(value) if isinstance(value, list) else value


def _conditions(conditions: Mapping[str, Any]) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    for operator, listed in conditions.items():
        yield operator, {(one["condition_key"], one["condition_value"]) for one in listed.values()}
