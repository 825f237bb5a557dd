"""Restore tests: restore what a build's restore testing plans name, look at it, measure, judge, and delete it again."""
