"""The options that say how a house lints, and what its configuration file and its own rules come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from backstay.cli.complaints import complain

if TYPE_CHECKING:
    from backstay.lint.config.choices import Choices
    from backstay.lint.config.read import Settings
    from backstay.lint.rule import Rule
    from backstay.lint.user_rules.load import Folder
    from backstay_contract.findings import Finding

Command = TypeVar("Command", bound=Callable[..., Any])
UNREADABLE = 2


@dataclass(frozen=True)
class Wish:
    """What the options say: a configuration file, or none; folders of rules; walls around all that runs."""

    config: Path | None = None
    no_config: bool = False
    folders: tuple[Path, ...] = ()
    require_sandbox: bool = False


@dataclass(frozen=True)
class Setup:
    """What a house has beside Backstay's own: rules, what is to be told of findings, and what is known already."""

    rules: tuple[type[Rule], ...] = ()
    choices: Choices | None = None
    baseline: Path | None = None


def house_options(command: Command) -> Command:
    """The options `--config`, `--no-config` and `--rules`."""
    folder = click.Path(path_type=Path)
    help_ = "Your own rules, with your rights."
    rules = click.option("--rules", "folders", metavar="DIR", multiple=True, type=folder, help=help_)
    return config_options(rules(command))


def config_options(command: Command) -> Command:
    """The options `--config` and `--no-config`."""
    file = click.Path(dir_okay=False, path_type=Path)
    for option in (
        click.option("--no-config", is_flag=True, help="Read no configuration file."),
        click.option(
            "--config", type=file, help="Configuration; default: the nearest backstay.toml or pyproject.toml."
        ),
    ):
        command = option(command)
    return command


def setup(linted: Sequence[Path], wish: Wish) -> Setup:
    """What belongs to the paths that are linted (none: to the working directory). Exits with 2 if it is wrong."""
    if wish.config is not None and wish.no_config:
        raise click.UsageError("--config and --no-config contradict each other")
    from backstay.lint.config.find import find

    file = wish.config or (None if wish.no_config else find(linted or [Path()]))
    if file is None and not wish.folders:
        return Setup()
    from backstay.lint.config.read import Settings, read

    settings = Settings(Path()) if file is None else read(file)
    _stop_at((*settings.findings, *_untrusted(settings, linted, wish)))
    rules = _rules(settings, linted, wish)
    choices = None if file is None else _choices(settings, rules)
    baseline = None if settings.baseline is None else settings.file.parent / settings.baseline.text
    return Setup(rules, choices, baseline)


def heard_of(linted: Sequence[Path]) -> frozenset[str]:
    """Codes and names of the house's rules, for commands that do not run them: their files are read, not run."""
    from backstay.lint.config.find import find

    file = find(linted)
    if file is None:
        return frozenset()
    from backstay.lint.config.read import read
    from backstay.lint.user_rules import written

    return frozenset(name for one in read(file).rules for name in written.heard_of(file.parent / one.text))


def stop(findings: Iterable[Finding]) -> NoReturn:
    """Say what is wrong on standard error, and exit with 2."""
    from backstay.source import Sources
    from backstay_contract.findings import in_order

    complain(in_order(findings), Sources())
    click.get_current_context().exit(UNREADABLE)


def _stop_at(findings: Sequence[Finding]) -> None:
    if findings:
        stop(findings)


def _untrusted(settings: Settings, linted: Sequence[Path], wish: Wish) -> list[Finding]:
    """Complaints about rules that a file asks for and may not: they would run with the user's rights."""
    from backstay.lint.config.complaint import complaint
    from backstay.lint.config.find import may_name_rules

    if not settings.rules:
        return []
    first = settings.rules[0]
    if wish.require_sandbox:
        said = "`--require-sandbox` runs nothing without walls, and rules have none"
        help_ = "read no configuration (`--no-config`), or name the folder yourself (`--rules`)"
    elif wish.config is None and not may_name_rules(settings.file, linted):
        said = (
            "a file among what is linted, or below where you stand, cannot say which rules run: they have your rights"
        )
        help_ = "name the folder yourself (`--rules`), or in the configuration of the working directory"
    else:
        return []
    return [complaint("untrusted-rules", said, first.span, help=help_)]


def _rules(settings: Settings, linted: Sequence[Path], wish: Wish) -> tuple[type[Rule], ...]:
    from backstay.lint.user_rules.load import Folder, load

    configured = [Folder(settings.file.parent / one.text, one.span) for one in settings.rules]
    folders = [*configured, *(Folder(path) for path in wish.folders)]
    if not folders:
        return ()
    _stop_at([wrong for folder in folders for wrong in _linted_too(folder, linted)])
    loaded = load(folders)
    _stop_at(loaded.findings)
    return loaded.rules


def _linted_too(folder: Folder, linted: Sequence[Path]) -> list[Finding]:
    """The complaint about a folder of rules inside one of policies: its files would be read as policies too."""
    from backstay.lint.user_rules.complaint import complaint
    from backstay.source import disk, shown

    for path in linted:
        if disk.is_folder(path) and disk.real(folder.path).is_relative_to(disk.real(path)):
            said = f"the rules in `{shown(folder.path)}` lie in `{shown(path)}`, which is linted"
            return [complaint("no-rules", said, folder.span, help="keep rules and policies in folders of their own")]
    return []


def _choices(settings: Settings, rules: Sequence[type[Rule]]) -> Choices:
    from backstay.lint.config.choices import choices
    from backstay.lint.registry import beside

    with beside(rules):
        found, wrong = choices(settings)
        _stop_at(wrong)
    return found
