"""The agent's commands, one a file. Only their one-line helps stand here, since `backstay --help` reads this module."""

SUMMARIES: dict[str, str] = {
    "plan": "observe the accounts and tell what an apply would do",
    "apply": "make the accounts what the build says",
    "destroy": "remove what Backstay made; what keeps recovery points stays, with its day",
    "backup": "back up now what the plans take, and follow the jobs",
    "copy": "make the copies that the rules ask for and that are missing",
    "restore": "restore a recovery point to something new, and verify it",
    "restore-test": "restore what the restore tests name, judge it, and delete it again",
    "audit": "say which controls hold where, from what AWS holds now",
    "doctor": "look for what would stop an apply: roles, opt-ins, keys, quotas",
    "inventory": "read the organization's resources and tags",
    "dump": "read what live accounts have into a file that import reads",
    "run": "watch over the accounts on a schedule: drift, jobs, locks, audits",
    "demo": "play the whole way on the embedded AWS, in under a minute",
    "sign": "sign a build, so that agents take no other, or check its signature",
    "org": "read the organization from AWS, or prepare it for Backstay",
}
