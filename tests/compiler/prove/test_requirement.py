"""What is promised is proved for every resource that there could be, or refuted by one, with what comes nearest."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest

from backstay import ir
from backstay.prove.answer import Answer
from backstay.prove.check import UnverifiedError, check
from backstay.prove.concrete import Thing, holds
from backstay.prove.requirement import prove
from backstay_aws.selection import matches

Make = Callable[[str], ir.Model]
NOW = datetime.date(2026, 11, 22)

POLICY = """
dr = Vault("dr", region="eu-west-1"{dr})
primary = Vault("primary"{lock})
gold = Plan("gold", rules=[
    Rule("daily", at=daily("03:00", tz="{zone}"), keep=days({keep}), into=primary, start_within=hours(1),
         copies=[Copy(to=dr)]),
], select=[Select("gold", where={where})])
base = Policy("base", attach=root(), regions=["eu-central-1"], plans=[gold], vaults=[primary, dr])
promise = Require("gold is safe", every={every}, under=ou("Prod"), regions=["eu-central-1"], types={types}, {wants})
"""


SPLIT = '(tag("env") == "a") & (tag("backup") == "gold") | (tag("env") != "a") & (tag("backup") == "gold")'


def policy(**changes: str) -> str:
    """The policy, as it would be with some of its words changed."""
    words = {
        "lock": "",
        "dr": "",
        "zone": "UTC",
        "keep": "35",
        "where": '(tag("backup") == "gold")',
        "every": '(tag("backup") == "gold")',
        "types": '["RDS"]',
        "wants": "keep=days(35)",
    }
    return POLICY.format(**(words | changes))


def only(answers: tuple[Answer, ...]) -> Answer:
    """The one answer."""
    (answer,) = answers
    return answer


PROVED = {
    "as it is written": {},
    "a longer retention": {"keep": "36"},
    "a gap that the window fits into": {"wants": "rpo=hours(25)"},
    "a copy to another Region": {"wants": "copy_to_other_region=True, keep=days(35)"},
    "a lock on each vault": {
        "lock": ", lock=Lock.governance(min=days(7), max=days(400))",
        "dr": ", lock=Lock.governance(min=days(7), max=days(400))",
        "wants": "locked=True, copy_to_other_region=True",
    },
    "a pattern that takes in more": {"where": 'tag("backup").like("g*")'},
    "two selections that together are enough": {
        "where": SPLIT,
        "every": '(tag("backup") == "gold") & tag("env").like("*")',
    },
}


@pytest.mark.parametrize("name", list(PROVED))
def test_what_holds_is_proved_and_verified(model: Make, name: str) -> None:
    """The proof is verified by the plain checker, too."""
    made = model(policy(**PROVED[name]))
    answer = only(prove(made, NOW))
    assert answer.status == "PROVED", answer
    assert answer.certificates
    every = made.requirements[0].node.every
    assert every is not None
    assert sum(check(one, every, made.partition) for one in answer.certificates) > 0


REFUTED = {
    "a shorter retention": ({"keep": "34"}, "keeps recovery points for 34 days, not 35 days"),
    "a summer time": (
        {"zone": "Europe/Berlin", "wants": "rpo=hours(25)"},
        "may leave 26 hours between two backups, not 25 hours",
    ),
    "no copy to another account": ({"wants": "copy_to_other_account=True"}, "has no copy to another account"),
    "no lock": ({"wants": "locked=True"}, "relies on vault primary, which has no lock"),
    "a lock that can be lifted": (
        {"lock": ", lock=Lock.governance(min=days(7), max=days(400))", "wants": "immutable=True"},
        "relies on vault primary, which is locked in governance mode, which an administrator can lift",
    ),
    "a lock that makes every job fail": (
        {"lock": ", lock=Lock.governance(min=days(40), max=days(400))"},
        "keeps 35 days in vault primary, whose lock asks for 40 days: every job fails",
    ),
    "an exclusion": (
        {"where": '(tag("backup") == "gold") & ~tag("env").like("tmp*")'},
        'asks for env not like "tmp*"; its env is "tmp"',
    ),
    "a value that is spelt otherwise": (
        {"where": 'tag("backup") == "Gold"'},
        'asks for backup == "Gold"; its backup is "gold"',
    ),
    "a type that cannot": (
        {"types": '["FSx"]', "wants": "rpo=minutes(60)"},
        "may leave 25 hours between two backups, not 1 hours",
    ),
}


@pytest.mark.parametrize("name", list(REFUTED))
def test_what_does_not_hold_is_refuted_by_a_resource(model: Make, name: str) -> None:
    """The witness is what the requirement speaks of, and the reason stands at its line."""
    changes, reason = REFUTED[name]
    made = model(policy(**changes))
    answer = only(prove(made, NOW))
    assert answer.status == "COUNTEREXAMPLE", answer
    assert answer.witness is not None
    assert answer.nearest is not None
    assert reason in [text for text, _ in answer.nearest.reasons]
    assert all(place is not None for _, place in answer.nearest.reasons)
    every = made.requirements[0].node.every
    assert every is not None
    assert holds(every, Thing(answer.witness.arn, answer.witness.type, answer.witness.tags), absent=True)


def test_what_aws_leaves_open_is_unknown(model: Make) -> None:
    """Whether `!=` takes a resource without the tag is not said: what hangs on it is neither proved nor refuted."""
    answer = only(prove(model(policy(where=SPLIT)), NOW))
    assert answer.status == "UNKNOWN"
    assert answer.witness is not None
    assert answer.witness.tags == {"backup": "gold"}
    assert "it holds only if a resource that lacks a tag counts as one whose tag differs" in answer.notes[0]


READINGS = {
    # every, where, status, the witness's tags
    "the same on both sides": ('tag("env") != "a"', 'tag("env") != "a"', "PROVED", None),
    "a tag that must be there": ('tag("env") != "a"', '(tag("env") != "a") & tag("env").like("*")', "UNKNOWN", {}),
    "a tag that every asks for": (
        '(tag("env") != "a") & tag("env").like("*")',
        'tag("env") != "a"',
        "PROVED",
        None,
    ),
    "the opposite of some values": ('~tag("env").isin(["a", "b"])', 'tag("env") != "a"', "PROVED", None),
    "a value under both": (
        'tag("env") != "a"',
        '(tag("env") != "a") & (tag("env") != "b")',
        "COUNTEREXAMPLE",
        {"env": "b"},
    ),
}


@pytest.mark.parametrize("name", list(READINGS))
def test_every_is_read_as_selections_are(model: Make, name: str) -> None:
    """A `!=` of the promise means what it means in a selection, whichever that is: one reading for both at a time."""
    every, where, status, tags = READINGS[name]
    answer = only(prove(model(policy(every=every, where=where)), NOW))
    assert answer.status == status, answer
    assert (answer.witness and answer.witness.tags) == tags


CLUSTERS = ["Aurora", "DocumentDB", "Neptune"]


@pytest.mark.parametrize("kind", CLUSTERS)
def test_types_of_one_form_of_arn_are_taken_together_but_by_their_own_opt_in(model: Make, kind: str) -> None:
    """A selection of Aurora takes DocumentDB and Neptune too, each unless the account has opted out of it."""
    text = "from backstay import Settings, resource_type\n"
    text += policy(where='(tag("backup") == "gold") & resource_type("Aurora")', types=f'["{kind}"]')
    assert only(prove(model(text), NOW)).status == "PROVED"
    for out in CLUSTERS:
        switched = text.replace("vaults=[", f'settings=Settings(opt_in={{"{out}": False}}), vaults=[')
        assert only(prove(model(switched), NOW)).status == ("COUNTEREXAMPLE" if out == kind else "PROVED")


def test_a_name_has_no_colon(model: Make) -> None:
    """No cluster is taken as a database, as `…:cluster:a:db:b` would be if there were such a name."""
    text = "from backstay import resource_type\n" + policy(
        where='(tag("backup") == "gold") & resource_type("Aurora") & ~resource_type("RDS")', types='["Aurora"]'
    )
    answer = only(prove(model(text), NOW))
    assert answer.status == "PROVED"
    every = model(text).requirements[0].node.every
    assert sum(check(one, every, "aws") for one in answer.certificates) > 0


def test_what_no_policy_says_is_unknown(model: Make) -> None:
    """A vault that no policy declares may be locked, or not."""
    made = model(
        policy(wants="copy_to_other_region=True, locked=True", lock=", lock=Lock.governance(min=days(1))").replace(
            ", dr]", "]"
        )
    )
    answer = only(prove(made, NOW))
    assert answer.status == "UNKNOWN"
    assert "relies on vault dr, which no policy declares" in answer.notes[0]


def test_a_type_that_cannot_be_copied_refutes(model: Make) -> None:
    """A resource type that AWS cannot copy there is a counterexample, unless `types` leaves it out."""
    answer = only(prove(model(policy(types="None", wants="copy_to_other_region=True")), NOW))
    assert answer.status == "COUNTEREXAMPLE"
    assert answer.nearest is not None
    assert "cannot be copied" in answer.nearest.reasons[0][0]


def test_a_proof_that_leaves_something_out_is_not_verified(model: Make) -> None:
    """The checker finds what a wrong certificate leaves open: it is a check that can fail."""
    made = model(policy(where=SPLIT, every='(tag("backup") == "gold") & tag("env").like("*")'))
    answer = only(prove(made, NOW))
    every = made.requirements[0].node.every
    assert every is not None
    whole = next(one for one in answer.certificates if len(one.core) == 2)
    with pytest.raises(UnverifiedError, match="nothing takes RDS"):
        check(replace(whole, core=whole.core[:1]), every, made.partition)


TESTED = """
from backstay import RestoreSelect, RestoreTest, resource_type, weekly
main = Vault("main")
gold = Plan("gold", rules=[Rule("daily", at=daily("03:00", tz="UTC"), keep=days(35), into=main, start_within=hours(1))],
            select=[Select("gold", where=(tag("backup") == "gold") & resource_type("S3"))])
half = [RestoreSelect("a", type="S3", where=tag("env") == "prod"),
        RestoreSelect("b", type="S3", where=tag("env") != "prod")]
tests = [RestoreTest("try", at=weekly("mon", "05:00"), select=half)]
base = Policy("base", attach=ou("Prod"), plans=[gold], vaults=[main], restore_tests=tests)
r = Require("r", every=(tag("backup") == "gold") & tag("env").like("*"), under=ou("Prod"), types=["S3"],
            restore_tested_within=days(8))
"""


def test_a_proof_of_tests_is_verified_with_what_the_tests_take(model: Make) -> None:
    """Two tests that together take all; without one of them the checker finds what is not tested."""
    made = model(TESTED)
    answer = only(prove(made, NOW))
    assert answer.status == "PROVED", answer
    every = made.requirements[0].node.every
    assert every is not None
    for one in answer.certificates:
        assert one.tested is not None
        assert check(one, every, made.partition) > 0
        for number in range(2):
            less = {plan: tests[:number] + tests[number + 1 :] for plan, tests in one.tested.items()}
            with pytest.raises(UnverifiedError, match="nothing takes and tests S3"):
                check(replace(one, tested=less), every, made.partition)


def test_a_witness_is_taken_by_no_selection(model: Make) -> None:
    """What the engine says of a witness, the reading of one selection and one resource says too."""
    made = model(policy(where='(tag("backup") == "gold") & ~tag("env").like("tmp*") & (tag("tier") != "x")'))
    answer = only(prove(made, NOW))
    assert answer.witness is not None
    (shape,) = [one for one in made.shapes if answer.witness.account in one.accounts and one.region == "eu-central-1"]
    for plan in shape.plans:
        for one in plan.selections:
            assert not matches(
                one.selection,
                arn=answer.witness.arn,
                resource_type="RDS",
                tags=answer.witness.tags,
                opted_in=lambda _: True,
                absent_matches_not=True,
            )


def test_a_promise_about_nothing_says_so(model: Make) -> None:
    """Nothing is proved of accounts that there are not."""
    made = model(policy().replace('under=ou("Prod")', 'under=account_tag("env") == "nowhere"'))
    answer = only(prove(made, NOW))
    assert answer.accounts == 0
    assert "speaks of no account" in answer.notes[0]
