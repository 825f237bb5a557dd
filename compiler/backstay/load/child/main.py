"""Entry of the process that runs policy files: `python -P -s -S main.py ORDERS ROOT…`, the job on standard input.

`-P -s` and an environment of one variable are what `-I` would give, but for that variable: under `-I` the interpreter
would not hear `PYTHONHASHSEED`, by which two runs of one job differ.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Make the compiler's own packages importable, then hand over to the session."""
    sys.path[:0] = sys.argv[2:]
    from backstay.load.child.session import session

    session(sys.argv[1])


if __name__ == "__main__":
    main()
