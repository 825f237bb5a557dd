"""The HTML report as bytes: whole, inert, and the same for the same facts."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import get_args

import pytest

from backstay_agent.audit.report import Chapter, render
from backstay_agent.audit.report.commands import command
from backstay_agent.audit.result import Result, judge
from backstay_agent.controls.control import Kind
from backstay_agent.controls.facts import Job, Member, Resource
from backstay_contract.findings import AuditFinding

NASTY = "<img src=x onerror=alert(1)>\"'</script><!--"
VOID = {"meta", "input", "link", "br", "img"}


class Elements(HTMLParser):
    """Collects elements and attributes, and checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def elements(page: bytes) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a page that is well formed."""
    parser = Elements()
    parser.feed(page.decode())
    assert parser.open == []
    return parser.seen


def test_the_page_is_well_formed_and_asks_for_nothing(result: Result) -> None:
    """No element refers to anything outside the page, no style or handler stands in an attribute, ids are unique."""
    seen = elements(render(result.report, result.facts))
    for tag, attributes in seen:
        assert tag not in {"img", "link", "iframe", "object"}
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes), attributes
        assert (attributes.get("href") or "#").startswith("#")
    ids = [attributes["id"] for _, attributes in seen if attributes.get("id")]
    assert len(ids) == len(set(ids))
    for _, attributes in seen:
        target = attributes.get("href")
        if target:
            assert target[1:] in ids, target


def test_the_policy_forbids_everything_foreign(result: Result) -> None:
    """The page's own policy lets no other script, style, image or connection in."""
    page = render(result.report, result.facts).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy[1]


def test_the_verdict_comes_first_and_the_numbers_are_right(result: Result) -> None:
    """The sentence of the text form is the page's heading; four numbers follow."""
    page = render(result.report, result.facts).decode()
    assert "12 findings in 2 of 2 accounts." in page[page.index("<h1") : page.index("</h1>")]
    figures = re.findall(r"<dd><b>([^<]*)</b> <span>([^<]*)", page)
    assert figures == [
        ("1", "of 2; 1 are in a plan"),
        ("12", "of 29 checks; 2 could not be judged"),
        ("2", "of 2; 0 can never be undone"),
        ("2", "5.0 MB; 1 of them a copy"),
    ]


def test_every_finding_prints_the_command_that_explains_it(result: Result) -> None:
    """Commands name account, Region and resource, quoted for a shell."""
    page = render(result.report, result.facts, build="my build").decode()
    assert (
        "aws resourcegroupstaggingapi get-resources --region eu-central-1 --resource-arn-list "
        "arn:aws:rds:eu-central-1:100000000010:db:ledger" in page
    )
    assert "aws backup get-backup-vault-access-policy --region eu-west-1 --backup-vault-name central" in page


def test_names_that_hold_markup_are_inert(result: Result) -> None:
    """Account names, tags, ARNs, reasons and the story come from outside; none of them becomes an element."""
    prod, hub = result.facts.places
    resource = Resource(f"arn:aws:rds:eu-central-1:100000000010:db:{NASTY}", "RDS", {"owner": NASTY, NASTY: NASTY})
    vaults = tuple(replace(vault, name=NASTY) for vault in prod.vaults)
    points = tuple(replace(point, vault=NASTY) for point in prod.points)
    dirty = replace(
        result.facts,
        members=tuple(replace(member, name=NASTY, unit=NASTY) for member in result.facts.members),
        places=(replace(prod, resources=(resource,), vaults=vaults, points=points, unread={"policies": NASTY}), hub),
    )
    report = judge(dirty, result.controls, result.parameters).report
    page = render(report, dirty, [Chapter(NASTY, NASTY, NASTY, NASTY)])
    seen = elements(page)
    assert not any(tag == "img" for tag, _ in seen)
    assert b"<img" not in page
    assert sum(tag == "script" for tag, _ in seen) == 1


def test_the_same_facts_give_the_same_bytes(result: Result) -> None:
    """A report can be compared byte by byte."""
    assert render(result.report, result.facts) == render(result.report, result.facts)


def test_an_empty_organization_has_a_page(result: Result) -> None:
    """With nothing to judge every section says so in words."""
    nothing = replace(result.facts, members=(), places=())
    page = render(judge(nothing, result.controls, result.parameters).report, nothing).decode()
    elements(page.encode())
    for words in (
        "There was nothing to judge",
        "There are no recovery points",
        "Nothing is copied",
        "There are no vaults",
    ):
        assert words in page


def test_locks_count_down_and_copies_are_told(result: Result) -> None:
    """A compliance lock in its grace time says when it becomes final; a copy says from where to where."""
    page = render(result.report, result.facts).decode()
    assert "final in 3 days, on 2026-11-25 12:00 UTC" in page
    assert "payments-prod in eu-central-1 to backup-central in eu-west-1: 1 recovery point" in page


def test_a_large_organization_stays_readable(result: Result) -> None:
    """With 300 accounts map and arrows keep to what matters, and the page to about a megabyte."""
    prod, hub = result.facts.places
    members = [Member(f"2{number:011}", f"account-{number}", f"Unit-{number % 7}/Prod", True) for number in range(300)]
    places = [replace(prod, account=member.id) for member in members]
    wide = replace(
        result.facts, members=tuple(members), places=(*places, hub), ended=result.facts.now + timedelta(hours=1)
    )
    page = render(judge(wide, result.controls, result.parameters).report, wide)
    assert len(page) < 1_500_000
    assert page.count(b'class="node"') <= 24
    assert b"more accounts, in which nothing fails or which come after these" in page
    assert b"more are in the raw result" in page


def test_unprotected_resources_are_told_by_type(result: Result) -> None:
    """What no plan takes is counted by type, with examples; what may be in a plan is not told as being in none."""
    page = render(result.report, result.facts).decode()
    section = page[page.index('id="unprotected"') : page.index('id="trends"')]
    assert "1 of 1" in section
    assert "payments-prod 1" in section
    assert "ledger" in section
    prod, hub = result.facts.places
    doubtful = replace(prod, resources=tuple(replace(it, perhaps=("p-1",)) for it in prod.resources))
    page = render(result.report, replace(result.facts, places=(doubtful, hub))).decode()
    assert "Every resource that could be read is in a plan, or may be." in page


def test_jobs_that_failed_are_told_with_why(result: Result) -> None:
    """Counts by kind and state, the failures with AWS's words, the newest first; none read is not the same as none."""
    assert "No job was read" in render(result.report, result.facts).decode()
    prod, hub = result.facts.places
    when = result.facts.now - timedelta(hours=3)
    arn = prod.resources[0].arn
    jobs = (
        Job("1", "backup", "COMPLETED", arn, "DynamoDB", when, when),
        Job("2", "copy", "FAILED", arn, "DynamoDB", when, when, "Access denied to the key"),
        Job("3", "backup", "EXPIRED", arn, "DynamoDB", when + timedelta(hours=1)),
    )
    page = render(result.report, replace(result.facts, places=(replace(prod, jobs=jobs), hub))).decode()
    section = page[page.index('id="jobs"') : page.index('id="timeline"')]
    assert "Access denied to the key" in section
    assert section.index("backup EXPIRED</td>") < section.index("copy FAILED</td>")
    assert "AWS gives no reason" in section
    assert "since 2026-11-22 09:00 UTC" in section


def test_a_finding_leads_to_the_policy_line(troubled: Result) -> None:
    """The plan that drifted says at which line of the policies it stands; each group says what it bears on."""
    page = render(troubled.report, troubled.facts).decode()
    assert "acme/gold.py:24 (plan gold)" in page
    assert "<b>NIST-800-53 CP-9</b> system backup" in page


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_finding_about_anything_names_a_command(kind: Kind) -> None:
    """Whatever a control is about, there is a command that shows it, quoted for a shell."""
    finding = AuditFinding("some-control", "NON_COMPLIANT", "100000000010", "eu-west-1", "arn:x; rm -rf /", "S3", "no")
    words = shlex.split(command(finding, kind, "vault", "my build"))
    assert words[0] in ("aws", "backstay")
    assert "rm" not in words
