"""Reads existing backup configuration, in whatever dialect, into AWS's own bodies and these into policy source."""
