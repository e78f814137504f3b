"""Everything that changes the firm."""
