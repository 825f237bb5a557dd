"""The command line: one command a file, no logic. `main` finds them; each is loaded when it is called for."""
