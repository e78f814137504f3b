"""Everything that puts texts before people."""
