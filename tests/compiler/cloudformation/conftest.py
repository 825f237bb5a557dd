"""Random shapes: every part that the build has, in any combination, with nasty texts in it; and compiled policies."""

from __future__ import annotations

import datetime
import shutil
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import strategies as st
from pydantic import BaseModel

from backstay import ir, pipeline
from backstay_contract import build

HERE = Path(__file__).parent
REGION = "eu-central-1"
ORG = """
id: o-acme0001
management_account: "100000000001"
backup_account: "100000000002"
regions: [eu-central-1, eu-west-1]
root:
  accounts:
    - {id: "100000000001", name: management}
    - {id: "100000000002", name: backup-central}
  units:
    - name: Prod
      accounts:
        - {id: "100000000010", name: shop}
        - {id: "100000000011", name: bank, regions: [eu-central-1]}
"""
NASTY = ["$account", "${", "${!", "}", "$", "!", "%", "a", "é", '"', "\\", "\n", "arn:aws:", "$$", "${AWS::Region}"]
KEYS = [
    f"arn:aws:kms:{REGION}:$account:alias/managed",
    f"arn:aws:kms:{REGION}:$account:alias/looked/up",
    f"arn:aws:kms:{REGION}:$account:key/1234",
    f"arn:aws:kms:{REGION}:100000000002:alias/foreign",
    "arn:aws:kms:eu-west-1:$account:alias/elsewhere",
]
FAR_VAULT = "arn:aws:backup:eu-west-1:100000000002:backup-vault:dr"
GIVEN_ROLE = "arn:aws:iam::$account:role/service-role/Given"

texts = st.lists(st.sampled_from(NASTY), max_size=6).map("".join)
names = st.text("aB1_-", min_size=2, max_size=5)
words = st.text("aB1_", min_size=1, max_size=5)
functions = st.sampled_from(["Ref", "Fn::Sub", "Fn::GetAtt", "Fn::Nothing"])
literal = texts.map(lambda text: text.replace("$account", "#")) | functions
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | functions, inner, max_size=3),
    max_leaves=6,
).map(lambda value: {"Statement": value})

Strategy = st.SearchStrategy[Any]


def anything(draw: st.DrawFn, kind: Any, known: Mapping[str, Strategy]) -> Any:
    """Any value of a type; the members of a part by `known`, where it has their names, else by their types."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return draw(st.sampled_from(arguments))
    if origin in (Union, types.UnionType):
        (some,) = (one for one in arguments if one is not types.NoneType)
        return anything(draw, some, known) if draw(st.booleans()) else None
    if origin is tuple:
        return tuple(anything(draw, arguments[0], known) for _ in range(draw(st.integers(0, 2))))
    if origin is dict:
        return draw(_DICTIONARIES[arguments[1]])
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = kind.model_fields.items()
        members = {
            name: draw(known[name]) if name in known else anything(draw, field.annotation, known)
            for name, field in fields
        }
        return kind(**members)
    return draw(_SCALARS[kind])


_DICTIONARIES: Mapping[Any, Strategy] = {
    str: st.dictionaries(literal, texts, max_size=2),
    Any: documents,
    dict[str, Any]: st.dictionaries(texts, documents, max_size=2),
}
_SCALARS: Mapping[Any, Strategy] = {str: texts, int: st.integers(1, 4000), bool: st.booleans()}


@pytest.fixture(scope="session")
def shapes() -> st.SearchStrategy[build.Shape]:
    """Random shapes."""
    return _shapes()


@st.composite
def _shapes(draw: st.DrawFn) -> build.Shape:
    def different(given: Strategy, most: int = 3) -> list[Any]:
        return draw(st.lists(given, max_size=most, unique=True))

    def made(kind: Any, **fixed: Any) -> Any:
        return anything(draw, kind, {**known, **{name: st.just(value) for name, value in fixed.items()}})

    known: dict[str, Strategy] = {
        "encryption_key_arn": st.none() | st.sampled_from(KEYS),
        "path": st.sampled_from(["/", "/ops/"]),
        "alias_name": st.just("alias/managed"),
        "backup_vault_events": st.sampled_from([("BACKUP_JOB_FAILED",), ("BACKUP_JOB_FAILED", "COPY_JOB_FAILED")]),
    }
    roles = [made(build.Role, role_name=name) for name in different(names, 2)]
    arns = [GIVEN_ROLE, *(f"arn:aws:iam::$account:role{one.path}{one.role_name}" for one in roles)]
    standard, gapped = different(names), different(names.map(lambda name: f"gap{name}"))
    plans, tests, frameworks = different(names), different(words), different(words)
    vaults = st.sampled_from(["Default", *standard, *gapped])
    vault_arns = st.just(FAR_VAULT) | vaults.map(lambda name: f"arn:aws:backup:{REGION}:$account:backup-vault:{name}")
    known |= {
        "target_backup_vault_name": vaults,
        "backup_vault_name": vaults,
        "vault_names": st.none() | st.lists(vaults, min_size=1, max_size=2, unique=True).map(tuple),
        "destination_backup_vault_arn": vault_arns,
        "target_logically_air_gapped_backup_vault_arn": st.none() | vault_arns,
        "include_vaults": st.just(("*",)) | st.lists(vault_arns, min_size=1, max_size=2, unique=True).map(tuple),
        "exclude_vaults": st.lists(vault_arns, max_size=2, unique=True).map(tuple),
        "iam_role_arn": st.sampled_from(arns),
        "scanner_role_arn": st.sampled_from(arns),
        "framework_names": st.none() | st.sampled_from([("other",), ("other", *frameworks)]),
    }
    around = [*standard, *gapped]
    old = st.sampled_from(["old", "older", *plans])
    moved = [build.Moved(kind="plan", name=name, before=draw(old)) for name in _part(draw, plans)]
    return build.Shape(
        region=REGION,
        moved=tuple(moved),
        roles=tuple(roles),
        keys=tuple(made(build.Key) for _ in range(draw(st.integers(0, 1)))),
        vaults=tuple(made(build.Vault, backup_vault_name=name) for name in standard),
        air_gapped_vaults=tuple(made(build.AirGappedVault, backup_vault_name=name) for name in gapped),
        vault_locks=tuple(made(build.VaultLock, backup_vault_name=name) for name in _part(draw, standard)),
        vault_access_policies=tuple(
            made(build.VaultAccessPolicy, backup_vault_name=name) for name in _part(draw, around)
        ),
        vault_notifications=tuple(
            made(build.VaultNotifications, backup_vault_name=name) for name in _part(draw, around)
        ),
        plans=tuple(made(build.Plan, backup_plan_name=name) for name in plans),
        selections=tuple(
            made(build.Selection, backup_plan_name=plan, selection_name=name)
            for plan in plans
            for name in different(names, 2)
        ),
        frameworks=tuple(made(build.Framework, framework_name=name) for name in frameworks),
        report_plans=tuple(made(build.ReportPlan, report_plan_name=name) for name in different(words)),
        restore_testing_plans=tuple(made(build.RestoreTestingPlan, restore_testing_plan_name=name) for name in tests),
        restore_testing_selections=tuple(
            made(build.RestoreTestingSelection, restore_testing_plan_name=plan, restore_testing_selection_name=name)
            for plan in tests
            for name in different(words, 2)
        ),
        legal_holds=tuple(made(build.LegalHold, title=title) for title in different(texts, 2)),
        tiering_configurations=tuple(
            made(build.TieringConfiguration, tiering_configuration_name=name) for name in different(words, 2)
        ),
    )


def _part(draw: st.DrawFn, given: list[str]) -> list[str]:
    return [name for name in given if draw(st.booleans())]


Compile = Callable[[Path | str], ir.Model]


@pytest.fixture
def compiled(tmp_path: Path) -> Compile:
    """Compiles a policy, a file or its text, for a small organization."""

    def compile_(policy: Path | str) -> ir.Model:
        folder = tmp_path / "policies"
        folder.mkdir()
        if isinstance(policy, Path):
            shutil.copy(policy, folder / "policy.py")
        else:
            (folder / "policy.py").write_text(policy)
        (tmp_path / "org.yaml").write_text(ORG)
        checked = pipeline.check([folder], tmp_path / "org.yaml", now=datetime.date(2026, 11, 24))
        assert checked.model is not None, checked.findings
        return checked.model

    return compile_
