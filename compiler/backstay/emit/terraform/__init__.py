"""The Terraform target: a module for each shape, and a manifest that says where each belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstay import ir
from backstay.emit import document
from backstay.emit.terraform import gaps, module
from backstay_contract import terraform_modules as manifest
from backstay_contract.canonical import digest, pretty

FOLDER = "terraform"
ORGANIZATION = "modules/organization"

report = gaps.report
"""Findings of what the provider cannot express."""


def emit(model: ir.Model) -> Iterator[tuple[str, bytes]]:
    """Every module by the paths of its files, and the manifest `terraform/modules.json`.

    A module is written once for each shape, however many accounts have it, in a folder named as the shape in the build.
    """
    entries: dict[str, manifest.TerraformModule] = {}
    for shape in model.shapes:
        body = document.shape(shape)
        name = digest(body.document())
        if name in entries:
            entries[name] = _shared(entries[name], shape)
            continue
        made = module.of_shape(body, model.partition)
        entries[name] = _entry(f"modules/{name}", made, shape)
        yield from _files(entries[name].path, made)
    organization = None
    if model.global_settings:
        made = module.of_organization(model.global_settings)
        organization = manifest.TerraformModule(
            path=ORGANIZATION,
            accounts=(model.management_account,),
            provider=made.provider,
            variables=made.variables,
        )
        yield from _files(ORGANIZATION, made)
    whole = manifest.TerraformModules(modules=dict(sorted(entries.items())), organization=organization)
    yield f"{FOLDER}/modules.json", pretty(whole.model_dump(mode="json", exclude_none=True))


def _files(path: str, made: module.Module) -> Iterator[tuple[str, bytes]]:
    for name, content in made.files():
        yield f"{FOLDER}/{path}/{name}", _spelled(content)


def _spelled(content: Mapping[str, Any]) -> bytes:
    return pretty(content)


def _entry(path: str, made: module.Module, shape: ir.Shape) -> manifest.TerraformModule:
    return manifest.TerraformModule(
        path=path,
        region=shape.region,
        accounts=tuple(sorted(shape.accounts)),
        provider=made.provider,
        variables=made.variables,
        left_out=_left_out(shape),
    )


def _left_out(shape: ir.Shape) -> tuple[manifest.TerraformLeftOut, ...]:
    found = {(one.what, one.gap) for one in gaps.left_out(shape)}
    return tuple(manifest.TerraformLeftOut(gap=gap, what=what) for what, gap in sorted(found))


def _shared(entry: manifest.TerraformModule, shape: ir.Shape) -> manifest.TerraformModule:
    """The same module for the accounts of another shape of the model that is written alike."""
    return entry.model_copy(update={"accounts": tuple(sorted({*entry.accounts, *shape.accounts}))})
