"""What several controls rest on, worked out as tables, each after those that it is made of.

`combos` are the sets of plans that resources of a place share: whatever follows from a resource's plans is worked out
once for each set, of which there are thousands where there are millions of resources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from backstay_agent.controls import requirement_sql
from backstay_agent.controls.control import ENDED
from backstay_agent.controls.sql import place, text

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "combos": """
            SELECT row_number() OVER () AS combo, *
            FROM (SELECT DISTINCT account, region, plans, perhaps FROM resources)
        """,
        # The resources, each with a number and its combo; `listed`: whether it is sure that some plan takes it.
        "things": f"""
            SELECT row_number() OVER () AS thing, {place("r")} AS place, r.account, r.region, r.arn AS name, r.type,
                r.tags, c.combo, len(r.plans) > 0 AS listed
            FROM resources r JOIN combos c USING (account, region, plans, perhaps)
        """,
        # Each plan of a combo, in order; `sure`: not only under one reading of AWS.
        "combo_plans": """
            SELECT c.combo, c.account, c.region, c.number, c.sure, p.id AS plan_id, p.name
            FROM (
                SELECT combo, account, region, TRUE AS sure, unnest(plans) AS id,
                    generate_subscripts(plans, 1) AS number
                FROM combos
                UNION ALL
                SELECT combo, account, region, FALSE, unnest(perhaps), generate_subscripts(perhaps, 1) FROM combos
            ) c JOIN plans p USING (account, region, id)
        """,
        # Recovery points by resource: the one pass over all of them. `made`: the newest that was made there.
        "points_by_resource": f"""
            SELECT {place("p")} AS place, resource AS name,
                max(created) FILTER (WHERE status IN ('COMPLETED', 'AVAILABLE') AND original) AS made,
                bool_or(status = 'AVAILABLE' AND original) AS live,
                max(created) FILTER (WHERE status IN ('COMPLETED', 'AVAILABLE')) AS newest,
                max(created) FILTER (WHERE status IN ('COMPLETED', 'AVAILABLE') AND air_gapped) AS air_gapped
            FROM recovery_points p GROUP BY ALL
        """,
        "points_by_thing": """
            SELECT t.thing, y.made, y.live, y.newest, y.air_gapped FROM things t
            JOIN points_by_resource y ON (y.place, y.name) = (t.place, t.name)
        """,
        # The vaults that are copied to, by their number; `no_sight`: why nobody can say what lies there.
        "destinations": """
            SELECT c.vault_arn, c.to_account, c.to_region, min(v.number) AS number,
                any_value(CASE WHEN p.account IS NULL THEN 'its account or Region was not read'
                     ELSE coalesce(u1.reason, u2.reason) END) AS no_sight
            FROM (SELECT DISTINCT vault_arn, to_account, to_region FROM copies) c
            LEFT JOIN vaults_anywhere v ON v.arn = c.vault_arn
            LEFT JOIN places_anywhere p ON (p.account, p.region) = (c.to_account, c.to_region)
            LEFT JOIN unread_anywhere u1 ON (u1.account, u1.region, u1.noun) = (c.to_account, c.to_region, 'vaults')
            LEFT JOIN unread_anywhere u2 ON (u2.account, u2.region, u2.noun) = (c.to_account, c.to_region, 'points')
            GROUP BY ALL
        """,
        "restored": f"""
            SELECT {place("r")} AS place, resource AS name, max_by(created, k) AS created, max(completed) AS completed
            FROM (SELECT *, (completed, id) AS k FROM restores WHERE status = 'COMPLETED' AND completed IS NOT NULL) r
            GROUP BY ALL
        """,
        "restored_thing": """
            SELECT t.thing, z.created, z.completed FROM things t
            JOIN restored z ON (z.place, z.name) = (t.place, t.name)
        """,
        "latest_jobs": f"""
            SELECT * EXCLUDE place FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY {place("j")}, resource, kind ORDER BY created DESC, id DESC) AS place
                FROM jobs j WHERE state IN ({", ".join(map(text, ENDED))})
            ) WHERE place = 1
        """,
        **requirement_sql.RELATIONS,
    }
)

ANYWHERE: Mapping[str, str] = MappingProxyType(
    {
        "vaults_anywhere": "SELECT row_number() OVER (ORDER BY account, region, name) AS number, * FROM vaults",
        "places_anywhere": "SELECT account, region FROM places",
        "unread_anywhere": "SELECT account, region, noun, reason FROM unread",
        # Copies by resource and number of their vault.
        "copied": """
            SELECT p.resource, v.number, max(p.created) AS newest
            FROM recovery_points p
            JOIN vaults_anywhere v ON (v.account, v.region, v.name) = (p.account, p.region, p.vault)
            WHERE NOT p.original AND p.status IN ('COMPLETED', 'AVAILABLE') GROUP BY ALL
        """,
    }
)
"""What reaches from one account into another: made once of all accounts, while all else is made of some at a time."""

_NAMED = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


def wanted(sql: str) -> list[str]:
    """The relations that a query names, those that they are made of before them."""
    found: list[str] = []

    def look(query: str) -> None:
        for name in _NAMED.findall(query):
            made_of = RELATIONS.get(name) or ANYWHERE.get(name)
            if made_of is not None and name not in found:
                look(made_of)
                found.append(name)

    look(sql)
    return found
