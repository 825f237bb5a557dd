"""Rules of the house: a folder of Python files with `Rule` classes, which run beside Backstay's own.

They run as ordinary Python with all rights of whoever calls `backstay`; nothing here decides whether they may.
"""
