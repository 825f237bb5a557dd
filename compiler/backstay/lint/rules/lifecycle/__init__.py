"""How long recovery points live, and where."""
