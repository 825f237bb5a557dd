"""Invariants that Backstay knows by name, so that nobody has to write them: one file each, and a registry.

`three_two_one` asks of everything that is backed up what 3-2-1-1-0 asks; `parents_floor` that no unit gets less than
the policies above it give alone; `locks_only_tighten` is about two sides, so `diff` answers it.
"""
