"""A whole reference organization, applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from backstay.cli.compile import compile as compile_command
from backstay_agent.aws import Aws, Endpoint
from backstay_agent.cli.apply import apply
from backstay_local.app import LocalAws

MIDSIZE = Path(__file__).parents[3] / "policies" / "reference" / "midsize"


@dataclass(frozen=True)
class Applied:
    """An embedded AWS to which a build was applied."""

    local: LocalAws
    endpoint: Endpoint
    build: Path

    def aws(self) -> Aws:
        """The agent's way to it."""
        return Aws(self.endpoint)


@pytest.fixture(scope="module")
def midsize(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """The reference organization of twelve accounts with its policies applied."""
    folder = tmp_path_factory.mktemp("midsize")
    compiled = CliRunner().invoke(compile_command, [str(MIDSIZE), "-o", str(folder / "build")])
    assert compiled.exit_code == 0, compiled.output
    with LocalAws() as local, pytest.MonkeyPatch.context() as environment:
        local.seed_texts([(name, (MIDSIZE / name).read_text()) for name in ("org.yaml", "seed.yaml")])
        environment.setenv("AWS_ACCESS_KEY_ID", local.access_key)
        environment.setenv("AWS_SECRET_ACCESS_KEY", local.secret_key)
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        with local.serve() as url:
            options = ["--yes", "--journal", str(folder / "journal"), "--endpoint-url", url]
            applied = CliRunner().invoke(apply, [str(folder / "build"), *options])
            assert applied.exit_code == 0, applied.output
            keys = local.access_key, local.secret_key
            yield Applied(local, Endpoint(url, region="eu-west-1", keys=keys), folder / "build")
