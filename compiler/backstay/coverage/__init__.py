"""What of some policies nothing ever reached: no test, and no resource of an inventory.

`reached` is what was looked at, `items` what there is to reach, `measure` holds the one against the other.
"""
