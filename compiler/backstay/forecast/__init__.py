"""What policies come to over time: recovery points, storage, cost, gaps, the first day on which something can go.

`curve` counts the recovery points of schedules in closed form (an event simulation in the tests is its oracle), `served`
finds which rules serve which resources of an inventory, `outlook` puts both together, `text`, `table` and `chart` show it.
"""
