"""The append-only record of everything that happened. Audit trail, history, feed and Insights read the same rows."""
