"""The artifacts that pass between the sides of the house, their canonical spelling and their JSON Schemas.

Nothing is imported here on purpose: a module that needs one artifact pays for one
(pydantic costs 0.15 s; `findings` and `canonical` need only the standard library).
"""
