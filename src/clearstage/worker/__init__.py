"""The worker: a table of small, idempotent sweeps."""
