"""Opt-ins and management preferences of a Region, and the organization's settings, as Terraform resources."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from backstay.emit.terraform.within import Resource, Within
from backstay_aws import catalog

LABEL = "this"
OPT_IN = "resource_type_opt_in_preference"
MANAGEMENT = "resource_type_management_preference"


def settings(within: Within) -> Iterator[Resource]:
    """The Region's settings, if the policy says anything about them. The provider wants opt-ins, even if none."""
    opt_in, management = within.shape.region_settings, within.shape.management_preferences
    if opt_in or management:
        ignored = [*_others(OPT_IN, opt_in), *(_others(MANAGEMENT, management) if management else ())]
        body = {
            OPT_IN: dict(opt_in),
            **({MANAGEMENT: dict(management)} if management else {}),
            "lifecycle": {"ignore_changes": ignored},
        }
        yield Resource("aws_backup_region_settings", LABEL, body)


def organization(given: tuple[tuple[str, str], ...]) -> Iterator[Resource]:
    """The settings that only the management account can make."""
    if given:
        yield Resource("aws_backup_global_settings", LABEL, {"global_settings": dict(given)})


def _others(argument: str, named: Collection[str]) -> list[str]:
    """The types that the policy leaves alone: AWS answers with all of them, and no plan would ever be without changes.

    Source: hashicorp/terraform-provider-aws issue 22744, read 2026-11-24.
    """
    known = {row.opt_in for row in catalog.resource_types()}
    return [f'{argument}["{kind}"]' for kind in sorted(known - set(named))]
