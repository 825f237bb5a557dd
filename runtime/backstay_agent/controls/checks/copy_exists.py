"""Whether the copies that the plans of a resource schedule are really there."""

from __future__ import annotations

from datetime import datetime, timedelta

from backstay_agent.controls import ages
from backstay_agent.controls.control import Control, Verdict, failed, met, unsure
from backstay_agent.controls.facts import Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, ago, number


def check(resource: Resource, place: Place, parameters: Parameters, now: datetime) -> Verdict:
    """In each vault that a rule of its plans copies to lies a whole copy of it, no older than the days if any."""
    most = parameters.number("maxCopyAgeDays")
    wanted = sorted({one.vault_arn for plan in place.taking(resource) for rule in plan.rules for one in rule.copies})
    if not wanted:
        return met("no plan of it asks for a copy")
    missing, hidden = [], []
    for arn in wanted:
        newest = place.copies.get((resource.arn, arn))
        if arn in place.unseen:
            hidden.append(f"{arn} ({place.unseen[arn]})")
        elif newest is None:
            missing.append(f"none in {arn}")
        elif most is not None and now - newest > timedelta(days=most):
            missing.append(f"the latest in {arn} was made {ages.ago(now - newest)} ago, {most} days are wanted")
    if missing:
        return failed(f"copies are scheduled, but not there: {'; '.join(missing)}")
    if hidden:
        return unsure(f"copies are scheduled, but could not be looked for in {'; '.join(hidden)}")
    return met(f"a copy is in each of {len(wanted)} vaults" if len(wanted) > 1 else f"a copy is in {wanted[0]}")


def sql(parameters: Parameters) -> Sql:
    """The same: the vaults once for each set of plans, and by resource only copies that are not there."""
    most = number(parameters.number("maxCopyAgeDays"))
    late = f"epoch_us(:now) - epoch_us(c.newest) > {most} * 86400000000"
    wanted = """SELECT DISTINCT p.combo, c.vault_arn AS arn, d.number, d.no_sight
                FROM combo_plans p
                JOIN copies c ON (c.account, c.region, c.plan_id) = (p.account, p.region, p.plan_id)
                JOIN destinations d USING (vault_arn, to_account, to_region)
                WHERE p.sure"""
    return Sql(
        status="""CASE WHEN y.missing IS NOT NULL THEN 'NON_COMPLIANT' WHEN x.hidden IS NOT NULL THEN 'UNKNOWN'
            ELSE 'COMPLIANT' END""",
        reason="""CASE WHEN x.combo IS NULL THEN 'no plan of it asks for a copy'
            WHEN y.missing IS NOT NULL THEN 'copies are scheduled, but not there: ' || y.missing
            WHEN x.hidden IS NOT NULL THEN 'copies are scheduled, but could not be looked for in ' || x.hidden
            WHEN x.vaults > 1 THEN 'a copy is in each of ' || x.vaults || ' vaults'
            ELSE 'a copy is in ' || x.one END""",
        joins=f"""LEFT JOIN (
            SELECT w.combo, count(*) AS vaults, min(w.arn) AS one,
                string_agg(w.arn || ' (' || w.no_sight || ')', '; ' ORDER BY w.arn) AS hidden
            FROM ({wanted}) w GROUP BY w.combo
        ) x ON x.combo = s.combo
        LEFT JOIN (
            SELECT t.thing, string_agg(
                CASE WHEN c.newest IS NULL THEN 'none in ' || w.arn
                    ELSE 'the latest in ' || w.arn || ' was made ' || {ago("c.newest")} || ' ago, ' || {most}
                        || ' days are wanted' END, '; ' ORDER BY w.arn) AS missing
            FROM things t JOIN ({wanted}) w ON w.combo = t.combo
            LEFT JOIN copied c ON (c.resource, c.number) = (t.name, w.number)
            WHERE w.no_sight IS NULL AND (c.newest IS NULL OR {late})
            GROUP BY t.thing
        ) y ON y.thing = s.thing""",
    )


CONTROL = Control(
    name="copy-exists",
    short="copies are there",
    title=lambda parameters: (
        f"scheduled copies are there, at most {ages.days(parameters.number('maxCopyAgeDays'))} old"
        if parameters.number("maxCopyAgeDays")
        else "scheduled copies are there"
    ),
    kind="resource",
    needs=frozenset({"resources", "plans"}),
    remedy="See why the copy jobs fail: vault policy, key, the organization's switch for copies across accounts.",
    check=check,
    sql=sql,
    command="backstay copy BUILD --account {account}",
)
