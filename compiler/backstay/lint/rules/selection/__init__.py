"""Which resources a plan takes."""
