"""For every account, what its backup policies come to is what the accounts target makes, but for the plans told of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from backstay import ir
from backstay.emit import organizations
from backstay_aws.effective import admit
from backstay_aws.lifecycle import Lifecycle

REGIONS = ("ap-southeast-2", "eu-central-1", "eu-west-1")
PATHS = ("", "A", "A/B", "A/B/C", "A/D", "E", "E/F")
Target = tuple[Any, ...]


def targets() -> st.SearchStrategy[Target]:
    """Expressions over root, units and accounts, as an author writes them: `&`, `|`, `~`."""
    atoms = st.one_of(
        st.just(("root",)),
        st.sampled_from(PATHS[1:]).map(lambda path: ("ou", path)),
        st.integers(0, 9).map(lambda number: ("account", number)),
        st.sampled_from(("env", "team")).map(lambda key: ("tag", key)),
    )
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.tuples(st.just("&"), inner, inner), st.tuples(st.just("|"), inner, inner), st.tuples(st.just("~"), inner)
        ),
        max_leaves=4,
    )


def holds(target: Target, number: int, unit: str) -> bool:
    """Whether an account is in a target; a tag holds for every second or third account."""
    match target:
        case ("root",):
            return True
        case ("ou", path):
            return unit == path or unit.startswith(f"{path}/")
        case ("account", which):
            return bool(number == which)
        case ("tag", key):
            return number % (2 if key == "env" else 3) == 0
        case ("&", one, other):
            return holds(one, number, unit) and holds(other, number, unit)
        case ("|", one, other):
            return holds(one, number, unit) or holds(other, number, unit)
        case ("~", inner):
            return not holds(inner, number, unit)
    raise AssertionError(target)


@st.composite
def rules(draw: st.DrawFn, making: Any, name: str, odd: bool) -> Any:
    """A function of the Region: some rules copy to the Region next to theirs. `odd`: maybe beyond backup policies."""
    tags = [(), (("Team", "ops"), ("cost/center", "é"))]
    schedule, lifecycle, continuous = draw(
        st.sampled_from(
            (
                ("cron(0 5 ? * * *)", Lifecycle(None, 35), True),
                ("cron(0 5 ? * * *)", Lifecycle(None, None), False),
                ("cron(0 5 ? * * *)", Lifecycle(30, 400), False),
                ("cron(30 1 1 * ? *)", Lifecycle(30, 400, archive=True), False),
            )
        )
    )
    said = {
        "schedule": schedule,
        "lifecycle": lifecycle,
        "continuous": continuous,
        "timezone": draw(st.sampled_from(("UTC", "Europe/Berlin"))) if odd else "UTC",
        "vault": draw(st.sampled_from(("main", "Other_Vault"))),
        "start_window": draw(st.integers(60, 600)),
        "tags": draw(st.sampled_from([*tags, (("a", "1"), ("A", "2"))] if odd else tags)),
        "index": draw(st.sampled_from(((), ("EBS", "S3")))),
        "scan": draw(st.sampled_from((None, "FULL_SCAN", "INCREMENTAL_SCAN"))),
    }
    kinds = draw(st.lists(st.sampled_from(("own", "central", "paired")), unique=True, max_size=2))
    gap = draw(st.sampled_from(("", "here", "eu-west-1") if odd else ("", "here")))

    def made(region: str) -> ir.Rule:
        next_door = REGIONS[(REGIONS.index(region) + 1) % len(REGIONS)]
        known = {
            "paired": making.copy_to("dr", next_door),
            "central": making.copy_to("Central", "eu-west-1", "100000000009", None),
            "own": making.copy_to("second", "eu-west-1"),
        }
        at = region if gap == "here" else gap
        air_gapped = ir.VaultRef("$account", at, "Gap", f"arn:aws:backup:{at}:$account:backup-vault:Gap")
        return making.rule(
            name, copies=tuple(known[kind] for kind in kinds), air_gapped=air_gapped if gap else None, **said
        )

    return made


@st.composite
def selections(draw: st.DrawFn, making: Any, name: str, odd: bool) -> Any:
    """A selection of any form; `odd`: maybe one that backup policies do not know."""
    tags = st.tuples(st.sampled_from(("env", "Tier")), st.sampled_from(("prod", "gold", "x*")))
    pairs = st.lists(tags, max_size=3, unique=True).map(tuple)
    types = [("*",), ("arn:aws:ec2:*:*:volume/*", "arn:aws:s3:::*")]
    listed = draw(pairs)
    resources = draw(st.sampled_from([*types, ("arn:aws:s3:::one",)] if odd else types))
    named = not listed or draw(st.booleans())
    said = {
        "resources": resources if named else (),
        "not_resources": draw(st.sampled_from(((), ("arn:aws:rds:*:*:db:*",)))) if odd or not listed else (),
        "list_of_tags": listed,
        "string_equals": draw(pairs),
        "string_not_like": draw(pairs),
    }
    role = draw(st.sampled_from((making.role, "arn:aws:iam::100000000001:role/own"))) if odd else making.role
    return making.selection(name, role, **said)


@st.composite
def plans_by_region(draw: st.DrawFn, making: Any) -> dict[str, ir.Plan]:
    """A plan as it is in each Region; one in four maybe beyond backup policies."""
    odd = draw(st.integers(0, 3)) == 3
    # No name looks as if it were split by Region: `effective` could not tell it from one that is.
    name = draw(st.sampled_from(("gold", "silver", "Bronze") + (("Gold",) if odd else ())))
    rule_names = ["Daily", "monthly", *(["daily"] if odd else [])]
    makers = [draw(rules(making, one, odd)) for one in draw(some_of(rule_names))]
    selection_names = ["all", "Some", *(["some"] if odd else [])]
    chosen = [draw(selections(making, one, odd)) for one in draw(some_of(selection_names))]
    said = {
        "tags": draw(st.sampled_from(((), (("Owner", "me"),)))),
        "advanced": draw(st.sampled_from(((), (("EC2", (("WindowsVSS", "enabled"),)),)))),
        "scan": ir.Scan(("EBS", "S3"), making.role, ir.Where(None)),
    }
    return {region: making.plan(name, [m(region) for m in makers], chosen, **said) for region in REGIONS}


def some_of(listed: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """Any of some values, each once, at least one."""
    return st.lists(st.sampled_from(listed), unique=True, min_size=1)


@st.composite
def organizations_of(draw: st.DrawFn, making: Any) -> ir.Model:
    """A tree, accounts with Regions of their own, and policies attached in all ways; the last of a name wins."""
    units = {f"10000000000{n}": draw(st.sampled_from(PATHS)) for n in range(draw(st.integers(1, 9)))}
    some = some_of(REGIONS)
    usual = draw(st.just(list(REGIONS)) | some)
    regions = {account: draw(st.just(usual) | some) for account in units}
    gets: dict[tuple[str, str], dict[str, ir.Plan]] = {(a, r): {} for a in units for r in regions[a]}
    for _ in range(draw(st.integers(1, 4))):
        where, plans = draw(targets()), draw(plans_by_region(making))
        only = draw(st.just(list(REGIONS)) | some)
        for number, (account, unit) in enumerate(units.items()):
            for region in regions[account] if holds(where, number, unit) else ():
                if region in only:
                    gets[account, region][plans[region].name] = plans[region]
    model: ir.Model = making.model(units, {at: plans.values() for at, plans in gets.items()}, PATHS)
    return model


def check(made: ir.Model, files: Mapping[str, bytes], making: Any) -> None:
    """The promise itself."""
    rest = organizations.remainder(made)
    for account in made.accounts:
        by_policies = making.effective(made, files, account)
        by_accounts = list(plans_at(made, account))
        left = list(plans_at(rest, account))
        assert len(by_policies) + len(left) == len(by_accounts)
        carried = [at for at in by_accounts if at not in left]
        told = making.wanted(made, account)
        assert by_policies == {(region, name.lower()): told[region, name] for region, name in carried}


def plans_at(made: ir.Model, account: str) -> Iterator[tuple[str, str]]:
    """Region and name of each plan that an account gets."""
    yield from ((s.region, plan.name) for s in made.shapes if account in s.accounts for plan in s.plans)


def within_limits(files: Mapping[str, bytes]) -> None:
    """What Organizations allows is kept, and is counted rightly."""
    attached = json.loads(files["organizations/attachments.json"])
    assert len(attached["policies"]) <= 1000
    names = [one["name"] for one in attached["policies"]]
    assert len(set(names)) == len(names)
    for one in attached["policies"]:
        text = files[f"organizations/{one['document']}"].decode()
        assert len(text) == one["characters"] <= 10_000
        assert admit(text) == ()
    for one in attached["attachments"]:
        assert len(one["policies"]) == one["used"] <= 10


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_effective_policies_equal_the_accounts_target(data: st.DataObject, making: Any) -> None:
    """Random trees, Regions, targets and plans: the same plans in every account, and nothing over a limit."""
    made = data.draw(organizations_of(making))
    files = dict(organizations.emit(made))
    check(made, files, making)
    within_limits(files)
    assert files == dict(organizations.emit(made))


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_name_of_an_entry_has_capitals(data: st.DataObject, making: Any) -> None:
    """Organizations reads names in lower case, so they are written so; but for ARNs and AWS's own scanner."""
    files = dict(organizations.emit(data.draw(organizations_of(making))))
    for path, body in files.items():
        if "/policies/" in path:
            for key in keys(json.loads(body)):
                assert key == key.lower() or key.startswith("arn:") or key == "GUARDDUTY", key
            assert body.decode() == json.dumps(
                json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False
            )


def keys(value: Any) -> Iterator[str]:
    """Every key of a document."""
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys(inner)


UNITS = {"100000000001": "", "100000000002": "Work/Prod", "100000000003": "Work/Prod", "100000000004": "Work/Dev"}


@pytest.mark.parametrize(
    ("reached", "targets"),
    [
        ("1234", {"root": True, "units": [], "accounts": []}),
        ("234", {"root": False, "units": ["Work"], "accounts": []}),
        ("23", {"root": False, "units": ["Work/Prod"], "accounts": []}),
        ("24", {"root": False, "units": ["Work/Dev"], "accounts": ["100000000002"]}),
        ("14", {"root": False, "units": ["Work/Dev"], "accounts": ["100000000001"]}),
        ("3", {"root": False, "units": [], "accounts": ["100000000003"]}),
    ],
    ids=["all", "a unit", "a unit below", "a unit but not that account", "without subtraction", "one account"],
)
def test_where_a_plan_is_attached(reached: str, targets: Any, making: Any) -> None:
    """A plan goes to the highest nodes whose accounts all get it, and past no account that does not."""
    gold = making.plan()
    made = making.model(UNITS, {(a, "eu-west-1"): [gold] if a[-1] in reached else [] for a in UNITS})
    files = dict(organizations.emit(made))
    check(made, files, making)
    assert [one["targets"] for one in json.loads(files["organizations/attachments.json"])["policies"]] == [targets]


def test_regions_of_ones_own(making: Any) -> None:
    """An account that lacks a Region of its neighbours gets a document of its own: no plan where it has no vault."""
    gold = making.plan()
    gets = {(a, region): [gold] for a in UNITS for region in ("eu-central-1", "eu-west-1")}
    del gets["100000000003", "eu-central-1"]
    made = making.model(UNITS, gets)
    files = dict(organizations.emit(made))
    check(made, files, making)
    attached = {}
    for one in json.loads(files["organizations/attachments.json"])["policies"]:
        document = json.loads(files[f"organizations/{one['document']}"])
        attached[tuple(document["plans"]["gold"]["regions"]["@@assign"])] = one["targets"]
    assert attached == {
        ("eu-central-1", "eu-west-1"): {
            "root": False,
            "units": ["Work/Dev"],
            "accounts": ["100000000001", "100000000002"],
        },
        ("eu-west-1",): {"root": False, "units": [], "accounts": ["100000000003"]},
    }


def test_a_plan_that_differs_between_regions(making: Any) -> None:
    """A copy to the paired Region makes one plan a Region, named after it, also where an account has only one."""
    there = {"eu-central-1": "eu-west-1", "eu-west-1": "eu-central-1"}
    plans = {r: making.plan(rules=[making.rule(copies=(making.copy_to("dr", there[r]),))]) for r in there}
    gets = {(a, r): [plans[r]] for a in UNITS for r in there}
    del gets["100000000004", "eu-central-1"]
    made = making.model(UNITS, gets)
    files = dict(organizations.emit(made))
    check(made, files, making)
    names = {p for one in json.loads(files["organizations/attachments.json"])["policies"] for p in one["plans"]}
    assert names == {"gold-eu-central-1", "gold-eu-west-1"}
    told = [f for f in organizations.report(made) if f.name == "plan-split-by-region"]
    assert [(f.severity, f.notes) for f in told] == [("advice", ("gold-eu-central-1, gold-eu-west-1",))]


def test_plans_for_the_same_accounts_share_a_policy(making: Any) -> None:
    """Two plans with one cover take one attachment, and their text is that of both."""
    made = making.model(UNITS, {(a, "eu-west-1"): [making.plan("b"), making.plan("a")] for a in UNITS})
    files = dict(organizations.emit(made))
    check(made, files, making)
    policies = json.loads(files["organizations/attachments.json"])["policies"]
    assert [(one["name"], one["plans"]) for one in policies] == [("backstay-a-and-others-root", ["a", "b"])]
