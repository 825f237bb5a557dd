"""Where an author wrote something: policy texts, their comments, and the places of calls and keywords in them."""

from backstay.source.file import SourceFile
from backstay.source.shown import shown
from backstay.source.sources import Placed, Sources, arguments

__all__ = ["Placed", "SourceFile", "Sources", "arguments", "shown"]
