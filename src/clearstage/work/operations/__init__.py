"""Everything that changes tasks."""
