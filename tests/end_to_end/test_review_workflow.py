"""CI that reviews a change: its shell is run as the runner would, for pull requests that mean well and for others."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from backstay.diff.difference import Difference
from backstay.review.comment import MARK, render
from backstay.review.review import Review
from backstay.starter import CI, files

GITHUB = {place: body.decode() for place, body in files("github") if place.startswith(".github")}
GITLAB = dict(files("gitlab"))[".gitlab-ci.yml"].decode()
REVIEW = yaml.safe_load(GITHUB[".github/workflows/backstay.yml"])
COMMENT = yaml.safe_load(GITHUB[".github/workflows/backstay-comment.yml"])
(POST,) = COMMENT["jobs"]["comment"]["steps"]
MERGE = yaml.safe_load(GITLAB)
BOT, COMMIT, RUN_URL = "github-actions[bot]", "c" * 40, "https://github.com/o/r/actions/runs/7"
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
GH = """
import json, os, pathlib, sys
words, state = sys.argv[1:], json.loads(pathlib.Path(os.environ["STATE"]).read_text())
if words[0] == "run":
    folder = pathlib.Path(words[words.index("--dir") + 1])
    if state["made"] is None:
        sys.exit("no artifact matches any of the names")
    folder.mkdir(parents=True)
    (folder / "backup-comment.md").write_text(state["made"])
    sys.exit()
method = words[words.index("--method") + 1]
(path,) = [word for word in words if word.startswith("repos/o/r/")]
fields = dict(words[n + 1].split("=", 1) for n, word in enumerate(words) if word in ("-f", "-F"))
if method == "GET":
    if path.endswith("/pulls"):
        assert fields["head"] == state["head"], fields
    for page in state["answers"][path.removeprefix("repos/o/r/")]:
        print(json.dumps(page))
else:
    body = pathlib.Path(fields["body"].removeprefix("@")).read_text()
    print(json.dumps([method, path, body]), file=open(os.environ["SENT"], "a"))
"""
CURL = """
import json, os, pathlib, sys
words, pages = sys.argv[1:], json.loads(pathlib.Path("pages.json").read_text())
assert "--fail" in words and 'header = "PRIVATE-TOKEN: secret"' in sys.stdin.read()
url = words[-1]
if "--request" in words:
    body = words[words.index("--data-urlencode") + 1]
    assert body == "body@body.md"
    sent = [words[words.index("--request") + 1], url, pathlib.Path("body.md").read_text()]
    print(json.dumps(sent), file=open("sent", "a"))
elif url.endswith("/user"):
    print(json.dumps({"id": 7}))
else:
    print(json.dumps(pages[int(url.rpartition("page=")[2]) - 1]))
"""
Post = Callable[..., list[list[str]]]


def pull(number: int = 5, commit: str = COMMIT) -> dict[str, Any]:
    """A pull request as GitHub lists it."""
    return {"number": number, "head": {"sha": commit}}


def remark(number: int, login: str, body: str) -> dict[str, Any]:
    """A comment as GitHub lists it."""
    return {"id": number, "user": {"login": login}, "body": body}


LOST = f"{MARK}\n**Backups: 1 kind of protection is lost**\n\n1 change\n"
CALM = render(Review(Difference((), 3, (), ())))


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """Run the step that posts, with a GitHub that answers as told; gives what was sent to it."""
    if shutil.which("jq") is None:
        pytest.skip("jq is missing; the runners of GitHub have it")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "gh"
    program.write_text(f"#!{sys.executable}\n{GH}")
    program.chmod(0o755)

    def run(
        made: str | None,
        *,
        pulls: list[Any] | None = None,
        comments: list[Any] | None = None,
        changed: list[Any] | None = None,
        branch: str = "change",
    ) -> list[list[str]]:
        answers = {
            "pulls": [[pull()]] if pulls is None else [pulls],
            "issues/5/comments": [[], comments or []],
            "pulls/5/files": [[{"filename": "policies/gold.py"}], changed or []],
        }
        (tmp_path / "state").write_text(json.dumps({"made": made, "answers": answers, "head": f"o:{branch}"}))
        (tmp_path / "sent").write_text("")
        shutil.rmtree(tmp_path / "made", ignore_errors=True)
        given = {"GH_TOKEN": "x", "REPOSITORY": "o/r", "RUN": "7", "RUN_URL": RUN_URL, "COMMIT": COMMIT, "OWNER": "o"}
        assert POST["env"].keys() == {*given, "BRANCH", "LC_ALL"}
        place = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path)}
        state = {"STATE": str(tmp_path / "state"), "SENT": str(tmp_path / "sent")}
        done = subprocess.run(
            [*BASH, POST["run"]],
            cwd=tmp_path,
            env={**place, **state, **given, "BRANCH": branch, "LC_ALL": POST["env"]["LC_ALL"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in (tmp_path / "sent").read_text().splitlines()]

    return run


def test_the_first_comment_is_made_and_later_ones_take_its_place(post: Post) -> None:
    """One comment a pull request, with the commit that it is about and its run."""
    ((method, path, body),) = post(LOST)
    assert (method, path) == ("POST", "repos/o/r/issues/5/comments")
    assert body.startswith(LOST)
    assert COMMIT in body
    assert f"[its run]({RUN_URL})" in body
    ((method, path, body),) = post(LOST, comments=[remark(1, "someone", "hello"), remark(2, BOT, body)])
    assert (method, path) == ("PATCH", "repos/o/r/issues/comments/2")


def test_nothing_is_said_of_nothing_but_a_comment_that_is_there_is_renewed(post: Post) -> None:
    """A pull request that means nothing for backups gets no comment; one that no longer does, says so."""
    assert post(CALM) == []
    ((method, _, body),) = post(CALM, comments=[remark(2, BOT, LOST)])
    assert (method, body.startswith(CALM)) == ("PATCH", True)


def test_a_comment_of_somebody_else_is_never_overwritten(post: Post) -> None:
    """Whoever writes the mark into a comment of his own does not get the bot's."""
    ((method, *_),) = post(LOST, comments=[remark(1, "mallory", LOST)])
    assert method == "POST"


def test_the_pull_request_is_the_one_whose_last_commit_was_reviewed(post: Post) -> None:
    """Not another one of the branch, none that has gone on since, and none of several."""
    assert post(LOST, pulls=[pull(9, "d" * 40), pull(5)])[0][1] == "repos/o/r/issues/5/comments"
    assert post(LOST, pulls=[]) == []
    assert post(LOST, pulls=[pull(5, "d" * 40)]) == []
    assert post(LOST, pulls=[pull(5), pull(6)]) == []


@pytest.mark.parametrize(
    "changed", [{"filename": ".github/workflows/x.yml"}, {"filename": "x", "previous_filename": ".github/x"}]
)
def test_a_pull_request_that_changes_workflows_cannot_speak(post: Post, changed: dict[str, str]) -> None:
    """It could make its own review; the comment says so, and has no word of that review."""
    ((method, _, body),) = post(CALM, changed=[changed])
    assert method == "POST"
    assert "read the run itself" in body
    assert "nothing changes" not in body


@pytest.mark.parametrize("made", [None, "no mark\n", f"{MARK}\n{'x' * 65_001}", f"{MARK} and more\n"])
def test_what_is_no_review_is_not_posted(post: Post, made: str | None) -> None:
    """No artifact, or one that the review did not make: silence; a comment that is there is not left to be believed."""
    assert post(made) == []
    ((method, _, body),) = post(made, comments=[remark(2, BOT, LOST)])
    assert method == "PATCH"
    assert "not reviewed" in body
    assert "is lost" not in body


@pytest.mark.parametrize(
    "name", ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "a b*", "@state", "x&state=all"]
)
def test_names_of_branches_are_no_commands(post: Post, tmp_path: Path, name: str) -> None:
    """Whatever a branch is called, it reaches GitHub as that name."""
    assert len(post(LOST, branch=name)) == 1
    assert not (tmp_path / "pwned").exists()


def scripts(value: Any) -> Iterator[str]:
    """Every piece of shell."""
    for name, one in value.items() if isinstance(value, dict) else ():
        if name in ("run", "script", "before_script"):
            yield from one if isinstance(one, list) else [one]
        yield from scripts(one)
    for one in value if isinstance(value, list) else ():
        yield from scripts(one)


def test_no_expression_stands_in_a_shell() -> None:
    """Values come through the environment, in every workflow."""
    found = [*scripts(REVIEW), *scripts(COMMENT), *scripts(MERGE)]
    assert len(found) > 8
    assert not any("${{" in script for script in found)


def test_who_runs_policies_may_not_write_and_who_may_write_runs_nothing() -> None:
    """One workflow has a token that reads, and no secrets; the other uses no action and installs nothing."""
    assert REVIEW["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in REVIEW["jobs"].values())
    assert not any("secrets" in text or "pull_request_target" in text for text in GITHUB.values())
    assert set(COMMENT[True]) == {"workflow_run"}
    assert COMMENT[True]["workflow_run"]["workflows"] == [REVIEW["name"]]
    assert COMMENT["permissions"] == {}
    (job,) = COMMENT["jobs"].values()
    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert [set(step) & {"uses", "run"} for step in job["steps"]] == [{"run"}]
    assert not re.search(r"checkout|\bpip\b|git |python|source |eval", POST["run"])
    for text in (*scripts(REVIEW), *scripts(MERGE)):
        for line in re.findall(r"backstay (?:diff|lint|compile).*", text):
            assert "--require-sandbox" in line


def test_the_two_sides_know_each_other() -> None:
    """The mark, the sentence that means nothing, the artifact's name: as the one writes them, the other reads them."""
    for text in (POST["run"], *MERGE["backup comment"]["script"]):
        assert f'mark="{MARK}"' in text
        assert f'calm="{CALM.splitlines()[1]}"' in text
    uploads = [step["with"] for step in REVIEW["jobs"]["review"]["steps"] if "upload" in step.get("uses", "")]
    assert [one["path"] for one in uploads] == ["backup-review.html", "backup-comment.md"]
    assert f"--name {uploads[1]['name']} " in POST["run"]


def test_the_token_of_gitlab_is_for_the_job_that_runs_no_policy() -> None:
    """Only that job names it; it fetches no source, and runs for merge requests of the project itself."""
    named = [name for name, job in MERGE.items() if "BACKSTAY_TOKEN" in json.dumps(job)]
    assert named == ["backup comment"]
    job = MERGE["backup comment"]
    assert job["variables"] == {"GIT_STRATEGY": "none"}
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in job["rules"][0]["if"]
    assert "backstay" not in re.sub(r"BACKSTAY_TOKEN|backstay review", "", "\n".join(scripts(job)))


@pytest.mark.parametrize(
    ("made", "notes", "sent"),
    [
        (LOST, [(7, "hello"), (8, LOST)], ["POST", "https://lab/projects/3/merge_requests/4/notes"]),
        (LOST, [(7, "hello"), (7, CALM)], ["PUT", "https://lab/projects/3/merge_requests/4/notes/2"]),
        (CALM, [(8, LOST)], None),
        (CALM, [(7, LOST)], ["PUT", "https://lab/projects/3/merge_requests/4/notes/1"]),
    ],
)
def test_gitlab_has_one_note_too(
    tmp_path: Path, made: str, notes: list[tuple[int, str]], sent: list[str] | None
) -> None:
    """It is renewed where it is the token's own, made where something changes; the token is in no command line."""
    (tmp_path / "curl").write_text(f"#!{sys.executable}\n{CURL}")
    (tmp_path / "curl").chmod(0o755)
    (tmp_path / "backup-comment.md").write_text(made)
    rows = [{"id": n, "author": {"id": author}, "body": body} for n, (author, body) in enumerate(notes, 1)]
    (tmp_path / "pages.json").write_text(json.dumps([rows[:1], rows[1:], []]))
    lab = {"CI_API_V4_URL": "https://lab", "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "4", "CI_COMMIT_SHA": COMMIT}
    place = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "BACKSTAY_TOKEN": "secret"}
    (script,) = MERGE["backup comment"]["script"]
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={**place, **lab},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    log = tmp_path / "sent"
    found = json.loads(log.read_text()) if log.exists() else None
    assert (found and found[:2]) == sent
    if found:
        assert found[2].startswith(made)
        assert COMMIT in found[2]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A starter, and a merge into it that keeps backups for a shorter time, as GitHub checks it out."""
    folder = tmp_path_factory.mktemp("starter")
    for place, body in files("github"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(body)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=start")
    git(folder, "checkout", "--quiet", "-b", "change")
    path = folder / "policies" / "baseline.py"
    text = path.read_text("utf-8")
    assert "days(35)" in text
    path.write_text(text.replace("days(35)", "days(20)"), "utf-8")
    git(folder, "commit", "--quiet", "--all", "--message=shorter")
    git(folder, "checkout", "--quiet", "main")
    git(folder, "merge", "--quiet", "--no-ff", "--message=merge", "change")
    return folder


def git(folder: Path, *words: str) -> None:
    """Git as somebody."""
    someone = ["-c", "user.name=someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *someone, *words], cwd=folder, check=True, capture_output=True)


def ran(script: str, folder: Path, **given: str) -> str:
    """What a step prints, with `backstay` on its path."""
    binary = folder.parent / f"{folder.name}-bin"
    binary.mkdir(exist_ok=True)
    program = binary / "backstay"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m backstay.cli.main "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{binary}:{os.environ['PATH']}", **given}
    done = subprocess.run([*BASH, script], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_review_is_made_of_the_merge(repository: Path, tmp_path: Path) -> None:
    """The page, the comment with a link to it, and the summary of the job."""
    steps = {step["name"]: step["run"] for step in REVIEW["jobs"]["review"]["steps"] if "name" in step}
    ran(steps["Review"], repository)
    assert "kept for 35 days → 20 days".casefold() in (repository / "backup-review.html").read_text("utf-8").casefold()
    page = "https://github.com/o/r/actions/runs/7/artifacts/9"
    ran(steps["Comment"], repository, PAGE=page, GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))
    comment = (repository / "backup-comment.md").read_text("utf-8")
    assert comment.startswith(f"{MARK}\n**Backups: ")
    assert f"]({page})" in comment
    assert (tmp_path / "summary").read_text("utf-8") == comment


def test_gitlab_reviews_the_same(repository: Path) -> None:
    """From the commit at which the merge request began."""
    base = subprocess.run(["git", "rev-parse", "HEAD^1"], cwd=repository, capture_output=True, text=True, check=True)
    (script,) = MERGE["backup review"]["script"]
    ran(
        script,
        repository,
        CI_MERGE_REQUEST_DIFF_BASE_SHA=base.stdout.strip(),
        CI_JOB_URL="https://gitlab.example/-/jobs/1",
    )
    assert "/-/jobs/1/artifacts/file/backup-review.html)" in (repository / "backup-comment.md").read_text("utf-8")


def test_where_there_were_no_policies_nothing_is_compared(tmp_path: Path) -> None:
    """The pull request that brings them fails nothing."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=start")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=then")
    steps = {step["name"]: step["run"] for step in REVIEW["jobs"]["review"]["steps"] if "name" in step}
    assert "::notice" in ran(steps["Review"], tmp_path)
    ran(steps["Comment"], tmp_path, PAGE="", GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))
    assert not (tmp_path / "summary").exists()


def test_every_service_has_what_it_writes_told() -> None:
    """The README of the starter names the files of CI that are there."""
    for service, places in CI.items():
        readme = dict(files(service))["README.md"].decode()
        assert all(f"| `{place}` | " in readme for place in places)
        assert "@CI@" not in readme
