"""A folder in Amazon S3, and the state that lies in one, for an agent that has no disk of its own."""

from __future__ import annotations

from dataclasses import dataclass

from backstay_agent.aws import AwsProblem
from backstay_agent.aws.s3_folder import Folder
from backstay_agent.reconcile import state
from backstay_agent.reconcile.state import State
from backstay_contract.canonical import compact


@dataclass(frozen=True, slots=True)
class S3Store:
    """The state as an object; `name` tells apart functions that run different tasks."""

    folder: Folder
    name: str

    def load(self, organization: str) -> State:
        """What the object holds; an empty state when it cannot be had."""
        try:
            return state.read(self.folder.get(self.name), organization)
        except AwsProblem:
            return State(organization)

    def save(self, kept: State) -> None:
        """Write the object; raises OSError."""
        try:
            self.folder.put(self.name, compact(kept.document()))
        except AwsProblem as problem:
            raise OSError(str(problem)) from problem
