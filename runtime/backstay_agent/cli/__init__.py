"""The agent's commands, one a file. Only their one-line helps stand here, since `backstay --help` reads this module."""

SUMMARIES: dict[str, str] = {
    "plan": "observe the accounts and tell what an apply would do",
    "apply": "make the accounts what the build says",
    "destroy": "remove what Backstay made; what holds backups stays",
    "backup": "back up now what the plans take, and follow the jobs",
    "copy": "make the copies that the rules ask for and that are missing",
    "restore": "restore a recovery point to something new, and verify it",
    "restore-test": "restore what restore tests name, judge it, delete it",
    "audit": "say which controls hold where, from what AWS holds now",
    "controls": "show what an audit asks, and the clauses it bears on",
    "doctor": "say what would stop an apply: roles, opt-ins, keys",
    "inventory": "read the organization's resources and tags",
    "dump": "read what live accounts have into a file that import reads",
    "run": "keep it so: drift, jobs, locks, audits on a schedule",
    "serve": "show the last audits in a browser; only reads",
    "demo": "play the whole way on the embedded AWS, in under a minute",
    "sign": "sign a build, or check its signature",
    "org": "read the organization from AWS, or prepare it for Backstay",
}
