"""How long it takes until something is on the screen, and what must not be loaded for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

HEAVY = {
    "boto3",
    "botocore",
    "moto",
    "pydantic",
    "pydantic_core",
    "rich",
    "jinja2",
    "yaml",
    "jsonschema",
    "cryptography",
}
MOST_SECONDS = 0.15
COMMAND = (sys.executable, "-m", "backstay.cli.main")


def _imported(*words: str) -> set[str]:
    """The modules that a command imports."""
    command = (sys.executable, "-X", "importtime", *COMMAND[1:], *words)
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))


def _seconds(*words: str) -> float:
    """The processor's time for one run, which a busy machine does not lengthen."""
    child = subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize(
    "words", [("--help",), ("--version",), ("plan", "--help"), ("local", "--help"), ("lint", "--help")]
)
def test_nothing_heavy_is_loaded_for_help(words: tuple[str, ...]) -> None:
    """Neither AWS's libraries nor those that validate, draw or encrypt; nor the words of the policy language."""
    imported = _imported(*words)
    assert "click" in imported
    assert not HEAVY & {name.split(".")[0] for name in imported}
    assert "backstay.dsl" not in imported


def test_help_answers_at_once() -> None:
    """`backstay --help` within 0.15 s, the best of five."""
    assert min(_seconds("--help") for _ in range(5)) < MOST_SECONDS


def test_the_vocabulary_is_there_when_asked_for() -> None:
    """The package itself is light; its words load with the first of them, `import *` and `dir` know them all."""
    code = (
        "import sys, backstay; assert 'backstay.dsl' not in sys.modules\n"
        "assert {'Plan', 'days', '__version__'} <= set(dir(backstay))\n"
        "from backstay import *; assert Plan is backstay.Plan and root and 'backstay.dsl' in sys.modules\n"
        "import backstay.org; from backstay import org; assert org.read\n"
        "try:\n    from backstay import nonsense\nexcept ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("cannot import name 'nonsense' from 'backstay'")
