"""The controls. Adding one touches one file here: `registry` finds it."""
