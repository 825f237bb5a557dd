"""Where an author wrote something: policy texts, their comments, and the places of calls and keywords in them."""

from backstay.source.file import SourceFile
from backstay.source.shown import shown
from backstay.source.sources import Placed, PlaceRow, Sources, arguments, row_of

__all__ = ["PlaceRow", "Placed", "SourceFile", "Sources", "arguments", "row_of", "shown"]
