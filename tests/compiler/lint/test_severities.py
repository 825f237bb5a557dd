"""What AWS refuses is an error, what it leaves open never is."""

from __future__ import annotations

import pytest

from backstay.lint.harness import Outcome, outcomes

POLICY = (
    'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, central{vault}]{more}, plans=[Plan("gold",\n'
    '    rules=[Rule("daily", at=daily("03:00"), into={into}, keep=days(35), copies=[Copy(to={to})])],\n'
    "    select=[Select('chosen', where={where})])])\n"
)


def policy(
    where: str = 'tag("backup") == "gold"',
    *,
    into: str = "primary",
    to: str = "central",
    head: str = "",
    more: str = "",
) -> str:
    """A policy with one copy."""
    name = head.split(" ", 1)[0]
    body = POLICY.format(vault=f", {name}" if name else "", more=more, into=into, to=to, where=where)
    return f"{head}\n{body}"


PLAIN = 'plain = Vault("plain", region="eu-west-1")'
HOME = 'plain = Vault("plain")'
DAILY = 'Rule("daily", at=daily("03:00"), into=primary, keep=days(35))'
CASES = [
    ("copy-unsupported", policy('resource_type("Redshift Serverless")'), "error"),
    ("copy-unsupported", policy('resource_type("Redshift")'), "warning"),
    ("copy-unsupported", policy('resource_type("DynamoDB")'), "advice"),
    ("copy-unsupported", policy('resource_type("EFS")'), None),
    ("copy-unsupported", policy('resource_type("RDS")'), None),
    ("copy-from-aws-managed-key", policy('resource_type("EBS")', into="plain", head=HOME), "error"),
    ("copy-from-aws-managed-key", policy('resource_type("EFS")', into="plain", head=HOME), "warning"),
    ("copy-from-aws-managed-key", policy(into="plain", head=HOME), "warning"),
    ("copy-from-aws-managed-key", policy(into="plain", to="primary", head=HOME), None),
    ("copy-to-aws-managed-key", policy('resource_type("EBS")', to="plain", head=PLAIN), "error"),
    ("copy-to-aws-managed-key", policy(to="plain", head=PLAIN), "warning"),
    ("copy-to-aws-managed-key", policy('resource_type("EFS")', to="plain", head=PLAIN), None),
    ("cross-account-copies-off", policy(), "warning"),
    ("cross-account-copies-off", policy(more=", settings=Settings(cross_account_copies=False)"), "error"),
    ("cross-account-copies-off", policy(more=", settings=Settings(cross_account_copies=True)"), None),
    ("undeclared-vault", 'Rule("daily", at=daily("03:00"), into="Default", keep=days(35))', "warning"),
    ("undeclared-vault", 'Rule("daily", at=daily("03:00"), into="nowhere", keep=days(35))', "error"),
    ("retention-below-interval", 'Rule("weekly", at=weekly("sun", "12:00"), into=primary, keep=days(5))', "error"),
    ("retention-below-interval",
     f'{DAILY}, Rule("weekly", at=weekly("sun", "12:00"), into=primary, keep=days(5))', "warning"),
    ("refused-name", f'Plan("{"x" * 51}", rules=[{DAILY}], select=[Select("a", where=tag("a") == "b")])', "warning"),
    ("refused-name", f'Plan("{"x" * 201}", rules=[{DAILY}], select=[Select("a", where=tag("a") == "b")])', "error"),
    ("window-in-seconds", DAILY.replace("keep=", "complete_within=hours(1008), keep="), None),
    ("window-in-seconds", DAILY.replace("keep=", "complete_within=minutes(60480), keep="), None),
    ("window-in-seconds", DAILY.replace("keep=", "start_within=minutes(28800), keep="), "warning"),
    ("copy-shorter-than-source", "Copy(to=central, keep=days(34))", "warning"),
    ("copy-shorter-than-source", "Copy(to=central, keep=days(35))", None),
    ("continuous-over-35-days", DAILY.replace("keep=", "continuous=True, keep="), None),
    ("continuous-over-35-days", DAILY.replace("keep=days(35)", "continuous=True, keep=days(36)"), "error"),
    ("cold-storage-too-short", DAILY.replace("keep=days(35)", "cold_after=days(30), keep=days(120)"), None),
    ("cold-storage-too-short", DAILY.replace("keep=days(35)", "cold_after=days(30), keep=days(119)"), "error"),
    ("kept-forever", 'Rule("d", at=daily("03:00"), into=primary, cold_after=days(30))', "warning"),
]  # fmt: skip
RESULTS: dict[str, Outcome] = {}


@pytest.fixture(scope="module")
def linted() -> dict[str, Outcome]:
    """All cases, linted in one go."""
    texts = [text for _, text, _ in CASES]
    return dict(zip(texts, outcomes(texts), strict=True))


@pytest.mark.parametrize(("name", "text", "severity"), CASES)
def test_severity(linted: dict[str, Outcome], name: str, text: str, severity: str | None) -> None:
    """Each policy gets the severity that AWS's answer deserves, on both sides of each boundary."""
    outcome = linted[text]
    assert not [f for f in outcome.findings if f.code[:3] in ("LOD", "RES") and f.severity == "error"]
    found = {finding.severity for finding in outcome.findings if finding.name == name}
    assert found == ({severity} if severity else set())
