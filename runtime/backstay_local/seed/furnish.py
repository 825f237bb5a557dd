"""Puts a set-up into accounts: roles, keys with aliases, topics, buckets; what is there gets the stated policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import resources
from .inventory import Item
from .setup import Named, Role, Setup, Where, fill

if TYPE_CHECKING:
    from backstay_local.world.world import World

    from .report import Report


class Furnisher:
    """Makes the parts of a set-up, in the order in which they may name each other."""

    def __init__(self, world: World, report: Report) -> None:
        self._world = world
        self._report = report

    def put(self, setup: Setup) -> None:
        """Everything of a set-up."""
        for role in setup.roles:
            for account in self._accounts(role.where):
                self._role(role, account)
        for part, one in ((self._key, setup.keys), (self._topic, setup.topics), (self._bucket, setup.buckets)):
            for named in one:
                for account, region in self._places(named.where):
                    part(named, account, region)

    def _accounts(self, where: Where) -> tuple[str, ...]:
        if where.accounts is not None:
            return where.accounts
        organization = self._world.organization()
        return tuple(organization.members) if organization else (self._world.management_account,)

    def _places(self, where: Where) -> Iterator[tuple[str, str]]:
        for account in self._accounts(where):
            for region in where.regions:
                yield account, region

    def _filled(self, value: Any, account: str, region: str) -> Any:
        names = {"account": account, "region": region, "management": self._world.management_account}
        return fill(value, {**names, "partition": self._world.partition})

    def _role(self, role: Role, account: str) -> None:
        from botocore.exceptions import ClientError

        client = self._world.client("iam", account, self._world.home)
        trust = json.dumps(self._filled(role.trust, account, self._world.home))
        try:
            client.create_role(RoleName=role.name, Path=role.path, AssumeRolePolicyDocument=trust)
            self._report.count("roles", new=True)
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityAlreadyExists":
                raise
            client.update_assume_role_policy(RoleName=role.name, PolicyDocument=trust)
            self._report.count("roles", new=False)
        for index, policy in enumerate(role.policies):
            if isinstance(policy, str):
                client.attach_role_policy(RoleName=role.name, PolicyArn=self._filled(policy, account, self._world.home))
            else:
                document = json.dumps(self._filled(policy, account, self._world.home))
                client.put_role_policy(RoleName=role.name, PolicyName=f"seeded-{index}", PolicyDocument=document)

    def _key(self, named: Named, account: str, region: str) -> None:
        alias = named.name if named.name.startswith("alias/") else f"alias/{named.name}"
        policy = None if named.policy is None else json.dumps(self._filled(named.policy, account, region))
        found = self._world.key(alias, account, region)
        self._report.count("keys", new=found is None)
        if found is None:
            self._world.make_key(alias, account, region, named.name, policy)
        elif policy is not None:
            client = self._world.client("kms", account, region)
            client.put_key_policy(KeyId=found.arn, PolicyName="default", Policy=policy)

    def _topic(self, named: Named, account: str, region: str) -> None:
        client = self._world.client("sns", account, region)
        before = {
            topic["TopicArn"] for page in client.get_paginator("list_topics").paginate() for topic in page["Topics"]
        }
        arn = client.create_topic(Name=self._filled(named.name, account, region))["TopicArn"]
        self._report.count("topics", new=arn not in before)
        if named.policy is not None:
            policy = json.dumps(self._filled(named.policy, account, region))
            client.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)

    def _bucket(self, named: Named, account: str, region: str) -> None:
        name = self._filled(named.name, account, region)
        made = resources.bucket(self._world, Item(f"arn:aws:s3:::{name}", "S3", account, region))
        self._report.count("buckets", new=made is not None)
        if named.policy is not None:
            policy = json.dumps(self._filled(named.policy, account, region))
            self._world.client("s3", account, region).put_bucket_policy(Bucket=name, Policy=policy)
