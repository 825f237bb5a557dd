"""Jobs: back up, copy and restore now, follow each job to its end, and look at what came of it.

What is wanted (`select`, `copies`, `renaming`) and what came of it (`tell`, `verify.compare`) is decided by pure
functions; the rest speaks to AWS.
"""
