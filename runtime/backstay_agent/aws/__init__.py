"""The way to AWS: sessions, roles, paging, retries, pace, errors, and AWS's own time. The only importer of botocore."""

from backstay_agent.aws.aws import Aws
from backstay_agent.aws.call import Call, Listener
from backstay_agent.aws.endpoint import BOOTSTRAP_ROLE, DEFAULT_ROLE, Endpoint
from backstay_agent.aws.errors import AwsProblem, SkewedError, UnreachableError
from backstay_agent.aws.timing import Timing

__all__ = [
    "BOOTSTRAP_ROLE",
    "DEFAULT_ROLE",
    "Aws",
    "AwsProblem",
    "Call",
    "Endpoint",
    "Listener",
    "SkewedError",
    "Timing",
    "UnreachableError",
]
