"""Malware scans of recovery points: asked for by a rule or a person, run, and shown (semantics §6.4)."""
