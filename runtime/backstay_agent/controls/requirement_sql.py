"""`required.lacks` in SQL: worked out once for each set of plans and each set of terms, never once a resource."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backstay_agent.controls.facts import AIR_GAPPED
from backstay_agent.controls.sql import Sql, ago, day_and_time, days, lasting, place
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

_UNMADE = f"""CASE WHEN d.rpo_seconds IS NULL THEN NULL
    WHEN y.made IS NULL THEN 'it has no recovery point here'
    WHEN epoch_us(:now) - epoch_us(y.made) > d.rpo_seconds * 1000000 AND NOT y.live
        THEN 'its latest recovery point was made ' || {ago("y.made")} || ' ago, not '
            || {lasting("d.rpo_seconds")} END"""
_UNTRIED = f"""CASE WHEN d.tested_days IS NULL THEN NULL
    WHEN z.name IS NULL THEN 'it was never restored, which is to be tried once in ' || d.tested_days || ' days'
    WHEN epoch_us(:now) - epoch_us(z.completed) > d.tested_days * 86400000000
        THEN 'it was last restored ' || {ago("z.completed")} || ' ago, which is to be tried once in ' || d.tested_days
            || ' days' END"""

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        # The duties with the set of plans that their resource has, and its type.
        "duties_here": f"""
            SELECT d.*, {place("d")} AS place, t.combo, coalesce(t.type, '') AS subject_type
            FROM duties d LEFT JOIN things t ON (t.place, t.name) = ({place("d")}, d.resource)
        """,
        # What requirements ask, once for each set of plans.
        "needs": """
            SELECT row_number() OVER () AS need, * FROM (
                SELECT DISTINCT combo, terms, keep_days, rpo_seconds, other_region, other_account, air_gapped, locked,
                    immutable, continuous, cannot, unsaid
                FROM duties_here WHERE combo IS NOT NULL
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
            LEFT JOIN vaults_anywhere v ON v.arn = c.vault_arn
        """,
        "need_copies": f"""
            SELECT *, {_sure("lacks")} AS sure FROM (
                SELECT n.need, p.plan_id, c.rule, c.number, c.to_region <> c.region AS abroad,
                    c.to_account <> c.account AS elsewhere,
                    c.way = 'air_gap' OR (c.missing AND c.no_sight IS NOT NULL) AS gapped,
                    {_COPY} AS lacks
                FROM needs n JOIN combo_plans p ON p.combo = n.combo
                JOIN copies_seen c ON (c.account, c.region, c.plan_id) = (p.account, p.region, p.plan_id)
                LEFT JOIN vaults_anywhere v ON v.arn = c.vault_arn
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
        # Each duty with what was found of it, step by step: an expression that held itself many times took longer to
        # be planned than to be worked out.
        "owed": f"""
            SELECT *, NOT sure AND plain = 'NON_COMPLIANT' AS unasked FROM (
                SELECT *, CASE WHEN may_do THEN 'UNKNOWN' WHEN unfit OR missing IS NOT NULL THEN 'NON_COMPLIANT'
                    WHEN best[4] > 0 THEN 'UNKNOWN' ELSE 'COMPLIANT' END AS plain
                FROM (
                    SELECT *, unfit AND coalesce(maybe[3] = 0, FALSE) AND missing IS NULL AS may_do FROM (
                        SELECT *, best IS NULL OR best[3] > 0 AS unfit FROM (
                            SELECT d.*, x.best, x.maybe,
                                nullif(concat_ws('; ', {_UNMADE}, {_UNTRIED}), '') AS missing
                            FROM duties_here d
                            LEFT JOIN need_best x ON (x.combo, x.terms) = (d.combo, d.terms)
                            LEFT JOIN points_by_resource y ON (y.place, y.name) = (d.place, d.resource)
                            LEFT JOIN restored z ON (z.place, z.name) = (d.place, d.resource)
                        )
                    )
                )
            )
        """,
    }
)

_BEST, _SAID = "s.best[1]", "s.best[2]"
_ASKED = "'“' || s.require || '”' || coalesce(' (' || s.origin || ')', '')"
_OPEN = "but whether that plan takes this resource depends on what AWS leaves open"
_REASON = f"""CASE WHEN s.may_do THEN s.maybe[1] || ', would do, {_OPEN}'
    WHEN s.best IS NULL THEN 'no rule of a backup plan takes it'
    WHEN s.best[3] > 0 THEN concat_ws('; ', {_BEST} || ', ' || {_SAID}, s.missing)
    WHEN s.missing IS NOT NULL THEN s.missing
    WHEN s.best[4] > 0 THEN {_BEST} || ', ' || {_SAID}
    ELSE {_BEST} || ', does all that it asks' END"""


def sql() -> Sql:
    """Status and reason over a duty `s`, of `owed`."""
    return Sql(
        status="CASE WHEN s.unasked THEN 'UNKNOWN' ELSE s.plain END",
        reason=f"""{_ASKED} || CASE WHEN s.unasked
            THEN ', if it asks that of it, which depends on a tag that it lacks: ' ELSE ': ' END || {_REASON}""",
    )
