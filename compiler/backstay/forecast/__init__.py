"""What policies come to over time: recovery points, storage, cost, gaps, the first day on which something can go.

`calendar` knows when schedules fire, `streams` what a plan makes of a resource, `unit` counts its recovery points in
closed form (an event simulation in the tests is its oracle), `served` finds which plans serve which resources,
`achieved` and `peaks` find the worst gap and the fullest hour, `outlook` puts all together; `text`, `document` and
`page` show it. `settled` says what a month costs in the end.
"""
