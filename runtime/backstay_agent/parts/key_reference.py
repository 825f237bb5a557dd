"""KMS keys as a build names them: by ARN, or by the ARN of an alias, which AWS Backup takes for no key."""

from __future__ import annotations

from backstay_agent.parts.steps import Step, Steps

_NO_KEY = frozenset({"NotFoundException"})


def key_arn(reference: str) -> Steps[str]:
    """The ARN of the key that a reference names."""
    if ":alias/" not in reference:
        return reference
    answer = yield Step("DescribeKey", {"KeyId": reference}, service="kms")
    return str(answer["KeyMetadata"]["Arn"])


def as_named(arn: str, wanted: str | None) -> Steps[str]:
    """A key as the build calls it, if `wanted` is the same key; else by its ARN."""
    if wanted is None or wanted == arn:
        return arn
    answer = yield Step("DescribeKey", {"KeyId": wanted}, service="kms", fine=_NO_KEY)
    return wanted if answer.get("KeyMetadata", {}).get("Arn") == arn else arn
