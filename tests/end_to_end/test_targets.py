"""`backstay compile --target`: what stands beside the build, and what is said of what a target cannot express."""

from __future__ import annotations

import json
from typing import Any

ZONED = """

from backstay import Settings

nightly = Plan(
    "nightly",
    rules=[Rule("nightly", at=daily("02:00", tz="Europe/Berlin"), into=vault, keep=days(35), start_within=hours(1),
                complete_within=hours(12))],
    select=[Select("nightly", where=tag("backup-tier") == "nightly")],
)
zoned = Policy("zoned", attach=ou("Workloads"), plans=[nightly], settings=Settings(opt_in={"EBS": True}))
"""


def _documents(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(body) for name, body in files.items() if name.startswith("organizations/policies/")]


def _plans(files: dict[str, bytes]) -> set[str]:
    shapes = [json.loads(body) for name, body in files.items() if name.startswith("shapes/")]
    return {plan["BackupPlan"]["BackupPlanName"] for shape in shapes for plan in shape["plans"]}


def test_all_targets_stand_side_by_side(startup: Any) -> None:
    """`all` writes the accounts and everything else; the accounts are those of the target alone."""
    assert startup("compile", "-o", "alone").returncode == 0
    assert startup("compile", "-o", "all", "--target", "all").returncode == 0
    alone, every = startup.files("alone"), startup.files("all")
    assert {name: every[name] for name in alone} == alone
    tops = {name.split("/")[0] for name in every.keys() - alone.keys()}
    assert tops == {"cloudformation", "organizations", "terraform", "prerequisites.json"}


def test_the_rest_of_backup_policies(startup: Any) -> None:
    """Organizations alone: documents carry the plans that they can, the build holds the others, vaults and locks."""
    with (startup.folder / "policies" / "policy.py").open("a") as policy:
        policy.write(ZONED)
    done = startup("compile", "-o", "build", "--target", "organizations")
    assert done.returncode == 0
    assert "warning[plan-beyond-organizations]: plan `nightly` is no part of the backup policies" in done.stderr
    assert 'at=daily("02:00", tz="Europe/Berlin")' in done.stderr
    files = startup.files("build")
    assert {plan for document in _documents(files) for plan in document["plans"]} == {"everyday"}
    assert _plans(files) == {"nightly"}
    assert not any(name.startswith("accounts/") for name in files)
    [place] = json.loads(files["prerequisites.json"])["places"].values()
    assert [one["plan"] for one in place["other_plans"]] == ["nightly"]


def test_what_templates_lack_is_said(startup: Any) -> None:
    """An opt-in has no resource in CloudFormation: a warning at its place; other targets say nothing of it."""
    with (startup.folder / "policies" / "policy.py").open("a") as policy:
        policy.write(ZONED)
    said = startup("compile", "-o", "build", "--target", "cloudformation").stderr
    assert "warning[left-out-of-cloudformation]: opt-in of EBS: on is not in the templates" in said
    assert 'Settings(opt_in={"EBS": True})' in said
    assert "left-out" not in startup("compile", "-o", "build", "--target", "terraform").stderr


def test_templates_are_verified(startup: Any) -> None:
    """cfn-lint looks at the templates, says nothing, and is not asked twice for the same content."""
    words = ("compile", "-o", "build", "--target", "cloudformation", "--verify")
    first = startup(*words, XDG_CACHE_HOME=str(startup.folder / "cache"))
    assert (first.returncode, "cfn-lint has nothing to say of 1 template." in first.stderr) == (0, True)
    [kept] = [path for path in (startup.folder / "cache").rglob("*") if path.is_file() and "cfn-lint" in path.parts]
    kept.write_text('[{"rule": "E9999", "message": "remembered", "place": [2, 3, 2, 9]}]')
    second = startup(*words, XDG_CACHE_HOME=str(startup.folder / "cache"))
    assert second.returncode == 1
    assert "error[cfn-lint]: E9999: remembered" in second.stderr
    assert "cloudformation/templates/" in second.stderr
    assert "build stays as it was" in second.stderr


def test_verify_without_templates(startup: Any) -> None:
    """There is nothing to verify without templates: bad usage."""
    done = startup("compile", "-o", "build", "--verify")
    assert (done.returncode, "--target cloudformation" in done.stderr) == (2, True)


def test_a_build_is_what_makes_a_folder_ours(startup: Any) -> None:
    """A build of any one target is replaced by a build of another, and leaves nothing of it behind."""
    for target, top in (("terraform", "terraform"), ("cloudformation", "cloudformation"), ("accounts", "accounts")):
        assert startup("compile", "-o", "build", "--target", target).returncode == 0
        tops = {name.split("/")[0] for name in startup.files("build")}
        assert tops - {"index.json", "provenance.json", "shapes"} == {top}
