"""`backstay forecast` as it is called: its formats, what they rest on, and everything that may be wrong with input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backstay.cli.main import cli
from backstay.forecast.plot import plot

MIDSIZE = Path(__file__).parents[3] / "policies" / "reference" / "midsize"
INVENTORY = MIDSIZE / "inventory.jsonl"
SHORT = ("--now", "2026-11-29", "--years", "1")
LINE = {"arn": "arn:aws:x:eu-west-1:100000000003:y/1", "type": "EBS", "account": "100000000003", "region": "eu-west-1"}


def run(*arguments: str | Path, command: str = "forecast") -> Result:
    """The command's result; an exception that is none of an exit is raised."""
    result = CliRunner().invoke(cli, [command, *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_text_has_curves_tables_and_what_it_rests_on() -> None:
    """The headline, two curves, five tables, notes, the date of the prices; the same bytes each time."""
    first, second = (run(MIDSIZE, "--inventory", INVENTORY, *SHORT) for _ in range(2))
    assert first.exit_code == 0
    assert first.stdout == second.stdout
    assert first.stdout.startswith("The policies of o-acme00012, for 62 resources of 10,705 GiB, from 2026-11-29 to")
    for title in ("Recovery points", "US dollars a month", "By rule", "First and last days", "Vaults on", "Fullest"):
        assert f"\n{title}" in first.stdout
    assert "█" in first.stdout
    assert "An estimate: prices of us-east-1, taken for every Region, read 2026-" in first.stdout


def test_json_has_every_member() -> None:
    """What programs rely on: months, parts, days, rules, vaults, gaps, peaks."""
    told = json.loads(run(MIDSIZE, "--inventory", INVENTORY, *SHORT, "--format", "json").stdout)
    assert (told["start"], told["end"], told["resources"]) == ("2026-11-29", "2027-11-28", 62)
    assert len(told["months"]) == 12
    assert len(told["days"]["points_warm"]) == 365
    assert {"points_warm", "points_cold", "gib_warm", "gib_cold", "gib_moved", "usd_likely"} <= set(told["months"][0])
    gold = next(one for one in told["rules"] if (one["plan"], one["rule"], one["copy_to"]) == ("gold", "daily", None))
    assert (gold["first"], gold["deleted_from"], gold["delete_after"]) == ("2026-11-29", "2027-01-03", 35)
    assert {"plans", "hours", "hours_elsewhere", "ends"} <= set(told["gaps"][0])
    assert told["prices"]["currency"] == "USD"
    assert {one["kind"] for one in told["peaks"]} == {"backup", "copy"}


@pytest.mark.parametrize("by", ["rule", "account", "type", "vault"])
def test_csv_has_a_row_for_each_month_and_part(by: str) -> None:
    """Twelve rows each; their sums are the totals of the JSON."""
    rows = list(
        csv.DictReader(
            io.StringIO(run(MIDSIZE, "--inventory", INVENTORY, *SHORT, "--format", "csv", "--by", by).stdout)
        )
    )
    told = json.loads(run(MIDSIZE, "--inventory", INVENTORY, *SHORT, "--format", "json", "--by", by).stdout)
    assert len(rows) == 12 * len({row[by] for row in rows}) == 12 * len(told["parts"])
    last = [row for row in rows if row["month"] == told["end"]]
    assert sum(int(row["points_warm"]) for row in last) == told["months"][-1]["points_warm"]
    assert sum(float(row["usd_likely"]) for row in last) == pytest.approx(told["months"][-1]["usd_likely"], abs=1)


def test_it_works_without_an_inventory() -> None:
    """Counts and gaps, no dollars, and how to get more."""
    told = run(MIDSIZE, *SHORT).stdout
    assert "for one resource of each plan" in told
    assert "$" not in told
    assert "--inventory FILE" in told


def test_a_file_is_written(tmp_path: Path) -> None:
    """`-o` takes every format; a folder that is not there is a complaint."""
    page = tmp_path / "page.html"
    assert run(MIDSIZE, *SHORT, "--format", "html", "-o", page).stdout == ""
    assert page.read_text().startswith("<!doctype html>")
    wrong = run(MIDSIZE, *SHORT, "-o", tmp_path / "no" / "where")
    assert wrong.exit_code == 2
    assert "cannot write" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--years", "0"], "0 is not in the range"),
        (["--years", "31"], "31 is not in the range"),
        (["--now", "2190-01-01", "--years", "20"], "beyond 2199"),
        (["--change", "1,2"], "is no range"),
        (["--change", "5%,2%,1%"], "is no range"),
        (["--change", "1%,2%,nan"], "is no range"),
        (["--change", "1%,2%,200%"], "is no range"),
        (["--by", "moon"], "'moon' is not one of"),
        (["--inventory", "nowhere.jsonl"], "cannot read the inventory"),
        (["--prices", "nowhere.toml"], "cannot read the prices"),
    ],
)
def test_wrong_options_are_told(arguments: list[str], said: str) -> None:
    """One sentence and exit code 2."""
    result = run(MIDSIZE, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"size_gb": -1}, "`size_gb` must be a number"),
        ({"size_gb": "much"}, "`size_gb` must be a number"),
        ({"size_gb": 10**400}, "`size_gb` must be a number"),
        ({"daily_change": True}, "`daily_change` must be a number"),
        ({"daily_change": float("nan")}, "`daily_change` must be a number"),
        ({"tags": {"a": 1}}, "`tags` must be an object of texts"),
        ({"region": None}, "needs region as text"),
    ],
)
def test_wrong_resources_are_told_with_their_line(tmp_path: Path, more: dict[str, object], said: str) -> None:
    """The file, the line, what is wrong."""
    file = tmp_path / "inventory.jsonl"
    file.write_text(f"{json.dumps(LINE)}\n{json.dumps({**LINE, **more})}\n")
    result = run(MIDSIZE, "--inventory", file)
    assert result.exit_code == 2
    assert f"{file}:2: " in result.stderr
    assert said in result.stderr


def test_strangers_in_the_inventory_are_in_no_plan(tmp_path: Path) -> None:
    """Accounts, Regions and types that nobody knows are counted as unprotected; names cannot act in a terminal."""
    rows = [{**LINE, "account": "999999999999"}, {**LINE, "region": "\x1b[31mmoon"}, {**LINE, "type": "Toaster"}]
    file = tmp_path / "inventory.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    result = run(MIDSIZE, "--inventory", file, *SHORT)
    assert "3 resources of the inventory are in no plan" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "p.toml",
            '[[price]]\nname = "*/warm"\nusd = 1.0\ndate = "2027-01-01"\n[[price]]\nname = "*/transfer"\nusd = 0.4\n',
        ),
        ("p.json", '[{"name": "*/warm", "usd": 1, "date": "2027-01-01"}, {"name": "*/transfer", "usd": 0.4}]'),
    ],
)
def test_own_prices_stand_over_the_published_ones(tmp_path: Path, name: str, text: str) -> None:
    """Both forms; types without a row of their own cost twenty times what they did."""
    file = tmp_path / name
    file.write_text(text)
    arguments = (MIDSIZE, "--inventory", INVENTORY, *SHORT, "--format", "json", "--by", "type")
    plain, own = (json.loads(run(*arguments, *more).stdout) for more in ((), ("--prices", file)))
    assert own["prices"] == {"said": f"prices of {name} as of 2027-01-01", "date": "2027-01-01", "currency": "USD"}
    before, after = (found["parts"]["Aurora"][-1]["usd_likely"] for found in (plain, own))
    assert after == pytest.approx(20 * before, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there are no prices"),
        ("[[price", "this is not TOML"),
        ('[[price]]\nname = "Toaster/warm"\nusd = 1', "price 1 needs a `name`"),
        ('[[price]]\nname = "RDS/hot"\nusd = 1', "price 1 needs a `name`"),
        ('[[price]]\nname = "RDS/warm"\nusd = -1', "needs `usd`"),
        ('[[price]]\nname = "RDS/warm"\nusd = nan', "needs `usd`"),
    ],
)
def test_wrong_prices_are_told(tmp_path: Path, text: str, said: str) -> None:
    """What is wrong with which one."""
    file = tmp_path / "prices.toml"
    file.write_text(text)
    result = run(MIDSIZE, "--prices", file)
    assert result.exit_code == 2
    assert said in result.stderr


def test_diff_tells_what_a_change_costs(tmp_path: Path) -> None:
    """In text, JSON and the comment; not without an inventory."""
    plans = (MIDSIZE / "plans.py").read_text()
    for path in filter(Path.is_file, MIDSIZE.iterdir()):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "plans.py").write_text(plans.replace("keep=days(14)", "keep=days(30)"))
    arguments = (MIDSIZE, tmp_path, "--now", "2026-11-29")
    priced = (*arguments, "--inventory", INVENTORY)
    assert "Cost: +$" in run(*priced, command="diff").stdout
    cost = json.loads(run(*priced, "--format", "json", command="diff").stdout)["cost"]
    assert 0 < cost["least"] <= cost["likely"] <= cost["most"]
    comment = run(*priced, "--format", "markdown", command="diff").stdout
    assert "/month &#40;" in comment
    assert "Cost: a month after 3 years, when it has settled, for 62 resources" in comment
    assert json.loads(run(*arguments, "--format", "json", command="diff").stdout)["cost"] is None


def test_a_plot_keeps_its_width() -> None:
    """No line is wider than asked for, the top is the largest value, and nothing is drawn for nothing."""
    lines = plot([0, 1, 5, 8], "2026-01-01", "2026-12-31", width=60, height=2)
    assert max(map(len, lines)) <= 60
    assert lines[0].startswith("8 ┤")
    assert "█" not in "".join(plot([0.0] * 10, "a", "b", width=40))
    assert all(len(line) <= 80 for line in plot(list(range(1000)), "2026-01-01", "2029-12-31", width=80))
