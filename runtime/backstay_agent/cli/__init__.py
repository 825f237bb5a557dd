"""The agent's commands, one a file. Only their one-line helps stand here, since `backstay --help` reads this module."""

SUMMARIES: dict[str, str] = {
    "plan": "observe the accounts and tell what an apply would do",
    "apply": "make the accounts what the build says",
    "backup": "back up now what the plans take, and follow the jobs",
    "copy": "make the copies that the rules ask for and that are missing",
    "restore": "restore a recovery point to something new, and verify it",
    "restore-test": "restore what the restore tests name, judge it, and delete it again",
    "audit": "say which controls hold where, from what AWS holds now",
    "demo": "play the whole way on the embedded AWS, in under a minute",
    "org": "read the organization from AWS, or prepare it for Backstay",
}
