"""Pipelines, stages, statuses, jobs and what hangs on them; the write path gather → plan → apply.

Kinds of automations and kinds of items plug in here (`kinds.py`, `items.py`); this package knows none of them.
"""
