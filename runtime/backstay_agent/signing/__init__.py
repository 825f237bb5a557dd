"""Signed builds: CI signs what it compiled, and the agent acts only on what a key that it trusts has signed."""
