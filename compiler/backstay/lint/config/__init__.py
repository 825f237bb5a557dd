"""The linter's configuration: which file it is, what that says, and what it makes of findings."""
