"""`required.lacks` in SQL: worked out once for each set of plans and each set of terms, never once a resource."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backstay_agent.controls.facts import AIR_GAPPED
from backstay_agent.controls.sql import Sql, ago, day_and_time, days, lasting
from backstay_aws.lifecycle import CONTINUOUS_RPO

_RPO = int(CONTINUOUS_RPO.total_seconds())


def _vault(name: str, keep: str) -> str:
    """The lacks of a vault `v`, as items of a list of which some are NULL; `n` are the terms."""
    loose = f"""CASE WHEN NOT v.locked THEN 'which is not locked'
        WHEN v.fixed_from IS NULL THEN 'which is locked in governance mode'
        ELSE 'whose lock can be lifted until ' || {day_and_time("v.fixed_from")} END"""
    kept = f"CASE WHEN {keep} IS NULL THEN 'for ever' ELSE 'for ' || {days(keep)} END"
    return f"""CASE WHEN v.arn IS NULL THEN NULL
            WHEN n.immutable AND (NOT v.locked OR v.fixed_from IS NULL OR v.fixed_from > :now)
                THEN 'relies on vault ' || {name} || ', ' || {loose}
            WHEN n.locked AND NOT v.locked THEN 'relies on vault ' || {name} || ', which is not locked' END,
        CASE WHEN {keep} < v.min_days
            THEN 'keeps for ' || {days(keep)} || ' in vault ' || {name} || ', whose lock asks for '
                || {days("v.min_days")} END,
        CASE WHEN v.max_days IS NOT NULL AND ({keep} IS NULL OR {keep} > v.max_days)
            THEN 'keeps ' || {kept} || ' in vault ' || {name} || ', whose lock allows ' || {days("v.max_days")} END"""


def _some(items: str) -> str:
    """The items of a list that are not NULL."""
    return f"list_filter([{items}], lambda one: one IS NOT NULL)"


def _sure(found: str) -> str:
    """How many of a list of lacks are certain."""
    return f"len(list_filter({found}, lambda one: NOT starts_with(one, '?')))"


def _least(whither: str, wanted: str, kind: str) -> str:
    """What the copy of a kind lacks that lacks least, where one is wanted."""
    return f"""CASE WHEN NOT any_value({wanted}) THEN [] ELSE coalesce(
        min_by(c.lacks, (c.sure, len(c.lacks), c.number)) FILTER (WHERE c.{kind}), ['has no copy to {whither}']) END"""


_OFTEN = f"""CASE WHEN n.rpo_seconds IS NULL THEN NULL
    WHEN r.continuous AND n.rpo_seconds >= {_RPO} AND n.continuous <> 'no'
        THEN CASE WHEN n.continuous = 'unknown'
            THEN '?backs up continuously, and AWS does not say whether its type can' END
    WHEN r.apart_seconds IS NULL
        THEN CASE WHEN r.runs_apart = 'unreadable' THEN '?has a schedule that cannot be read'
            ELSE 'never runs again' END
    WHEN r.apart_seconds > n.rpo_seconds
        THEN 'may leave ' || {lasting("r.apart_seconds")} || ' between two backups, not ' || {lasting("n.rpo_seconds")}
    END"""

_OWN = _some(
    f"""CASE WHEN r.keep_days < n.keep_days
        THEN 'keeps for ' || {days("r.keep_days")} || ', not ' || {days("n.keep_days")} END,
    {_OFTEN},
    CASE WHEN v.arn IS NULL THEN 'backs up into vault ' || r.vault || ', which does not exist' END,
    {_vault("r.vault", "r.keep_days")}"""
)

_COPY = _some(
    f"""CASE WHEN list_contains(n.cannot, c.way)
            THEN 'copies to ' || c.vault_arn || ', where its type cannot be copied'
        WHEN list_contains(n.unsaid, c.way)
            THEN '?copies to ' || c.vault_arn || ', and AWS does not say whether its type can be copied there' END,
    CASE WHEN c.keep_days < n.keep_days
        THEN 'keeps its copy in ' || c.vault_arn || ' for ' || {days("c.keep_days")} || ', not '
            || {days("n.keep_days")} END,
    {_vault("c.vault_arn", "c.keep_days")},
    CASE WHEN v.arn IS NOT NULL THEN NULL
        WHEN c.no_sight IS NOT NULL
            THEN '?copies to ' || c.vault_arn || ', which could not be seen (' || c.no_sight || ')'
        ELSE 'copies to ' || c.vault_arn || ', which does not exist' END"""
)

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        # What requirements ask, once for each set of plans.
        "needs": """
            SELECT row_number() OVER () AS need, * FROM (
                SELECT DISTINCT t.combo, d.terms, d.keep_days, d.rpo_seconds, d.other_region, d.other_account,
                    d.air_gapped, d.locked, d.immutable, d.continuous, d.cannot, d.unsaid
                FROM duties d JOIN things t ON (t.account, t.region, t.name) = (d.account, d.region, d.resource)
            )
        """,
        "copies_seen": f"""
            SELECT c.*, d.no_sight, v.arn IS NULL AS missing,
                CASE WHEN v.type = '{AIR_GAPPED}' THEN 'air_gap'
                    WHEN c.to_account <> c.account AND c.to_region <> c.region THEN 'cross_region_and_account'
                    WHEN c.to_account <> c.account THEN 'cross_account'
                    WHEN c.to_region <> c.region THEN 'cross_region' ELSE 'same_region' END AS way
            FROM copies c
            JOIN destinations d USING (vault_arn, to_account, to_region)
            LEFT JOIN vaults v ON v.arn = c.vault_arn
        """,
        "need_copies": f"""
            SELECT *, {_sure("lacks")} AS sure FROM (
                SELECT n.need, p.plan_id, c.rule, c.number, c.to_region <> c.region AS abroad,
                    c.to_account <> c.account AS elsewhere,
                    c.way = 'air_gap' OR (c.missing AND c.no_sight IS NOT NULL) AS gapped,
                    {_COPY} AS lacks
                FROM needs n JOIN combo_plans p ON p.combo = n.combo
                JOIN copies_seen c ON (c.account, c.region, c.plan_id) = (p.account, p.region, p.plan_id)
                LEFT JOIN vaults v ON v.arn = c.vault_arn
            )
        """,
        "need_least": f"""
            SELECT n.need, p.plan_id, r.number AS rule,
                {_least("another Region", "n.other_region", "abroad")} AS abroad,
                {_least("another account", "n.other_account", "elsewhere")} AS elsewhere,
                CASE WHEN any_value(r.air_gapped) IS NOT NULL
                        AND NOT any_value(list_contains(n.cannot, 'air_gap') OR list_contains(n.unsaid, 'air_gap'))
                    THEN [] ELSE {_least("an air-gapped vault", "n.air_gapped", "gapped")} END AS gapped
            FROM needs n JOIN combo_plans p ON p.combo = n.combo
            JOIN rules r ON (r.account, r.region, r.plan_id) = (p.account, p.region, p.plan_id)
            LEFT JOIN need_copies c ON (c.need, c.plan_id, c.rule) = (n.need, p.plan_id, r.number)
            GROUP BY n.need, p.plan_id, r.number
        """,
        "need_rules": f"""
            SELECT *, {_sure("lacks")} AS bad,
                array_to_string(list_transform(lacks, lambda one: regexp_replace(one, '^\\?', '')), '; ') AS said
            FROM (
                SELECT n.need, p.sure, p.number AS plan, r.number AS rule,
                    'plan ' || p.name || ', rule ' || r.name AS told,
                    list_concat({_OWN}, l.abroad, l.elsewhere, l.gapped) AS lacks
                FROM needs n JOIN combo_plans p ON p.combo = n.combo
                JOIN rules r ON (r.account, r.region, r.plan_id) = (p.account, p.region, p.plan_id)
                JOIN need_least l ON (l.need, l.plan_id, l.rule) = (n.need, p.plan_id, r.number)
                LEFT JOIN vaults v ON (v.account, v.region, v.name) = (p.account, p.region, r.vault)
            )
        """,
        "need_best": """
            SELECT n.combo, n.terms, n.need,
                min_by((r.told, r.said, r.bad, len(r.lacks)), (r.bad, len(r.lacks), r.plan, r.rule))
                    FILTER (WHERE r.sure) AS best,
                min_by((r.told, r.said, r.bad, len(r.lacks)), (r.bad, len(r.lacks), r.plan, r.rule))
                    FILTER (WHERE NOT r.sure) AS maybe
            FROM needs n LEFT JOIN need_rules r ON r.need = n.need GROUP BY n.combo, n.terms, n.need
        """,
    }
)

_UNMADE = f"""CASE WHEN s.rpo_seconds IS NULL THEN NULL
    WHEN y.made IS NULL THEN 'it has no recovery point here'
    WHEN epoch_us(:now) - epoch_us(y.made) > s.rpo_seconds * 1000000 AND NOT y.live
        THEN 'its latest recovery point was made ' || {ago("y.made")} || ' ago, not '
            || {lasting("s.rpo_seconds")} END"""
_UNTRIED = f"""CASE WHEN s.tested_days IS NULL THEN NULL
    WHEN z.name IS NULL THEN 'it was never restored, which is to be tried once in ' || s.tested_days || ' days'
    WHEN epoch_us(:now) - epoch_us(z.completed) > s.tested_days * 86400000000
        THEN 'it was last restored ' || {ago("z.completed")} || ' ago, which is to be tried once in ' || s.tested_days
            || ' days' END"""
_MISSING = f"nullif(concat_ws('; ', {_UNMADE}, {_UNTRIED}), '')"
_BEST, _SAID, _BAD, _COUNT = (f"x.best[{number}]" for number in (1, 2, 3, 4))
_UNFIT = f"(x.best IS NULL OR {_BAD} > 0)"
_MAY_DO = f"({_UNFIT} AND coalesce(x.maybe[3] = 0, FALSE) AND {_MISSING} IS NULL)"
_STATUS = f"""CASE WHEN {_MAY_DO} THEN 'UNKNOWN'
    WHEN {_UNFIT} OR {_MISSING} IS NOT NULL THEN 'NON_COMPLIANT'
    WHEN {_COUNT} > 0 THEN 'UNKNOWN' ELSE 'COMPLIANT' END"""
_ASKED = "'“' || s.require || '”' || coalesce(' (' || s.origin || ')', '')"
_OPEN = "but whether that plan takes this resource depends on what AWS leaves open"
_REASON = f"""CASE WHEN {_MAY_DO} THEN x.maybe[1] || ', would do, {_OPEN}'
    WHEN x.best IS NULL THEN 'no rule of a backup plan takes it'
    WHEN {_BAD} > 0 THEN concat_ws('; ', {_BEST} || ', ' || {_SAID}, {_MISSING})
    WHEN {_MISSING} IS NOT NULL THEN {_MISSING}
    WHEN {_COUNT} > 0 THEN {_BEST} || ', ' || {_SAID}
    ELSE {_BEST} || ', does all that it asks' END"""


def sql() -> Sql:
    """Status and reason over a duty `s`."""
    unasked = f"(NOT s.sure AND {_STATUS} = 'NON_COMPLIANT')"
    return Sql(
        status=f"CASE WHEN {unasked} THEN 'UNKNOWN' ELSE {_STATUS} END",
        reason=f"""{_ASKED} || CASE WHEN {unasked}
            THEN ', if it asks that of it, which depends on a tag that it lacks: ' ELSE ': ' END || {_REASON}""",
        joins="""LEFT JOIN need_best x ON (x.combo, x.terms) = (s.combo, s.terms)
            LEFT JOIN points_by_resource y ON (y.account, y.region, y.name) = (s.account, s.region, s.resource)
            LEFT JOIN restored z ON (z.account, z.region, z.name) = (s.account, s.region, s.resource)""",
    )
