"""Exact reasoning about selections over all resources that there could be: accounts, Regions, types and any tags.

`patterns` and `cells` cut the values of one key into finitely many kinds; `boxes` says which kinds a selection takes;
`search` finds a resource that none of some selections takes, or shows that there is none; `question` puts a requirement
so; `answer` is what comes of it, and `check` verifies a proof by other means.
"""
