"""Why an account gets what it gets, and why a resource is, or is not, protected."""

from backstay.explain.account import Reach, reaches
from backstay.explain.answer import answer
from backstay.explain.resource import Protected, Refusal, Resource, Taken, judge
from backstay.explain.terms import Term, terms
from backstay.explain.text import text

__all__ = ["Protected", "Reach", "Refusal", "Resource", "Taken", "Term", "answer", "judge", "reaches", "terms", "text"]
