"""The policies of an organization, compiled once, for tests to ask about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from backstay import explain
from backstay.coverage.reached import Reached, Seen
from backstay.testing import points
from backstay.testing.account import Account
from backstay.testing.promise import Promise
from backstay.testing.protection import Protection
from backstay.testing.resource import Resource, made, tags_of
from backstay.testing.wrong import PoliciesError, UnknownError, unknown

if TYPE_CHECKING:
    from backstay import ir
    from backstay.pipeline import Checked

Moment = str | date | datetime
"""An instant: ISO 8601 text, a day (its first instant), or a time; UTC where no zone is said."""


class Org:
    """An organization with its policies. Made by the fixture `org`, or by `load_org`."""

    def __init__(self, checked: Checked, now: date) -> None:
        """Of policies that compiled, as of a day. Raises `PoliciesError` if they did not."""
        if checked.model is None or checked.org is None:
            raise PoliciesError(_complaint(checked))
        self.checked = checked
        self.model: ir.Model = checked.model
        self.now = now
        self.reached = Reached()
        self._shapes = {(account, one.region): one for one in self.model.shapes for account in one.accounts}

    def __repr__(self) -> str:
        return f"<{self.model.organization}: {len(self.model.accounts)} accounts, {len(self.model.shapes)} shapes>"

    @property
    def shapes(self) -> tuple[ir.Shape, ...]:
        """What each class of accounts gets in one Region, with nothing left to infer."""
        return self.model.shapes

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """Every account, in the order of the organization file."""
        return tuple(map(self._account, self.model.accounts.values()))

    def account(self, name: str) -> Account:
        """An account by name or id. Raises `UnknownError`."""
        __tracebackhide__ = True
        found = self.find(name)
        self.reached.accounts.add(found.id)
        return found

    def find(self, name: str) -> Account:
        """An account by name or id, without counting it as looked at. Raises `UnknownError`."""
        __tracebackhide__ = True
        found = self._by_name.get(name, ())
        if len(found) > 1:
            raise UnknownError(f"several accounts are called {name}: {', '.join(one.id for one in found)}")
        if not found:
            raise unknown("account", name, self._by_name)
        return found[0]

    def under(self, unit: str) -> tuple[Account, ...]:
        """The accounts in and below a unit, by its path (`Workloads/Prod`). Raises `UnknownError`."""
        paths = {one.path for one in self.model.tree}
        if unit not in paths:
            raise unknown("unit", unit, paths)
        return tuple(one for one in self.accounts if not unit or f"{one.unit}/".startswith(f"{unit}/"))

    def resource(
        self,
        type: str,  # noqa: A002
        account: str | Account | None = None,
        region: str | None = None,
        tags: Mapping[str, str] | None = None,
        arn: str | None = None,
        *,
        name: str = "any",
    ) -> Resource:
        """A resource that there could be, or that there is, by its `arn`; `type` as the API names it, such as `RDS`.

        `account`: name or id; `region` may be left out where the account uses one only, both where the ARN has them.
        `name` stands in the ARN where none is given. Raises `UnknownError`.
        """
        __tracebackhide__ = True
        return made(self, type, account, region, tags, arn, name)

    def inventory(self, path: str | Path) -> tuple[Resource, ...]:
        """The resources of an inventory (`backstay inventory`), in its order.

        Raises `UnknownError` for a file that cannot be read, and for an account that the organization has not.
        """
        from backstay.lint.inventory import InventoryError, read

        __tracebackhide__ = True
        try:
            rows = read(Path(path))
        except InventoryError as wrong:
            raise UnknownError(str(wrong)) from None
        return tuple(
            Resource(row["type"], self.find(row["account"]), row["region"], tags_of(row.get("tags")), row["arn"], self)
            for row in rows
        )

    def protection(self, resource: Resource) -> Protection:
        """Which rules back a resource up, when next, and why other plans do not take it."""
        self._look_at(resource)
        shape = self.shape(resource)
        judged = explain.judge(shape, resource.judged) if shape is not None else explain.Protected((), ())
        sure = tuple(one for one in judged.taken if one.sure)
        return Protection(resource, sure, tuple(one for one in judged.taken if not one.sure), judged.refused)

    def at(self, moment: Moment, since: Moment | None = None) -> Then:
        """The organization at an instant, for time travel; `since` is when the policies came into force.

        Without `since` they have held for as long as anything is kept. Raises `ValueError` for what is no instant.
        """
        return Then(self, points.instant(moment), points.instant(since) if since is not None else None)

    def first_deletion(self, resource: Resource, since: Moment | None = None) -> points.RecoveryPoint | None:
        """The recovery point that is the first to be deleted if the policies come into force at an instant.

        Default: at the beginning of the day that the policies are looked at. None if none is ever deleted.
        """
        begin = points.instant(since) if since is not None else datetime.combine(self.now, time(), UTC)
        served = self._served(resource)
        return points.first_deleted(resource, served, begin) if served is not None else None

    def prove(self, *names: str) -> tuple[Promise, ...]:
        """The answer to each `Require`, or to those named: `assert all(org.prove())`. Raises `UnknownError`."""
        __tracebackhide__ = True
        known = {one.name: one for one in self._promises}
        for name in names:
            if name not in known:
                raise unknown("Require", name, known)
        found = tuple(known[name] for name in names) if names else self._promises
        self.reached.promises.update(one.name for one in found)
        return found

    def shape(self, resource: Resource) -> ir.Shape | None:
        """What the resource's account gets in its Region; None if it gets nothing there."""
        return self._shapes.get((resource.account.id, resource.region))

    def line(self, path: str, number: int) -> str | None:
        """A line of a policy file."""
        return self.checked.loaded.sources.line(path, number)

    def _look_at(self, resource: Resource) -> None:
        tags = tuple(resource.tags.items())
        self.reached.resources.add(Seen(resource.account.id, resource.region, resource.type, resource.arn, tags))

    def _served(self, resource: Resource) -> points.Served | None:
        shape = self.shape(resource)
        plans = tuple(one.plan for one in self.protection(resource).taken)
        return (shape, plans) if shape is not None else None

    @cached_property
    def _promises(self) -> tuple[Promise, ...]:
        from backstay.prove.requirement import prove

        return tuple(Promise(answer) for answer in prove(self.model, self.now))

    @cached_property
    def _by_name(self) -> dict[str, tuple[Account, ...]]:
        found: dict[str, tuple[Account, ...]] = {}
        for one in self.accounts:
            for key in dict.fromkeys((one.name, one.id)):
                found[key] = (*found.get(key, ()), one)
        return found

    def _account(self, facts: ir.AccountFacts) -> Account:
        shapes = {one: self._shapes[facts.id, one] for one in facts.regions if (facts.id, one) in self._shapes}
        return Account(facts.id, facts.name, facts.unit, dict(facts.tags), facts.regions, shapes)


@dataclass(frozen=True)
class Then:
    """The organization at an instant."""

    org: Org
    moment: datetime
    since: datetime | None = None

    def recovery_points(self, resource: Resource) -> tuple[points.RecoveryPoint, ...]:
        """Every recovery point of a resource that exists then, copies too, the oldest first.

        Raises `UnknownError` where something is kept for ever and `since` is not said.
        """
        served = self.org._served(resource)
        return points.existing(resource, served, self.moment, self.since) if served is not None else ()


def load_org(
    policies: str | Path = "policies",
    org: str | Path | None = None,
    *,
    now: date | None = None,
    require_sandbox: bool = False,
) -> Org:
    """Compile policies as every command does; policy files run without being trusted. Raises `PoliciesError`.

    `org`: the organization file; default: the one beside the policies. `now`: the day from which schedules are looked
    at; default: today.
    """
    from backstay import pipeline

    day = now or date.today()  # noqa: DTZ011  (the author's own day)
    beside = Path(org) if org is not None else None
    checked = pipeline.check([Path(policies)], beside, now=day, lint=False, require_sandbox=require_sandbox)
    return Org(checked, day)


def _complaint(checked: Checked) -> str:
    """What is wrong with policies that do not compile, as `backstay lint` draws it."""
    from backstay_formats.text import render

    wrong = [one for one in checked.findings if one.severity == "error"]
    if not wrong:
        return "there is no org.yaml or org.json beside the policies; say which one belongs to them"
    return render(wrong, checked.loaded.sources.line, colour=False, width=120).rstrip()
