"""The answer of `backstay explain` for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Answer = Mapping[str, Any]


def text(answer: Answer) -> str:
    """The answer in lines: first the verdict, then what it rests on, each thing with its place."""
    resource = answer.get("resource")
    head = _account_head(answer) if resource is None else _resource_head(answer)
    blocks = [head]
    if resource is not None:
        blocks += [list(_plans(region, answer)) for region in answer["plans"]]
    else:
        blocks += [list(_region(region, got)) for region, got in answer["regions"].items()]
    blocks += [list(_policies(answer))]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _account_head(answer: Answer) -> list[str]:
    reached = [one["policy"] for one in answer["policies"] if one["reaches"]]
    told = f"{len(reached)} polic{'y reaches' if len(reached) == 1 else 'ies reach'} it"
    return [f"{_who(answer)}: {told}."]


def _resource_head(answer: Answer) -> list[str]:
    resource = answer["resource"]
    taken = sorted({one["plan"] for judged in answer["plans"].values() for one in judged["taken"]})
    kind = f" ({resource['type']})" if resource["type"] else ""
    tags = ", ".join(f'{key} = "{value}"' for key, value in sorted(resource["tags"].items()))
    where = f"in {_who(answer)}, {', '.join(answer['plans']) or 'no Region of the account'}"
    verdict = f"PROTECTED by {_count(len(taken), 'plan')}: {', '.join(taken)}" if taken else "NOT PROTECTED by any plan"
    return [f"{resource['arn']}{kind} {where}", f"tags: {tags or 'none'}", "", f"{verdict}."]


def _who(answer: Answer) -> str:
    account = answer["account"]
    return f"{account['name']} ({account['id']}, {account['unit'] or 'the root'})"


def _plans(region: str, answer: Answer) -> Iterator[str]:
    judged = answer["plans"][region]
    known = {one["name"]: one for one in answer["regions"][region]["plans"]}
    for one in judged["taken"]:
        plan = known[one["plan"]]
        yield from _plan_head(plan, region)
        sure = "" if one["sure"] else ", if AWS lets an absent tag differ (it does not say)"
        yield f"  selection {one['selection']} takes it{sure}"
        yield from (_term(term) for term in one["terms"])
        yield from (line for rule in plan["rules"] for line in _rule(rule))
        yield from (f"  ! {note}" for note in one["notes"])
    for start in answer["next"][region]:
        yield f"next start {start['at']}: {start['rules']}"
    for one in judged["refused"]:
        plan = known[one["plan"]]
        near = f"; the nearest selection is {one['selection']}" if one["selection"] and one["failed"] else ""
        yield f"plan {one['plan']} does not take it{near}{_at(plan['place'])}"
        if one["reason"]:
            yield f"  {one['reason']}"
        yield from (_term(term) for term in one["failed"])
    if not known:
        yield f"no plan stands in {region}"


def _term(term: Answer) -> str:
    mark = {True: "✓", False: "✗", None: "?"}[term["holds"]]
    return f"    {mark} {term['term']}   {term['resource']}{_at(term['place'])}"


def _region(region: str, got: Answer) -> Iterator[str]:
    yield region
    if not got["plans"] and not got["vaults"]:
        yield "  nothing"
    for plan in got["plans"]:
        yield from (f"  {line}" for line in _plan_head(plan, None))
        yield from (f"  {line}" for rule in plan["rules"] for line in _rule(rule))
    for vault in got["vaults"]:
        yield f"  {_vault(vault)}{_at(vault['place'])}"
    if got["opt_ins"]:
        chosen = ", ".join(f"{name} {'on' if on else 'off'}" for name, on in sorted(got["opt_ins"].items()))
        yield f"  opt-ins: {chosen}"


def _vault(vault: Answer) -> str:
    if vault["air_gapped"]:
        return f"air-gapped vault {vault['name']}"
    lock = vault["lock"]
    if lock is None:
        return f"vault {vault['name']}, not locked"
    low, high = lock["min_days"], lock["max_days"]
    span = f"{low if low is not None else 1} to {high if high is not None else 'any number of'} days"
    return f"vault {vault['name']}, {lock['mode']} lock for {span}"


def _plan_head(plan: Answer, region: str | None) -> Iterator[str]:
    where = f" in {region}" if region else ""
    yield f"plan {plan['name']}{where}, from policy {plan['policy']} attached to {plan['target']}{_at(plan['place'])}"


def _rule(rule: Answer) -> Iterator[str]:
    keep = _kept(rule["keep_days"])
    cold = f", cold after {rule['cold_after_days']} days" if rule["cold_after_days"] is not None else ""
    continuous = ", continuous" if rule["continuous"] else ""
    into = rule["vault"] if not rule["air_gapped_vault"] else f"{rule['vault']} and {rule['air_gapped_vault']}"
    yield f"  rule {rule['name']}: {rule['schedule']} {rule['timezone']}, into {into}, {keep}{cold}{continuous}" + _at(
        rule["place"]
    )
    for copy in rule["copies"]:
        yield f"    copy to {copy['to']}, {_kept(copy['keep_days'])}{_at(copy['place'])}"


def _kept(days: int | None) -> str:
    return "kept for ever" if days is None else f"kept {_count(days, 'day')}"


def _policies(answer: Answer) -> Iterator[str]:
    for one in answer["policies"]:
        regions = f", in {', '.join(one['regions'])} only" if one["regions"] is not None else ""
        extends = f", extends {one['extends']}" if one["extends"] else ""
        verb = "reaches the account" if one["reaches"] else "does not reach the account"
        yield f"policy {one['policy']} {verb}: attached to {one['target']}{regions}{extends}{_at(one['place'])}"
        yield from (f"    {reason}" for reason in one["because"])


def _at(place: str | None) -> str:
    return f"   ({place})" if place else ""


def _count(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else word + 's'}"
