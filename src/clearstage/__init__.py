"""Clearstage: the open, self-hosted workflow system for accounting, bookkeeping and tax firms."""

__version__ = "0.1.0"
